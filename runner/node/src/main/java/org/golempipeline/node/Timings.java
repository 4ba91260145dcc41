package org.golempipeline.node;

import java.time.Duration;

/**
 * The waits that the network imposes; only tests shorten them.
 *
 * @param demandLife after which a demand is gone
 * @param idleAgreement after which a provider ends an agreement without an activity
 * @param settling from accepting a document to its payment
 * @param lateInvoice of a provider that is late
 * @param subscriberGrace how long a command with streamed output lets subscribers arrive, as the
 *     start of a process in a virtual machine does
 * @param transferRetry before a broken transfer is tried again; twice as long the second time
 * @param busCall how long an answer of a file service is waited for
 */
record Timings(
    Duration demandLife,
    Duration idleAgreement,
    Duration settling,
    Duration lateInvoice,
    Duration subscriberGrace,
    Duration transferRetry,
    Duration busCall) {

  static final Timings REAL =
      new Timings(
          Duration.ofHours(1),
          Duration.ofSeconds(90),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60));

  Timings withDemandLife(Duration life) {
    return new Timings(
        life, idleAgreement, settling, lateInvoice, subscriberGrace, transferRetry, busCall);
  }

  Timings withIdleAgreement(Duration limit) {
    return new Timings(
        demandLife, limit, settling, lateInvoice, subscriberGrace, transferRetry, busCall);
  }

  Timings withTransferRetry(Duration pause) {
    return new Timings(
        demandLife, idleAgreement, settling, lateInvoice, subscriberGrace, pause, busCall);
  }
}
