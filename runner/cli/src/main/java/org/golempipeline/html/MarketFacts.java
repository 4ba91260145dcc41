package org.golempipeline.html;

import org.golempipeline.event.RunEvent;

/** What became of the market's offers. */
final class MarketFacts {
  final Reasons reasons = new Reasons();
  long offers;
  long answers;
  long refusedByUs;
  long refusedByProviders;
  long agreements;
  long approved;

  void add(RunEvent event) {
    if (event instanceof RunEvent.ProposalReceived proposal) {
      offers += proposal.draft() ? 0 : 1;
      answers += proposal.draft() ? 1 : 0;
    } else if (event instanceof RunEvent.ProposalRejected rejected) {
      refusedByUs += rejected.byProvider() ? 0 : 1;
      refusedByProviders += rejected.byProvider() ? 1 : 0;
      reasons.add(rejected.reason());
    } else if (event instanceof RunEvent.AgreementCreated) {
      agreements++;
    } else if (event instanceof RunEvent.AgreementApproved) {
      approved++;
    } else if (event instanceof RunEvent.AgreementRejected rejected) {
      refusedByProviders++;
      reasons.add(rejected.reason());
    }
  }

  boolean isEmpty() {
    return offers + answers + refusedByUs + refusedByProviders + agreements == 0;
  }
}
