package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a command of a batch ended.
 *
 * @param result {@code Ok} or {@code Error}
 * @param message the provider's words for an error
 * @param isBatchFinished it was the last command, or it failed
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CommandResult(
    int index,
    @Nullable Instant eventDate,
    String result,
    @Nullable CommandOutput stdout,
    @Nullable CommandOutput stderr,
    @Nullable String message,
    @JsonProperty("isBatchFinished") boolean isBatchFinished) {
  public static final String OK = "Ok";
  public static final String ERROR = "Error";
}
