package org.golempipeline.html;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** Allocation, agreements, and what providers asked for under them. */
final class MoneyFacts {
  @Nullable BigDecimal allocated;
  @Nullable String platform;

  /** Documents that were refused; their agreement may be unknown. */
  int refusals;

  /** GLM that was accepted so far. */
  final Curve spent = new Curve();

  private BigDecimal accepted = BigDecimal.ZERO;
  private final Map<String, AgreementFacts> agreements = new LinkedHashMap<>();

  /** Whether the event was one of these. */
  boolean add(RunEvent event, long now) {
    if (event instanceof RunEvent.AllocationRequested asked) {
      allocated = allocated == null ? asked.amount() : allocated;
      platform = asked.platform();
    } else if (event instanceof RunEvent.AgreementCreated created) {
      agreement(created.agreementId()).provider = created.providerId();
    } else if (event instanceof RunEvent.AgreementApproved approved) {
      var agreement = agreement(approved.agreementId());
      agreement.approved = true;
      agreement.approvedAt = now;
      agreement.provider = approved.providerId();
    } else if (event instanceof RunEvent.AgreementTerminated ended) {
      agreement(ended.agreementId()).terminated = ended;
    } else if (event instanceof RunEvent.ActivityCreated activity) {
      var agreement = agreement(activity.agreementId());
      agreement.activityFrom = agreement.activityFrom < 0 ? now : agreement.activityFrom;
    } else if (event instanceof RunEvent.ActivityDestroyed activity) {
      agreement(activity.agreementId()).activityTo = now;
    } else if (event instanceof RunEvent.DebitNoteAccepted note) {
      var agreement = agreement(note.agreementId());
      agreement.notes++;
      var before = agreement.accepted();
      agreement.noted = agreement.noted.max(note.totalAmount());
      accepted(agreement.accepted().subtract(before), now);
    } else if (event instanceof RunEvent.InvoiceAccepted invoice) {
      var agreement = agreement(invoice.agreementId());
      var before = agreement.accepted();
      agreement.invoiced = invoice.amount();
      accepted(agreement.accepted().subtract(before), now);
    } else if (event instanceof RunEvent.DocumentRefused refused) {
      refusals++;
      var agreement = agreement(refused.agreementId());
      agreement.refusals++;
      agreement.refusal = refused.reason();
    } else {
      return false;
    }
    return true;
  }

  private void accepted(BigDecimal more, long now) {
    accepted = accepted.add(more);
    spent.add(now, accepted.doubleValue());
  }

  /** GLM of all documents that were accepted. */
  BigDecimal accepted() {
    return accepted;
  }

  void opened(RunEvent.RentalOpened event) {
    var agreement = agreement(event.agreementId());
    agreement.approved = true;
    agreement.provider = event.providerId();
    agreement.terms = event;
  }

  private AgreementFacts agreement(String id) {
    return agreements.computeIfAbsent(id, AgreementFacts::new);
  }

  /** In the order in which they were made. */
  Collection<AgreementFacts> agreements() {
    return agreements.values();
  }

  /** Gives providers what was accepted from them. */
  void share(Function<String, ProviderFacts> provider) {
    for (var agreement : agreements.values()) {
      var payee = provider.apply(agreement.provider);
      payee.accepted = payee.accepted.add(agreement.accepted());
    }
  }
}
