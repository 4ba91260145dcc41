package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/** What happened to an invoice; stays in the daemon's log. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InvoiceEvent(String invoiceId, Instant eventDate, String eventType) {
  public static final String RECEIVED = "InvoiceReceivedEvent";
  public static final String ACCEPTED = "InvoiceAcceptedEvent";
  public static final String CANCELLED = "InvoiceCancelledEvent";
  public static final String SETTLED = "InvoiceSettledEvent";
}
