package org.golempipeline.run;

import java.nio.file.Path;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/** What goes wrong with a stage on this machine, in words. */
final class StageTrouble {
  private StageTrouble() {}

  /**
   * In the words of the strategy that threw, if one did; a plugin may also do so where its
   * interface leaves no room for it.
   *
   * @param folder where the run writes
   */
  static Failure of(StageName stage, Throwable thrown, Path folder) {
    var said = thrown instanceof StrategyException ? thrown : thrown.getCause();
    return said instanceof StrategyException e
        ? about(stage, e.getMessage(), e.hint().orElse(null))
        : about(stage, Trouble.reason(thrown, folder) + ".", Trouble.cure(thrown));
  }

  /** What the user did is not possible, in the words of who found out. */
  static Failure of(StrategyException e) {
    return new Failure(FailureKind.COMMAND, e.getMessage(), e.hint().orElse(null));
  }

  /** About what no code is prepared for. */
  static Failure of(StageName stage, Error error) {
    return about(stage, error.toString(), null);
  }

  private static Failure about(StageName stage, String message, @Nullable String hint) {
    return new Failure(FailureKind.COMMAND, "Stage `%s`: %s".formatted(stage, message), hint);
  }
}
