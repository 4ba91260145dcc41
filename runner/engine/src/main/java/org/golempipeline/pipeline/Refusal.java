package org.golempipeline.pipeline;

import java.util.List;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Severity;
import org.jspecify.annotations.Nullable;

/** Something cannot be done as it was asked for; said in a sentence, with the cure. */
public final class Refusal extends Exception {
  /** The exit code if the command line or the file is wrong. */
  public static final int USAGE = 2;

  /** The exit code if daemon, market or payment are not as they should be. */
  public static final int PLATFORM = 4;

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final @Nullable String hint;
  private final transient List<Diagnostic> diagnostics;

  /**
   * @param exitCode what golem-pipeline ends with then
   */
  public Refusal(int exitCode, @Nullable String message, @Nullable String hint) {
    this(exitCode, message, hint, List.of());
  }

  private Refusal(
      int exitCode, @Nullable String message, @Nullable String hint, List<Diagnostic> diagnostics) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
    this.diagnostics = List.copyOf(diagnostics);
  }

  /** What was asked for is wrong. */
  public static Refusal usage(@Nullable String message, @Nullable String hint) {
    return new Refusal(USAGE, message, hint);
  }

  /** The file is wrong: with all its mistakes, the first of which is the message. */
  public static Refusal of(List<Diagnostic> diagnostics) {
    return of(USAGE, diagnostics);
  }

  static Refusal of(int exitCode, List<Diagnostic> diagnostics) {
    var first = diagnostics.stream().filter(each -> each.severity() == Severity.ERROR).findFirst();
    return new Refusal(
        exitCode,
        first.map(Diagnostic::message).orElse(null),
        first.map(Diagnostic::hint).orElse(null),
        diagnostics);
  }

  /** What golem-pipeline ends with then. */
  public int exitCode() {
    return exitCode;
  }

  /** What to do about it. */
  public @Nullable String hint() {
    return hint;
  }

  /** What is wrong in the file, and warnings about it; empty if that is not the reason. */
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
