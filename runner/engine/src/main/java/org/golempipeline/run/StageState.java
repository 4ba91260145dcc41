package org.golempipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where a stage stands. Changed only by the scheduler. */
final class StageState {
  enum Phase {
    WAITING,
    EXPANDING,
    RUNNING,
    MERGING,
    DONE
  }

  /** What was tried with a fragment that did not do well at once. */
  static final class Trouble {
    int attempts;
    int losses;
    boolean anyProvider;
    Instant notBefore = Instant.MIN;
    final Set<String> tried = new HashSet<>();
    final Map<String, Integer> exitCodes = new HashMap<>();
  }

  private static final int KEPT_TIMES = 51;

  private record Took(double millis, int fragments) {
    double each() {
      return millis / fragments;
    }
  }

  final int number;
  final StageSetup setup;
  Phase phase = Phase.WAITING;
  int total = -1;
  int done;
  int failed;
  int skipped;
  int running;
  boolean cut;

  /** Fragments that were never tried and may start: first the queue, then the rest in order. */
  private final ArrayDeque<Integer> ready = new ArrayDeque<>();

  private int nextFresh;

  /** Fragments to be tried again. */
  final TreeSet<Integer> retries = new TreeSet<>();

  final Map<Integer, Trouble> troubles = new HashMap<>();

  /** How long the last scripts took, and for how many fragments. */
  private final ArrayDeque<Took> times = new ArrayDeque<>();

  StageState(int number, StageSetup setup) {
    this.number = number;
    this.setup = setup;
  }

  void expand(int count) {
    total = count;
    phase = Phase.RUNNING;
    nextFresh = setup.fragmentByFragment() ? count : 0;
  }

  void makeReady(int index) {
    ready.add(index);
  }

  int freshCount() {
    return ready.size() + total - nextFresh;
  }

  /** Fragments that could be sent now or later, without those that run. */
  int pending() {
    return phase == Phase.RUNNING && !cut ? freshCount() + retries.size() : 0;
  }

  boolean complete() {
    return phase == Phase.RUNNING && running == 0 && (cut || done + failed + skipped == total);
  }

  List<Integer> takeFresh(int most) {
    var taken = new ArrayList<Integer>(Math.min(most, freshCount()));
    while (taken.size() < most && !ready.isEmpty()) {
      taken.add(ready.remove());
    }
    while (taken.size() < most && nextFresh < total) {
      taken.add(nextFresh++);
    }
    return taken;
  }

  /** Fragments to be tried again that may go to {@code provider} now. */
  List<Integer> takeRetries(String provider, Instant now, int most) {
    var taken = new ArrayList<Integer>();
    for (var index : retries) {
      var trouble = troubles.get(index);
      if (trouble != null && mayRun(trouble, provider, now)) {
        if (trouble.losses > 0 && !taken.isEmpty()) {
          continue;
        }
        taken.add(index);
        if (taken.size() == most || trouble.losses > 0) {
          break;
        }
      }
    }
    taken.forEach(retries::remove);
    return taken;
  }

  private static boolean mayRun(Trouble trouble, String provider, Instant now) {
    return !trouble.notBefore.isAfter(now)
        && (trouble.anyProvider || !trouble.tried.contains(provider));
  }

  /** Puts back what was taken and not sent. */
  void putBack(List<Integer> indexes) {
    for (var i = indexes.size() - 1; i >= 0; i--) {
      if (troubles.containsKey(indexes.get(i))) {
        retries.add(indexes.get(i));
      } else {
        ready.addFirst(indexes.get(i));
      }
    }
  }

  Trouble trouble(int index) {
    return troubles.computeIfAbsent(index, each -> new Trouble());
  }

  void took(Duration time, int fragments) {
    if (times.size() == KEPT_TIMES) {
      times.remove();
    }
    times.add(new Took(time.toNanos() / 1e6, fragments));
  }

  /** Typical milliseconds per fragment, or 0 while unknown; large scripts weigh more. */
  double typicalMillis() {
    var fragments = times.stream().mapToInt(Took::fragments).sum();
    return times.stream().mapToDouble(Took::millis).sum() / Math.max(1, fragments);
  }

  /** How long one fragment's command may take. */
  Duration fragmentLimit() {
    var share = setup.timeouts().runShare();
    if (share == null || times.size() < 5) {
      return setup.timeouts().run();
    }
    var sorted = times.stream().map(Took::each).sorted().toList();
    var median = sorted.get(sorted.size() / 2);
    return Duration.ofMillis(Math.max(1000, (long) (median * share.doubleValue())));
  }

  /** How many fragments may fail before the run stops. */
  int tolerated() {
    var retry = setup.retry();
    if (retry.failCount() != null) {
      return retry.failCount();
    }
    return retry.failShare() == null ? 0 : (int) (retry.failShare().doubleValue() * total);
  }
}
