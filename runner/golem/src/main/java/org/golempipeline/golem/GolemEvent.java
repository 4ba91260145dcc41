package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Duration;

/** Something that happened between us, the daemon and the providers. */
public sealed interface GolemEvent {
  record AllocationCreated(String allocationId, BigDecimal amount, String platform)
      implements GolemEvent {}

  record AllocationReleased(String allocationId) implements GolemEvent {}

  record DemandSubscribed(String demandId) implements GolemEvent {}

  record DemandUnsubscribed(String demandId) implements GolemEvent {}

  record ProposalReceived(String providerId, String providerName, boolean draft)
      implements GolemEvent {}

  /** {@code byProvider}: they refused ours; otherwise we did not want theirs. */
  record ProposalRejected(String providerId, boolean byProvider, String reason)
      implements GolemEvent {}

  record AgreementCreated(String agreementId, String providerId) implements GolemEvent {}

  record AgreementApproved(String agreementId, String providerId, String providerName)
      implements GolemEvent {}

  /** Not approved: refused, expired, or given up by us. */
  record AgreementRejected(String agreementId, String reason) implements GolemEvent {}

  /**
   * An agreement did not lead to a machine.
   *
   * @param image hash of the image
   * @param byImage whether the provider says that the image cannot be deployed or started
   */
  record StartFailed(
      String providerId, String providerName, String image, boolean byImage, String reason)
      implements GolemEvent {}

  record AgreementTerminated(String agreementId, boolean byProvider, String reason)
      implements GolemEvent {}

  record ActivityCreated(String activityId, String agreementId) implements GolemEvent {}

  /** So much of its image has a machine that starts, from time to time. */
  record ImageArriving(String agreementId, long bytes, long size) implements GolemEvent {}

  record ActivityDestroyed(String activityId, String agreementId) implements GolemEvent {}

  /**
   * What providers fetched from this machine in all, once nobody fetches any more. First parts of
   * files do not count.
   *
   * @param time in which at least one of them did
   */
  record FilesServed(long bytes, Duration time) implements GolemEvent {}

  record DebitNoteAccepted(String debitNoteId, String agreementId, BigDecimal totalAmount)
      implements GolemEvent {}

  record InvoiceAccepted(String invoiceId, String agreementId, BigDecimal amount)
      implements GolemEvent {}

  /** A debit note or invoice that does not add up; {@code reason} shows the arithmetic. */
  record DocumentRefused(String documentId, String agreementId, String reason)
      implements GolemEvent {}
}
