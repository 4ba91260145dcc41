package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Finds scripts that take so long that computing their fragments once more elsewhere is likely to
 * be done sooner. How long a script has taken is also the best guess at how much longer it will
 * take when a few machines are very slow (Zaharia et al., "Improving MapReduce Performance in
 * Heterogeneous Environments", 2008).
 */
final class Stragglers {
  /**
   * A script that takes this many times what it should is late where machines have nothing to do.
   */
  private static final double LATE = 1.5;

  /** And where they have: a copy takes less of their time than the rest of the script would. */
  private static final double VERY_LATE = 4;

  /** A copy must be expected to end this many times sooner. */
  private static final double PAYS = 2;

  /** So many looks while a late script becomes one, so that a crowd of scripts costs little. */
  private static final int LOOKS = 8;

  private final Policy policy;

  Stragglers(Policy policy) {
    this.policy = policy;
  }

  /** How long nobody need look for late scripts after a look. */
  Duration lookInterval() {
    return policy.copyAfter().dividedBy(LOOKS);
  }

  /**
   * Queues a copy of each fragment of late scripts of {@code stage}.
   *
   * @param raced learns of the scripts
   */
  List<Integer> find(
      StageState stage, Collection<Batch> batches, Collection<Batch> raced, Instant now) {
    if (now.isBefore(stage.lookAt)) {
      stage.nextLook = stage.lookAt;
      return List.of();
    }
    stage.lookAt = now.plus(lookInterval());
    stage.nextLook = null;
    var copies = new ArrayList<Integer>();
    for (var batch : batches) {
      if (isCandidate(stage, batch)) {
        var late = lateAt(batch);
        if (!now.isBefore(late)) {
          batch.copied = true;
          raced.add(batch);
          copy(batch, now, copies);
        } else if (stage.nextLook == null || late.isBefore(stage.nextLook)) {
          stage.nextLook = late;
        }
      }
    }
    return copies;
  }

  private static boolean isCandidate(StageState stage, Batch batch) {
    return batch.stage == stage
        && !batch.copied
        && !batch.rental.local
        && batch.runs()
        && stage.medianMillis() > 0;
  }

  boolean isLate(Batch batch, Instant now) {
    return !now.isBefore(lateAt(batch));
  }

  Instant lateAt(Batch batch) {
    var median = batch.stage.medianMillis();
    var late = batch.stage.pending() == 0 ? LATE : VERY_LATE;
    var expected = late * median * batch.fragments.size();
    var copy = PAYS * median;
    return batch.begun.plus(
        Duration.ofMillis((long) Math.max(expected, copy)).plus(policy.copyAfter()));
  }

  private static void copy(Batch batch, Instant now, List<Integer> copies) {
    var stage = batch.stage;
    var together = stage.pending() == 0 ? 1 : Math.max(1, batch.fragments.size() / 4);
    for (var fragment : batch.fragments) {
      if (stage.over.get(fragment)) {
        continue;
      }
      var known = stage.troubles.containsKey(fragment);
      var trouble = stage.trouble(fragment);
      if (!known) {
        trouble.running = 1;
      }
      if (trouble.running <= 1 && !stage.queued(fragment)) {
        trouble.mostTogether = together;
        trouble.tried.add(batch.rental.provider);
        stage.retries.add(fragment, now);
        copies.add(fragment);
      }
    }
  }
}
