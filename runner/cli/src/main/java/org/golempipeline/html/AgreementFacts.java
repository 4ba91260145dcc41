package org.golempipeline.html;

import java.math.BigDecimal;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** What the journal says of one agreement. Times are milliseconds since the run began. */
final class AgreementFacts {
  final String id;
  String provider = "";
  boolean approved;
  long approvedAt = -1;
  long activityFrom = -1;
  long activityTo = -1;
  RunEvent.@Nullable RentalOpened terms;
  RunEvent.@Nullable AgreementTerminated terminated;
  int notes;
  BigDecimal noted = BigDecimal.ZERO;
  @Nullable BigDecimal invoiced;
  int refusals;
  @Nullable String refusal;

  AgreementFacts(String id) {
    this.id = id;
  }

  /** A note's amount includes the notes before it, an invoice's all notes. */
  BigDecimal accepted() {
    return invoiced == null ? noted : noted.max(invoiced);
  }
}
