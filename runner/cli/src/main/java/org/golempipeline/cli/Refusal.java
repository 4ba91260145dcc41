package org.golempipeline.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; said to the user in a sentence, with the cure. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final @Nullable String hint;

  Refusal(int exitCode, String message, @Nullable String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  static Refusal usage(String message, @Nullable String hint) {
    return new Refusal(ExitCodes.USAGE, message, hint);
  }

  /** Everything was said already. */
  static Refusal shown() {
    return new Refusal(ExitCodes.USAGE, "", null);
  }

  int exitCode() {
    return exitCode;
  }

  /** Whether there is nothing left to say. */
  boolean wasShown() {
    return String.valueOf(getMessage()).isEmpty();
  }

  @Nullable String hint() {
    return hint;
  }
}
