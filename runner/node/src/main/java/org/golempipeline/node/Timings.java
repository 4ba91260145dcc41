package org.golempipeline.node;

import java.time.Duration;
import org.golempipeline.exeunit.ExeUnits;

/**
 * The waits that the network imposes; only tests shorten them.
 *
 * @param demandLife after which a demand is gone
 * @param idleAgreement after which a provider ends an agreement without an activity
 * @param settling from accepting a document to its payment
 * @param lateInvoice of a provider that is late
 * @param scripts those within exe-units
 * @param busCall how long an answer of a file service is waited for
 * @param arriving how long a request's head, and then its body, may take to arrive
 */
record Timings(
    Duration demandLife,
    Duration idleAgreement,
    Duration settling,
    Duration lateInvoice,
    ExeUnits.Timings scripts,
    Duration busCall,
    Duration arriving) {

  static final Timings REAL =
      new Timings(
          Duration.ofHours(1),
          Duration.ofSeconds(90),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          ExeUnits.Timings.REAL,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30));

  Timings withDemandLife(Duration life) {
    return new Timings(life, idleAgreement, settling, lateInvoice, scripts, busCall, arriving);
  }

  Timings withIdleAgreement(Duration limit) {
    return new Timings(demandLife, limit, settling, lateInvoice, scripts, busCall, arriving);
  }

  Timings withTransferRetry(Duration pause) {
    return new Timings(
        demandLife,
        idleAgreement,
        settling,
        lateInvoice,
        new ExeUnits.Timings(pause),
        busCall,
        arriving);
  }

  Timings withArriving(Duration limit) {
    return new Timings(demandLife, idleAgreement, settling, lateInvoice, scripts, busCall, limit);
  }
}
