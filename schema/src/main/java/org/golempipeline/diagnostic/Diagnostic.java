package org.golempipeline.diagnostic;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a text.
 *
 * @param id dotted and permanent: {@code Schema.UnknownKey}
 * @param message one sentence, what is wrong and what would be allowed
 * @param hint the remedy, if it is not in the message
 * @param related other places that belong to it: the edges of a cycle, the first of two keys
 */
public record Diagnostic(
    Severity severity,
    String id,
    Source source,
    Range range,
    String message,
    @Nullable String hint,
    List<Related> related) {
  public Diagnostic {
    Objects.requireNonNull(severity);
    Objects.requireNonNull(id);
    related = List.copyOf(related);
  }

  public static Diagnostic error(
      String id, Source source, Range range, String message, @Nullable String hint) {
    return new Diagnostic(Severity.ERROR, id, source, range, message, hint, List.of());
  }

  public static Diagnostic warning(
      String id, Source source, Range range, String message, @Nullable String hint) {
    return new Diagnostic(Severity.WARNING, id, source, range, message, hint, List.of());
  }

  /** The same of what need not be mended. */
  public Diagnostic asWarning() {
    return new Diagnostic(Severity.WARNING, id, source, range, message, hint, related);
  }

  /** The same diagnostic that also points at {@code places}. */
  public Diagnostic withRelated(List<Related> places) {
    return new Diagnostic(severity, id, source, range, message, hint, places);
  }

  /** Another place that a diagnostic speaks of. */
  public record Related(Range range, String message) {}
}
