package org.golempipeline.strategy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Input, options or outputs are not what a strategy can work with. The message is one sentence for
 * the user, the hint says what to do about it.
 */
public class StrategyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  public StrategyException(String message) {
    this(message, null);
  }

  public StrategyException(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  /** What the user can do about it. */
  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /** The message, which is never absent. */
  @Override
  public String getMessage() {
    return java.util.Objects.requireNonNull(super.getMessage());
  }
}
