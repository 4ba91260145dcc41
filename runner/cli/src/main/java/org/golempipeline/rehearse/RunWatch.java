package org.golempipeline.rehearse;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.plan.Plan;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what a run's events say. A provider's price counts from the opening of its rental to its
 * closing, and for one thread while it works on a script.
 */
final class RunWatch implements EventSink {
  private static final int PLACES = 9;

  /** By stage, how many answers for a fragment are of use: more than one with {@code verify}. */
  private final Map<String, Integer> useful = new HashMap<>();

  private final Map<Integer, RentalSeen> rentals = new HashMap<>();
  private final Map<Integer, Script> open = new HashMap<>();
  private final Map<String, Integer> fragments = new HashMap<>();
  private final Map<String, Map<Integer, Integer>> answers = new HashMap<>();
  private final Map<String, String> values = new TreeMap<>();
  private int attempts;
  private int scripts;
  private int lost;
  private int refused;
  private Duration work = Duration.ZERO;
  private Duration unused = Duration.ZERO;
  private BigDecimal cost = BigDecimal.ZERO;
  private BigDecimal unusedCost = BigDecimal.ZERO;
  private @Nullable Instant begin;
  private @Nullable Instant lastStage;
  private RunEvent.@Nullable RunFinished end;

  private record RentalSeen(
      Instant opened, BigDecimal start, BigDecimal cpuSecond, BigDecimal envSecond) {}

  private record Script(int rental, String stage, int fragments, Instant at) {}

  RunWatch(Plan plan) {
    for (var stage : plan.stages()) {
      var verify = stage.spec().verify();
      useful.put(
          stage.name().value(),
          verify == null ? 1 : verify.copies() > 1 ? verify.copies() : Integer.MAX_VALUE);
    }
  }

  @Override
  public void accept(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RunStarted) {
      begin = stamped.at();
    } else if (event instanceof RunEvent.StageFinished) {
      lastStage = stamped.at();
    } else if (event instanceof RunEvent.StageExpanded expanded) {
      fragments.put(expanded.stage(), expanded.fragments());
    } else if (event instanceof RunEvent.RentalOpened rental) {
      rentals.put(
          rental.rental(),
          new RentalSeen(
              stamped.at(), rental.startPrice(), rental.cpuSecondPrice(), rental.envSecondPrice()));
    } else if (event instanceof RunEvent.RentalClosed closed) {
      close(closed.rental(), stamped.at());
    } else if (event instanceof RunEvent.BatchStarted started) {
      scripts++;
      attempts += started.fragments().size();
      open.put(
          started.batch(),
          new Script(started.rental(), started.stage(), started.fragments().size(), stamped.at()));
    } else if (event instanceof RunEvent.BatchFinished finished) {
      end(finished, stamped.at());
    } else if (event instanceof RunEvent.ValueFound value) {
      values.put(value.stage(), value.value());
    } else if (event instanceof RunEvent.DocumentRefused) {
      refused++;
    } else if (event instanceof RunEvent.RunFinished run) {
      rentals.keySet().stream().toList().forEach(rental -> close(rental, stamped.at()));
      end = run;
    }
  }

  private void close(int number, Instant at) {
    var rental = rentals.remove(number);
    if (rental != null) {
      cost = cost.add(rental.start()).add(of(rental.envSecond(), between(rental.opened(), at)));
    }
  }

  private void end(RunEvent.BatchFinished finished, Instant at) {
    var script = open.remove(finished.batch());
    if (script == null || finished.neverSent()) {
      return;
    }
    lost += finished.failure() == null ? 0 : 1;
    var took = between(script.at(), at);
    var idle =
        took.multipliedBy(script.fragments() - used(script.stage(), finished.done()))
            .dividedBy(Math.max(1, script.fragments()));
    work = work.plus(took);
    unused = unused.plus(idle);
    var rental = rentals.get(script.rental());
    if (rental != null) {
      cost = cost.add(of(rental.cpuSecond(), took));
      unusedCost = unusedCost.add(of(rental.cpuSecond().add(rental.envSecond()), idle));
    }
  }

  /** How many of the answers are of use. */
  private int used(String stage, FragmentSet done) {
    var before = answers.computeIfAbsent(stage, name -> new HashMap<>());
    var most = useful.getOrDefault(stage, 1);
    var used = 0;
    for (var fragment : done.toArray()) {
      used += before.merge(fragment, 1, Integer::sum) <= most ? 1 : 0;
    }
    return used;
  }

  private static Duration between(Instant from, Instant to) {
    return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
  }

  private static BigDecimal of(BigDecimal perSecond, Duration time) {
    return perSecond.multiply(BigDecimal.valueOf(time.toMillis(), 3));
  }

  /** Once the run has ended. */
  RunFigures figures() {
    var run = Objects.requireNonNull(end);
    return new RunFigures(
        run.failure(),
        run.exitCode(),
        fragments.values().stream().mapToInt(Integer::intValue).sum(),
        run.fragmentsDone(),
        run.fragmentsFailed(),
        attempts,
        scripts,
        lost,
        lastStage == null || begin == null || run.failure() != null
            ? Duration.ofMillis(run.milliseconds())
            : between(begin, lastStage),
        Duration.ofMillis(run.milliseconds()),
        work,
        unused,
        cost.setScale(PLACES, RoundingMode.HALF_UP),
        unusedCost.setScale(PLACES, RoundingMode.HALF_UP),
        run.accepted(),
        refused);
  }

  /** Fragments of a stage that left an output. */
  BitSet done(String stage) {
    var done = new BitSet();
    answers.getOrDefault(stage, Map.of()).keySet().forEach(done::set);
    return done;
  }

  /** Values that stages left, by stage. */
  Map<String, String> values() {
    return values;
  }
}
