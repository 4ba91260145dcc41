package org.golempipeline.report;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.golempipeline.event.RunEvent;

/**
 * What became of the market's offers: the funnel that is shown while no machine is there yet. Not
 * for several threads.
 */
final class OfferTally {
  private static final int REASONS = 8;
  private static final int SHOWN = 3;

  private final Map<String, Integer> reasons = new LinkedHashMap<>();

  /** Providers: their offers come again and again. */
  private final Set<String> offers = new HashSet<>();

  private final Set<String> answers = new HashSet<>();
  private int refused;
  private int agreements;
  private int approved;
  private int unstarted;

  void received(RunEvent.ProposalReceived proposal) {
    (proposal.draft() ? answers : offers).add(proposal.providerId());
  }

  void rejected(RunEvent.ProposalRejected rejected) {
    refused++;
    because(rejected.reason());
  }

  void agreementCreated() {
    agreements++;
  }

  void agreementApproved() {
    approved++;
  }

  void agreementRejected(String reason) {
    refused++;
    because(reason);
  }

  void startFailed() {
    unstarted++;
  }

  boolean isEmpty() {
    return offers.size() + answers.size() + refused + agreements == 0;
  }

  /**
   * {@code 41 providers, 12 refused (9 × price too high, 3 × busy), 4 answers, 1 of 2 agreements}.
   */
  String text() {
    if (isEmpty()) {
      return "no offers yet; `golem-pipeline providers market --all` says who is there";
    }
    var text = new StringBuilder(Words.count(offers.size(), "provider"));
    if (refused > 0) {
      text.append(", ")
          .append(Words.number(refused))
          .append(" refused (")
          .append(why())
          .append(')');
    }
    text.append(", ").append(Words.count(answers.size(), "answer"));
    text.append(", ")
        .append(Words.number(approved))
        .append(" of ")
        .append(Words.count(agreements, "agreement"))
        .append(" approved");
    if (unstarted > 0) {
      text.append(", ").append(Words.number(unstarted)).append(" not started");
    }
    return text.toString();
  }

  private void because(String reason) {
    if (reasons.size() < REASONS || reasons.containsKey(reason)) {
      reasons.merge(reason, 1, Integer::sum);
    }
  }

  private String why() {
    return reasons.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .map(entry -> entry.getValue() + " × " + TerminalText.safe(entry.getKey()))
        .collect(Collectors.joining(", "));
  }
}
