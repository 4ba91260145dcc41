package org.golempipeline.provider;

import java.math.BigDecimal;

/** What a provider does, as it happens; {@link #text} puts it into words. */
public sealed interface ProviderEvent {
  /** One line, without a full stop. */
  String text();

  /** Agreements and activities by their first digits. */
  private static String brief(String id) {
    return id.startsWith("0x") ? id.substring(0, Math.min(10, id.length())) : brief(id, 8);
  }

  private static String brief(String id, int digits) {
    return id.substring(0, Math.min(digits, id.length()));
  }

  /** The offer is out. */
  record OfferPublished(String offerId, String node, String subnet) implements ProviderEvent {
    @Override
    public String text() {
      return "offer published in subnet `%s` as node %s".formatted(subnet, node);
    }
  }

  /** The offer is gone: nobody finds us any more. */
  record OfferWithdrawn(String offerId) implements ProviderEvent {
    @Override
    public String text() {
      return "offer withdrawn";
    }
  }

  /** Somebody's proposal was turned down. */
  record ProposalRejected(String requestor, String reason) implements ProviderEvent {
    @Override
    public String text() {
      return "proposal of %s rejected: %s".formatted(brief(requestor), reason);
    }
  }

  /** Somebody's agreement was turned down, or came to nothing. */
  record AgreementRejected(String agreementId, String reason) implements ProviderEvent {
    @Override
    public String text() {
      return "agreement %s not signed: %s".formatted(brief(agreementId), reason);
    }
  }

  /** We work for somebody. */
  record AgreementApproved(String agreementId, String requestor) implements ProviderEvent {
    @Override
    public String text() {
      return "agreement %s with %s".formatted(brief(agreementId), brief(requestor));
    }
  }

  /** We do not any more; {@code by} is {@code Requestor} or {@code Provider}. */
  record AgreementEnded(String agreementId, String by, String reason) implements ProviderEvent {
    @Override
    public String text() {
      String who = by.equals("Provider") ? "by us" : "by the requestor";
      return "agreement %s ended %s%s"
          .formatted(brief(agreementId), who, reason.isEmpty() ? "" : ": " + reason);
    }
  }

  /** An activity was left by an earlier start of this provider, or its agreement was. */
  record LeftOver(String agreementId) implements ProviderEvent {
    @Override
    public String text() {
      return "agreement %s was left by an earlier start; it is ended and billed"
          .formatted(brief(agreementId));
    }
  }

  /** An exe-unit is there. */
  record ActivityStarted(String activityId, String agreementId) implements ProviderEvent {
    @Override
    public String text() {
      return "activity %s of agreement %s".formatted(brief(activityId), brief(agreementId));
    }
  }

  /** It is gone, and cost so much. */
  record ActivityEnded(String activityId, BigDecimal cost) implements ProviderEvent {
    @Override
    public String text() {
      return "activity %s ended, %s GLM".formatted(brief(activityId), cost.toPlainString());
    }
  }

  /** A debit note arrived at the requestor. */
  record DebitNoteSent(String activityId, BigDecimal amount) implements ProviderEvent {
    @Override
    public String text() {
      return "debit note for activity %s: %s GLM"
          .formatted(brief(activityId), amount.toPlainString());
    }
  }

  /** An invoice arrived at the requestor. */
  record InvoiceSent(String agreementId, String invoiceId, BigDecimal amount)
      implements ProviderEvent {
    @Override
    public String text() {
      return "invoice for agreement %s: %s GLM"
          .formatted(brief(agreementId), amount.toPlainString());
    }
  }

  /**
   * What became of an invoice: {@code accepted}, {@code rejected}, {@code settled} when it is paid,
   * {@code failed}.
   */
  record InvoiceAnswered(String invoiceId, String answer) implements ProviderEvent {
    @Override
    public String text() {
      return "invoice %s %s".formatted(brief(invoiceId), answer);
    }
  }

  /** Something does not work at the moment; it is tried again. */
  record Trouble(String sentence) implements ProviderEvent {
    @Override
    public String text() {
      return sentence;
    }
  }
}
