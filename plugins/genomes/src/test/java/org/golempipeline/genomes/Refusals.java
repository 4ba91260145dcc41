package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.golempipeline.strategy.StrategyException;

/** What a strategy says when it refuses. */
final class Refusals {
  private Refusals() {}

  /** The message, and the hint in brackets. */
  static String of(ThrowingCallable call) {
    var refusal = catchThrowableOfType(StrategyException.class, call);
    return "%s [%s]".formatted(refusal.getMessage(), refusal.hint().orElseThrow());
  }
}
