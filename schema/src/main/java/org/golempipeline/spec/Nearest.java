package org.golempipeline.spec;

import java.util.Collection;
import java.util.Optional;

/** Which of the names that exist the user may have meant. */
public final class Nearest {
  private Nearest() {}

  /** The name closest to {@code wanted}, if it is close enough to be a slip. */
  public static Optional<String> to(String wanted, Collection<String> names) {
    String best = null;
    var least = Math.max(1, wanted.length() / 3) + 1;
    for (var name : names) {
      var distance =
          name.equalsIgnoreCase(wanted) || name.startsWith(wanted) && wanted.length() > 2
              ? 0
              : distance(wanted, name, least);
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Edits (also swaps of neighbours) from one to the other; at least {@code limit} if far. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit || a.length() > 60) {
      return limit;
    }
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        var change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        var best =
            Math.min(rows[i - 1][j - 1] + change, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, rows[i - 2][j - 2] + 1);
        }
        rows[i][j] = best;
      }
    }
    return rows[a.length()][b.length()];
  }
}
