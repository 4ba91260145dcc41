package org.golempipeline.report;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is known of one stage. Not for several threads. */
final class StageTally {
  private static final Duration ESTIMATE_AFTER = Duration.ofSeconds(3);

  final String name;

  /** Fragments in all; -1 until it is known. */
  int total = -1;

  int done;
  int failed;

  /** Done or failed in this run; a fragment that was computed twice counts twice. */
  int computed;

  /** When its first script was sent. */
  @Nullable Instant begun;

  int running;
  int retried;

  /** Taken from earlier runs. */
  int reused;

  /** Computed a second time because the first took long. */
  int copied;

  boolean cut;
  boolean merging;
  boolean finished;

  StageTally(String name) {
    this.name = name;
  }

  /** Whether something goes on in it. */
  boolean active() {
    return !finished && (running > 0 || done > 0 || failed > 0 || merging);
  }

  /** Done, of all fragments, from 0 to 1. */
  double share() {
    if (finished) {
      return 1;
    }
    return total <= 0 ? 0 : Math.min(1, (done + failed) / (double) total);
  }

  /**
   * A plain guess: the rest goes as fast as what this run has computed so far. What an earlier run
   * left says nothing about speed, nor does the time before the first script was sent.
   *
   * @return null as long as nothing can be said
   */
  @Nullable Duration remaining(Instant now) {
    var left = total - done - failed;
    if (begun == null || computed == 0 || left <= 0 || cut) {
      return null;
    }
    var taken = Duration.between(begun, now);
    return taken.compareTo(ESTIMATE_AFTER) < 0
        ? null
        : Duration.ofSeconds(Math.round(taken.toMillis() / 1000.0 * left / computed));
  }
}
