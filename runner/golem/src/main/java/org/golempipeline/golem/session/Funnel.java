package org.golempipeline.golem.session;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what became of the offers for one demand, to explain why nobody was rented. */
final class Funnel {
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Set<String>> unsuitable = new TreeMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Set<String> mute = new HashSet<>();
  private int countered;
  private int drafts;
  private int unsigned;
  private int agreements;
  private int unstarted;
  private String lastFailure = "";

  void seen(String providerId) {
    seen.add(providerId);
  }

  void unsuitable(String providerId, String reason) {
    unsuitable.computeIfAbsent(reason, key -> new HashSet<>()).add(providerId);
  }

  void countered() {
    countered++;
  }

  void refused(String providerId) {
    refused.add(providerId);
  }

  void mute(String providerId) {
    mute.add(providerId);
  }

  void draft() {
    drafts++;
  }

  void unsigned(String reason) {
    unsigned++;
    lastFailure = reason;
  }

  void agreement() {
    agreements++;
  }

  void unstarted(String reason) {
    unstarted++;
    lastFailure = reason;
  }

  boolean hasAsked() {
    return countered > 0;
  }

  /** How many providers were heard of. */
  int providers() {
    return seen.size();
  }

  /**
   * What happened so far, as a part of a sentence.
   *
   * @param objections to offers that could be used otherwise: the reason, and whose they are
   */
  String summary(Map<String, Set<String>> objections) {
    if (seen.isEmpty()) {
      return "no offer was seen that matches";
    }
    StringBuilder text = new StringBuilder();
    text.append(seen.size())
        .append(seen.size() == 1 ? " provider was seen" : " providers were seen");
    objections.forEach((reason, whose) -> add(text, whose.size(), reason));
    unsuitable.forEach((reason, whose) -> add(text, whose.size(), reason));
    add(text, countered, "asked");
    add(text, refused.size(), "refused");
    add(text, mute.size(), "did not answer");
    add(text, drafts, "agreed to talk");
    add(text, unsigned, "did not sign");
    add(text, agreements, "signed");
    add(text, unstarted, "failed to start");
    if (!lastFailure.isEmpty()) {
      text.append("; the last failure: ").append(lastFailure);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, int count, String what) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(what);
    }
  }
}
