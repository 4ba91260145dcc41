package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds scripts that take so long that computing their fragments once more elsewhere is likely to
 * be done sooner. How long a script has taken is also the best guess at how much longer it will
 * take when a few machines are very slow (Zaharia et al., "Improving MapReduce Performance in
 * Heterogeneous Environments", 2008).
 */
final class Stragglers {
  /** A script that takes this many times what it should is late. */
  private static final double LATE = 1.5;

  /** A copy must be expected to end this many times sooner. */
  private static final double PAYS = 2;

  private final Policy policy;

  Stragglers(Policy policy) {
    this.policy = policy;
  }

  /** Marks late scripts of {@code stage} and queues a copy of each of their fragments. */
  List<Integer> find(StageState stage, Collection<Batch> batches, Instant now) {
    var copies = new ArrayList<Integer>();
    for (var batch : batches) {
      if (isCandidate(stage, batch) && !now.isBefore(lateAt(batch, stage.medianMillis()))) {
        batch.copied = true;
        copy(batch, now, copies);
      }
    }
    return copies;
  }

  /** When the next script will be late, null if that cannot be known. */
  @Nullable Instant nextLook(StageState stage, Collection<Batch> batches, Instant now) {
    var median = stage.medianMillis();
    Instant next = null;
    if (median > 0 && stage.pending() == 0) {
      for (var batch : batches) {
        if (isCandidate(stage, batch)) {
          var late = lateAt(batch, median);
          next = late.isAfter(now) && (next == null || late.isBefore(next)) ? late : next;
        }
      }
    }
    return next;
  }

  private static boolean isCandidate(StageState stage, Batch batch) {
    return batch.stage == stage
        && !batch.copied
        && !batch.rental.local
        && batch.rental.batches.peekFirst() == batch
        && stage.medianMillis() > 0;
  }

  private Instant lateAt(Batch batch, double median) {
    var expected = LATE * median * batch.fragments.size();
    var copy = PAYS * median;
    return batch.begun.plus(
        Duration.ofMillis((long) Math.max(expected, copy)).plus(policy.copyAfter()));
  }

  private static void copy(Batch batch, Instant now, List<Integer> copies) {
    var stage = batch.stage;
    for (var fragment : batch.fragments) {
      if (stage.over.get(fragment)) {
        continue;
      }
      var trouble = stage.trouble(fragment);
      if (trouble.copies == 0 && !trouble.copy) {
        trouble.copy = true;
        trouble.mostTogether = 1;
        trouble.tried.add(batch.rental.provider);
        stage.retries.add(fragment, now);
        copies.add(fragment);
      }
    }
  }
}
