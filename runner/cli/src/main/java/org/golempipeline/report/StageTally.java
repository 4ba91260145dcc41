package org.golempipeline.report;

/** What is known of one stage. Not for several threads. */
final class StageTally {
  final String name;

  /** Fragments in all; -1 until it is known. */
  int total = -1;

  int done;
  int failed;
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
}
