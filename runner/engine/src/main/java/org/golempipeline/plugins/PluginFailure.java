package org.golempipeline.plugins;

import java.util.Objects;
import org.golempipeline.strategy.StrategyException;

/**
 * A plugin failed where its interface leaves no room to say so. The message is one sentence for the
 * user; what went wrong inside is the cause.
 */
public final class PluginFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  PluginFailure(StrategyException failure) {
    super(failure.getMessage(), failure);
    this.hint = failure.hint().orElse("");
  }

  /** What the user can do about it. */
  public String hint() {
    return hint;
  }

  /** The message, which is never absent. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
