package org.golempipeline.diagnostic;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with one source while it is being read, each thing once. Not for several
 * threads.
 */
public final class Problems {
  private final Source source;
  private final Set<Diagnostic> found = new LinkedHashSet<>();

  public Problems(Source source) {
    this.source = source;
  }

  /** An error whose message says all. */
  public void error(String id, Range range, String message) {
    error(id, range, message, null);
  }

  public void error(String id, Range range, String message, @Nullable String hint) {
    found.add(Diagnostic.error(id, source, range, message, hint));
  }

  /** An error that also points at other places. */
  public void error(
      String id,
      Range range,
      String message,
      @Nullable String hint,
      List<Diagnostic.Related> related) {
    found.add(Diagnostic.error(id, source, range, message, hint).withRelated(related));
  }

  public void warning(String id, Range range, String message, @Nullable String hint) {
    found.add(Diagnostic.warning(id, source, range, message, hint));
  }

  public void add(Diagnostic diagnostic) {
    found.add(diagnostic);
  }

  public Source source() {
    return source;
  }

  /** Whether any of them is an error. */
  public boolean hasErrors() {
    return found.stream().anyMatch(each -> each.severity() == Severity.ERROR);
  }

  /** What was found so far. */
  public List<Diagnostic> all() {
    return List.copyOf(found);
  }
}
