package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/** What happened to a debit note; stays in the daemon's log. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DebitNoteEvent(String debitNoteId, Instant eventDate, String eventType) {
  public static final String RECEIVED = "DebitNoteReceivedEvent";
  public static final String ACCEPTED = "DebitNoteAcceptedEvent";
  public static final String REJECTED = "DebitNoteRejectedEvent";
  public static final String CANCELLED = "DebitNoteCancelledEvent";
  public static final String SETTLED = "DebitNoteSettledEvent";
}
