package org.golempipeline.spec;

import java.util.List;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Severity;

/**
 * Keeps one mistake to one message: what could not be read stands as something harmless in the
 * tree, and a later check must not complain about that.
 */
final class Echoes {
  private Echoes() {}

  /** {@code all} without what only repeats an error of {@code reading} at the same place. */
  static List<Diagnostic> removed(List<Diagnostic> reading, List<Diagnostic> all) {
    if (reading.isEmpty()) {
      return all;
    }
    return all.stream()
        .filter(
            each ->
                reading.contains(each) || reading.stream().noneMatch(first -> isAt(first, each)))
        .toList();
  }

  private static boolean isAt(Diagnostic first, Diagnostic other) {
    var place = first.range();
    var range = other.range();
    return first.severity() == Severity.ERROR
        && place.in(first.source()).equals(range.in(other.source()))
        && place.line() == range.line()
        && place.endLine() == range.line()
        && place.column() <= range.column()
        && range.column() <= place.endColumn();
  }
}
