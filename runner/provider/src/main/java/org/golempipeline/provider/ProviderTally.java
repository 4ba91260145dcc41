package org.golempipeline.provider;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/** What a provider does at the moment and has earned, going by its events. Not for threads. */
public final class ProviderTally {
  private final Map<String, BigDecimal> billed = new HashMap<>();
  private final Map<String, BigDecimal> accepted = new HashMap<>();
  private BigDecimal earned = BigDecimal.ZERO;
  private int offers;
  private int agreements;
  private int activities;

  /** Takes an event into account; the answer is whether it is about money. */
  public boolean add(ProviderEvent event) {
    if (event instanceof ProviderEvent.OfferPublished) {
      offers++;
    } else if (event instanceof ProviderEvent.OfferWithdrawn) {
      offers--;
    } else if (event instanceof ProviderEvent.AgreementApproved) {
      agreements++;
    } else if (event instanceof ProviderEvent.AgreementEnded) {
      agreements--;
    } else if (event instanceof ProviderEvent.ActivityStarted) {
      activities++;
    } else if (event instanceof ProviderEvent.ActivityEnded) {
      activities--;
    } else if (event instanceof ProviderEvent.InvoiceSent sent) {
      billed.put(sent.invoiceId(), sent.amount());
      return true;
    } else if (event instanceof ProviderEvent.InvoiceAnswered answered) {
      answered(answered);
      return true;
    }
    return false;
  }

  private void answered(ProviderEvent.InvoiceAnswered answered) {
    String id = answered.invoiceId();
    // A log may be told faster than our own call is answered, and an invoice accepted at last.
    switch (answered.answer()) {
      case "accepted" -> {
        BigDecimal amount = billed.get(id);
        if (amount != null && accepted.putIfAbsent(id, amount) == null) {
          earned = earned.add(amount);
        }
      }
      case "settled" -> {
        BigDecimal amount = accepted.put(id, BigDecimal.ZERO);
        if (amount == null && billed.containsKey(id)) {
          earned = earned.add(billed.get(id));
        }
      }
      default -> {
        // Rejected or failed: it stays billed, and may be accepted yet.
      }
    }
  }

  /** One line. */
  public String text() {
    BigDecimal unpaid = accepted.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal open =
        billed.entrySet().stream()
            .filter(each -> !accepted.containsKey(each.getKey()))
            .map(Map.Entry::getValue)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return "%s, %s, %s | %s GLM earned, %s of it to be paid yet; %s billed and not accepted yet"
        .formatted(
            count(offers, "offer", "offers"),
            count(agreements, "agreement", "agreements"),
            count(activities, "activity", "activities"),
            plain(earned),
            plain(unpaid),
            plain(open));
  }

  private static String count(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  private static String plain(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
