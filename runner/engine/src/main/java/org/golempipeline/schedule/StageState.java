package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.Figures;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/** Where a stage stands. Changed only by those who decide. */
final class StageState {
  enum Phase {
    WAITING,
    EXPANDING,
    RUNNING,
    MERGING,
    DONE
  }

  private static final int KEPT_TIMES = 51;

  /** Machines count in hundredths of a second: what takes less may look like nothing. */
  private static final double TICK_MILLIS = 10;

  /** A share of the median of fewer scripts limits nothing. */
  private static final int MEDIAN_OF = 5;

  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);

  private record Took(double millis, double own, int fragments) {
    double each() {
      return millis / fragments;
    }
  }

  final int number;
  final StageSetup setup;
  Phase phase = Phase.WAITING;
  int total = -1;
  int done;
  int reused;
  int failed;
  int skipped;

  /** Whose fault the last failure was. */
  FailureKind fault = FailureKind.COMMAND;

  /** How its result is lacking, once that is known. */
  RunEvent.@Nullable PartMade part;

  /** Fragments in scripts that are on their way, copies included. */
  int running;

  /** The rest is not needed any more. */
  boolean cut;

  /**
   * Single fragments of it are asked for, and nothing is made of them: the one of the setup, or
   * those that it follows.
   */
  boolean selects;

  /** It is not known yet which. */
  boolean held;

  /** Those that could start if that were known. */
  final BitSet heldBack = new BitSet();

  /** The fragment that won, or -1. */
  int winner = -1;

  /** Fragments that need no attempt any more: done, failed or skipped. */
  final BitSet over = new BitSet();

  final Map<Integer, Trouble> troubles = new HashMap<>();
  final Retries retries = new Retries(troubles);

  /** Fragments to be computed once more on this machine. */
  final Retries localChecks = new Retries(troubles);

  /** What providers said of the same fragments; null if the stage takes them on trust. */
  final @Nullable Ballots ballots;

  /** For a tree, once it is known. */
  @Nullable TreeProgress tree;

  /** How far results of earlier runs were looked for, for a stage whose fragments are all known. */
  int lookedFor;

  /** Fragments that are being looked for. */
  final BitSet lookingFor = new BitSet();

  List<String> reasons = List.of();

  /** Somebody is being asked whether the result so far is enough. */
  boolean asking;

  /** Some of what they were asked about was withdrawn since. */
  boolean doubted;

  /** With fewer fragments done it is not asked again. */
  int askAt;

  /** It was said how much of it an earlier run left. */
  boolean reuseSaid;

  /** Stragglers are not looked for before that. */
  Instant lookAt = Instant.MIN;

  /** When the next script may be late; null if none will be. */
  @Nullable Instant nextLook;

  /** No fragment on its way has a longer limit. */
  Duration longestLimit = Duration.ZERO;

  /** Fragments that failed or were skipped. */
  private final BitSet lacking = new BitSet();

  /** Fragments that no earlier run left and that were never tried, in order. */
  private final IntQueue fresh = new IntQueue();

  /** How long the last scripts took, and for how many fragments. */
  private final ArrayDeque<Took> times = new ArrayDeque<>();

  private double typicalMillis;
  private double ownMillis;
  private double medianMillis;

  StageState(int number, StageSetup setup) {
    this.number = number;
    this.setup = setup;
    this.ballots = setup.verify() == null ? null : new Ballots(setup.verify());
  }

  boolean active() {
    return phase == Phase.RUNNING && !cut;
  }

  void addFresh(int fragment) {
    fresh.add(fragment);
  }

  /** Fragments that can be sent now and were never tried. */
  int fresh() {
    return active() ? fresh.size() : 0;
  }

  /** Fragments that could be sent now or later, without those that run. */
  int pending() {
    return active() ? fresh.size() + retries.size() + total - lookedFor : 0;
  }

  /** Fragments that a machine could be given now. */
  int due(Instant now) {
    return active() ? fresh.size() + retries.dueNow(now) : 0;
  }

  boolean complete() {
    return phase == Phase.RUNNING
        && lookingFor.isEmpty()
        && (cut ? running == 0 : done + failed + skipped == total);
  }

  List<Integer> take(RentalState rental, int most, Instant now) {
    var taken = retries.take(rental, most, now);
    if (!taken.isEmpty() || !setup.followsFragments() && total == 0) {
      return taken;
    }
    var first = new ArrayList<Integer>(Math.min(most, fresh.size()));
    while (first.size() < most && !fresh.isEmpty()) {
      first.add(fresh.remove());
    }
    return first;
  }

  /**
   * Attempts that are on their way now.
   *
   * @return whether another attempt at one of them is on its way, too
   */
  boolean sent(List<Integer> fragments) {
    running += fragments.size();
    var again = false;
    if (!troubles.isEmpty()) {
      for (var fragment : fragments) {
        var trouble = troubles.get(fragment);
        if (trouble != null) {
          trouble.running++;
          again |= trouble.running > 1;
        }
      }
    }
    return again;
  }

  /** Attempts that are over. */
  void back(List<Integer> fragments) {
    running -= fragments.size();
    if (!troubles.isEmpty()) {
      for (var fragment : fragments) {
        var trouble = troubles.get(fragment);
        if (trouble != null) {
          trouble.running = Math.max(0, trouble.running - 1);
        }
      }
    }
  }

  /** It will be tried, or somebody tries it. */
  boolean underWay(int fragment) {
    return trouble(fragment).running > 0 || queued(fragment);
  }

  boolean queued(int fragment) {
    return retries.contains(fragment) || localChecks.contains(fragment);
  }

  Trouble trouble(int fragment) {
    return troubles.computeIfAbsent(fragment, each -> new Trouble());
  }

  /** A fragment needs no attempt any more. */
  void settle(int fragment) {
    over.set(fragment);
    if (troubles.containsKey(fragment)) {
      retries.remove(fragment);
      localChecks.remove(fragment);
      troubles.remove(fragment);
    }
  }

  /** A fragment needs no attempt any more, and there will be no output of it. */
  void settleWithout(int fragment) {
    lacking.set(fragment);
    settle(fragment);
  }

  /** Fragments whose outputs are there. */
  FragmentSet outputs() {
    var outputs = (BitSet) over.clone();
    outputs.andNot(lacking);
    return FragmentSet.of(outputs);
  }

  /** Fragments that the result of the stage is without; those of a search do not matter. */
  FragmentSet missing() {
    return setup.result() == Result.FIRST ? FragmentSet.EMPTY : FragmentSet.of(lacking);
  }

  /** Nothing more is sent. */
  void stopSending() {
    cut = true;
    fresh.clear();
    retries.clear();
    localChecks.clear();
    lookedFor = total;
  }

  /** Fragments that are neither done nor failed nor skipped. */
  FragmentSet open() {
    var open = (BitSet) over.clone();
    open.flip(0, total);
    return FragmentSet.of(open);
  }

  /**
   * A script came back.
   *
   * @param figures what its fragments took by themselves, as far as that is known
   */
  void took(Duration time, int fragments, @Nullable Figures figures) {
    if (times.size() == KEPT_TIMES) {
      times.remove();
    }
    var millis = time.toNanos() / 1e6;
    times.add(new Took(millis, Math.min(millis, own(figures).orElse(millis)), fragments));
    var all = times.stream().mapToInt(Took::fragments).sum();
    typicalMillis = times.stream().mapToDouble(Took::millis).sum() / Math.max(1, all);
    ownMillis = times.stream().mapToDouble(Took::own).sum() / Math.max(1, all);
    if (times.size() >= 3) {
      var sorted = times.stream().mapToDouble(Took::each).sorted().toArray();
      medianMillis = sorted[sorted.length / 2];
    }
  }

  /** Milliseconds of all fragments, or nothing if one did not say. */
  private static OptionalDouble own(@Nullable Figures figures) {
    return figures == null || figures.took().stream().anyMatch(each -> each < 0)
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            Math.max(TICK_MILLIS, figures.took().stream().mapToLong(Integer::longValue).sum()));
  }

  /** Milliseconds per fragment without what its script takes besides; 0 if too few to tell. */
  double ownMillis() {
    return ownMillis;
  }

  /** Typical milliseconds per fragment, or 0 while unknown; large scripts weigh more. */
  double typicalMillis() {
    return typicalMillis;
  }

  /** Milliseconds per fragment of the script in the middle, or 0 while few are known. */
  double medianMillis() {
    return medianMillis;
  }

  /** How long one fragment's command may take. */
  Duration fragmentLimit() {
    var timeouts = setup.timeouts();
    if (timeouts.runShare() == null || times.size() < MEDIAN_OF) {
      return timeouts.run();
    }
    var limit = timeouts.run(medianMillis());
    return limit.compareTo(SHORTEST_LIMIT) < 0 ? SHORTEST_LIMIT : limit;
  }

  void sentWith(Duration limit) {
    longestLimit = limit.compareTo(longestLimit) > 0 ? limit : longestLimit;
  }

  /**
   * Whether scripts on their way may have a limit that is much too long by now: one from before the
   * median was known, or from when it was twice what it is.
   */
  boolean outgrown() {
    if (setup.timeouts().runShare() == null || times.size() < MEDIAN_OF) {
      return false;
    }
    var first = longestLimit.compareTo(setup.timeouts().run()) == 0;
    return fragmentLimit().multipliedBy(first ? 1 : 2).compareTo(longestLimit) < 0;
  }

  /** How many fragments may fail before the run stops. */
  int tolerated() {
    return setup.retry().tolerated(total);
  }

  /** Whether as many fragments are done as the stage asks for before it may end. */
  boolean reachedEnough() {
    var enough = setup.enough();
    return enough != null && active() && enough.isReached(done, total);
  }
}
