package org.golempipeline.html;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.golempipeline.report.Words;

/** How often each of several reasons was given. Only so many are kept apart. */
final class Reasons {
  private static final int MOST = 200;
  private static final int SHOWN = 8;
  private static final int LONGEST = 200;

  private final Map<String, Long> counts = new LinkedHashMap<>();

  void add(String reason) {
    if (counts.size() < MOST || counts.containsKey(reason)) {
      counts.merge(reason, 1L, Long::sum);
    }
  }

  /** The most frequent ones as a table; nothing if there are none. */
  void write(Html html, String caption) {
    var most =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.<Long>reverseOrder()))
            .limit(SHOWN)
            .toList();
    if (most.isEmpty()) {
      return;
    }
    var table = new Table(html, caption, "Reason", "#Times");
    for (var reason : most) {
      table.row(Words.beginning(reason.getKey(), LONGEST), "").count(reason.getValue()).end();
    }
    table.close();
  }
}
