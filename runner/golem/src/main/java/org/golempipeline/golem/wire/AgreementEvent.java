package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an agreement; stays in the daemon's log.
 *
 * @param eventType one of the constants here
 * @param terminator {@code Requestor} or {@code Provider}, if terminated
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AgreementEvent(
    String eventType,
    Instant eventDate,
    String agreementId,
    @Nullable String terminator,
    @Nullable String signature,
    @Nullable Reason reason) {
  public static final String APPROVED = "AgreementApprovedEvent";
  public static final String REJECTED = "AgreementRejectedEvent";
  public static final String CANCELLED = "AgreementCancelledEvent";
  public static final String TERMINATED = "AgreementTerminatedEvent";
}
