package org.golempipeline.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a step made of its input: a value unless there was an error, and everything it has to say,
 * in the order of the text, that of included files behind it.
 */
public record Checked<T>(@Nullable T orNull, List<Diagnostic> diagnostics) {
  private static final Comparator<Diagnostic> IN_TEXT_ORDER =
      Comparator.<Diagnostic, String>comparing(
              d -> d.range().other() == null ? "" : d.range().other().name())
          .thenComparingInt(d -> d.range().line())
          .thenComparingInt(d -> d.range().column());

  public Checked {
    var sorted = new ArrayList<>(diagnostics);
    sorted.sort(IN_TEXT_ORDER);
    diagnostics = List.copyOf(sorted);
    var failed = diagnostics.stream().anyMatch(d -> d.severity() == Severity.ERROR);
    if (failed) {
      orNull = null;
    } else if (orNull == null) {
      throw new IllegalArgumentException("neither a value nor an error");
    }
  }

  public static <T> Checked<T> of(T value) {
    return new Checked<>(value, List.of());
  }

  /** The value, absent after an error. */
  public Optional<T> value() {
    return Optional.ofNullable(orNull);
  }

  /** Runs the next step on the value, if there is one, and keeps what both had to say. */
  public <R> Checked<R> then(Function<T, Checked<R>> step) {
    if (orNull == null) {
      return new Checked<>(null, diagnostics);
    }
    var next = step.apply(orNull);
    var all = new ArrayList<>(diagnostics);
    all.addAll(next.diagnostics());
    return new Checked<>(next.orNull(), all);
  }
}
