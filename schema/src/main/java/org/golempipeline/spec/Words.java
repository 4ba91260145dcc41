package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lists in sentences. */
final class Words {
  private static final int MOST = 24;

  private Words() {}

  /** {@code `a`, `b` and `c`}. */
  static String list(Collection<String> names) {
    return joined(names.stream().map("`%s`"::formatted).toList(), "and");
  }

  /** {@code `a`, `b` or `c`}. */
  static String anyOf(Collection<String> names) {
    return joined(names.stream().map("`%s`"::formatted).toList(), "or");
  }

  /** Phrases with commas and, before the last, {@code conjunction}. */
  static String joined(List<String> phrases, String conjunction) {
    var shown = new ArrayList<>(phrases.subList(0, Math.min(MOST, phrases.size())));
    if (phrases.size() > MOST) {
      shown.add("%d more".formatted(phrases.size() - MOST));
    }
    if (shown.size() < 2) {
      return String.join("", shown);
    }
    return String.join(", ", shown.subList(0, shown.size() - 1))
        + " "
        + conjunction
        + " "
        + shown.get(shown.size() - 1);
  }
}
