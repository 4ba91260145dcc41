package org.golempipeline.cli.terminal;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; said to the user in a sentence, with the cure. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final @Nullable String hint;

  public Refusal(int exitCode, String message, @Nullable String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public static Refusal usage(String message, @Nullable String hint) {
    return new Refusal(ExitCodes.USAGE, message, hint);
  }

  /** Everything was said already. */
  public static Refusal shown() {
    return new Refusal(ExitCodes.USAGE, "", null);
  }

  public int exitCode() {
    return exitCode;
  }

  /** Whether there is nothing left to say. */
  public boolean wasShown() {
    return String.valueOf(getMessage()).isEmpty();
  }

  public @Nullable String hint() {
    return hint;
  }
}
