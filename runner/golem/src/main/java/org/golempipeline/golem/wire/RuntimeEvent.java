package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of a running batch, from its event stream.
 *
 * @param timestamp without a zone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuntimeEvent(
    @JsonProperty("batch_id") String batchId, int index, String timestamp, Kind kind) {
  /** Exactly one of these is set. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Kind(
      @Nullable Started started,
      @Nullable CommandOutput stdout,
      @Nullable CommandOutput stderr,
      @Nullable Finished finished,
      @Nullable Progress progress) {
    public static Kind ofStarted(ExeCommand command) {
      return new Kind(new Started(command), null, null, null, null);
    }

    public static Kind ofStdout(CommandOutput output) {
      return new Kind(null, output, null, null, null);
    }

    public static Kind ofStderr(CommandOutput output) {
      return new Kind(null, null, output, null, null);
    }

    public static Kind ofProgress(Progress progress) {
      return new Kind(null, null, null, null, progress);
    }

    public static Kind ofFinished(int returnCode, @Nullable String message) {
      return new Kind(null, null, null, new Finished(returnCode, message), null);
    }
  }

  /** A command began. */
  public record Started(@Nullable ExeCommand command) {}

  /** A command ended; −1 if not by itself. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Finished(@JsonProperty("return_code") int returnCode, @Nullable String message) {}

  /** How far a command is: steps and units, each as done and total. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Progress(
      List<Long> step,
      @Nullable String message,
      List<@Nullable Long> progress,
      @Nullable String unit) {}
}
