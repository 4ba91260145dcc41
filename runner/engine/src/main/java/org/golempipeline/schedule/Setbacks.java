package org.golempipeline.schedule;

import java.time.Instant;
import java.util.Objects;
import org.golempipeline.event.Failure;
import org.jspecify.annotations.Nullable;

/** Tells bad luck, which passes, from trouble that no other machine and no patience will mend. */
final class Setbacks {
  /** So many machines in a row that fail are not bad luck any more, nor two for every worker. */
  private static final int HOPELESS = 10;

  /** A daemon that is silent for so many pauses does not merely restart. */
  private static final int PATIENCE = 4;

  private final Decisions decisions;
  private final Policy policy;
  private int inARow;
  private @Nullable Instant silentSince;

  Setbacks(Decisions decisions, Policy policy) {
    this.decisions = decisions;
    this.policy = policy;
  }

  /** A fragment is done. */
  void over() {
    inARow = 0;
    silentSince = null;
  }

  /** The daemon answers, whatever it says. */
  void answered() {
    silentSince = null;
  }

  /** A machine could not be started, or failed while it worked. */
  void machineFailed(Failure reason) {
    silentSince = null;
    inARow++;
    if (inARow >= Math.max(HOPELESS, 2 * policy.workers())) {
      decisions.stop(
          new Failure(
              reason.kind(),
              "%d providers in a row failed; the last said: %s".formatted(inARow, reason.message()),
              Objects.requireNonNullElse(
                  reason.hint(), "Look at the image and at what `setup` and `run` need.")));
    }
  }

  /** The daemon does not answer: it may restart, and says so itself if it will not. */
  void daemonSilent(Failure reason) {
    var now = decisions.now();
    if (silentSince == null) {
      silentSince = now;
    } else if (!now.isBefore(silentSince.plus(policy.marketPause().multipliedBy(PATIENCE)))) {
      decisions.stop(reason);
    }
  }
}
