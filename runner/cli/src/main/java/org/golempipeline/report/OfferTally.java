package org.golempipeline.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private int offers;
  private int answers;
  private int refused;
  private int agreements;
  private int approved;

  void received(RunEvent.ProposalReceived proposal) {
    if (proposal.draft()) {
      answers++;
    } else {
      offers++;
    }
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

  boolean isEmpty() {
    return offers + answers + refused + agreements == 0;
  }

  /** {@code 41 offers, 12 refused (price too high 9, busy 3), 4 answers, 1 of 2 agreements}. */
  String text() {
    if (isEmpty()) {
      return "no offers yet";
    }
    var text = new StringBuilder(Words.count(offers, "offer"));
    if (refused > 0) {
      text.append(", ")
          .append(Words.number(refused))
          .append(" refused (")
          .append(why())
          .append(')');
    }
    text.append(", ").append(Words.count(answers, "answer"));
    text.append(", ")
        .append(Words.number(approved))
        .append(" of ")
        .append(Words.count(agreements, "agreement"))
        .append(" approved");
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
        .map(entry -> TerminalText.safe(entry.getKey()) + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
