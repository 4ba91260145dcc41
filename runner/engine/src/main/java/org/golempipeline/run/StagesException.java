package org.golempipeline.run;

import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.strategy.StrategyException;

/** A stage cannot go on. */
final class StagesException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  StagesException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  static StagesException of(StrategyException e) {
    return new StagesException(
        new Failure(FailureKind.COMMAND, e.getMessage(), e.hint().orElse(null)));
  }

  Failure failure() {
    return failure;
  }
}
