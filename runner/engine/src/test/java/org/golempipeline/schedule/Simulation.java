package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/**
 * A network in virtual time: drives the scheduler with providers that are fast, slow, vanish or
 * fail, all from one seed, and holds every run to the rules that no run may break.
 */
final class Simulation {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MOST_STEPS = 2_000_000;

  final List<StageSetup> setups = new ArrayList<>();
  final Map<Integer, Integer> counts = new HashMap<>();
  final List<RunEvent> events = new ArrayList<>();
  final Map<Integer, BitSet> fed = new HashMap<>();
  final Map<Integer, BitSet> missing = new HashMap<>();
  final Map<Integer, BitSet> adopted = new HashMap<>();
  int providers = 4;
  int workers = 2;
  double vanish;
  double crashOnRent;
  double flaky;
  Duration fragmentTime = Duration.ofMillis(100);
  IntFunction<Integer> exitCode = fragment -> 0;
  IntFunction<Boolean> wins = fragment -> false;
  BigDecimal price = BigDecimal.ZERO;
  BigDecimal budget = BigDecimal.ONE;
  Duration stopAfter = Duration.ofDays(100);
  boolean local = true;
  Duration rentalLife = Duration.ofHours(3);
  Instant now = START;

  /** What the providers ask for in the end. */
  BigDecimal cost = BigDecimal.ZERO;

  boolean speculate;
  @Nullable Verify verify;
  @Nullable Enough enough;

  private final long seed;
  private final Random random;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final Map<Integer, String> rented = new HashMap<>();
  private final Map<Integer, Instant> opened = new HashMap<>();
  private final Map<Integer, Action.Execute> running = new HashMap<>();
  private final Map<Integer, Instant> freeAt = new HashMap<>();
  private final Set<Integer> requested = new HashSet<>();
  private long sequence;
  private boolean over;
  private Instant alarm = Instant.MAX;

  private record Due(Instant at, long sequence, Message message) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      var byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  Simulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  static Retry retry(int attempts) {
    return new Retry(attempts, Duration.ofSeconds(1), null, null);
  }

  Simulation stage(String name, int fragments) {
    return stage(name, fragments, Result.FILE, Retry.DEFAULT);
  }

  Simulation stage(String name, int fragments, Result result, Retry retry) {
    var before = setups.isEmpty() ? List.<Integer>of() : List.of(setups.size() - 1);
    counts.put(setups.size(), fragments);
    setups.add(
        new StageSetup(
            name,
            0,
            -1,
            before,
            StageSetup.Flow.WHOLE,
            List.of(),
            1,
            0,
            result,
            retry,
            Timeouts.DEFAULT,
            speculate,
            verify,
            enough));
    return this;
  }

  Simulation follower(String name, int from, int combinations) {
    setups.add(
        new StageSetup(
            name,
            0,
            -1,
            List.of(from),
            StageSetup.Flow.FOLLOWING,
            List.of(from),
            combinations,
            0,
            Result.FILE,
            Retry.DEFAULT,
            Timeouts.DEFAULT,
            speculate,
            null,
            null));
    return this;
  }

  RunEvent.RunFinished run() {
    var policy =
        local
            ? Policy.local(workers, budget, false, seed, rentalLife)
            : Policy.golem(workers, budget, false, seed, rentalLife);
    var scheduler =
        new Scheduler(
            new RunEvent.RunStarted("run", "simulated", "f.yaml", "local", "s", workers, List.of()),
            new RunEvent.AllocationRequested(budget, START, "none"),
            setups,
            List.of(new PoolSetup("any image", false)),
            policy,
            (stage, fragment) -> setups.get(stage).name() + " " + fragment);
    post(Duration.ZERO, new Message.Begin());
    post(stopAfter, new Message.Stop(Failure.of(FailureKind.CANCELLED, "stopped")));
    var steps = 0;
    while (!over) {
      assertThat(++steps).as("steps").isLessThan(MOST_STEPS);
      var message = next();
      var step = scheduler.on(message, now);
      events.addAll(step.events());
      step.actions().forEach(this::perform);
    }
    checkWellFormed();
    return (RunEvent.RunFinished) events.get(events.size() - 1);
  }

  private Message next() {
    var due = queue.peek();
    if (due == null || alarm.isBefore(due.at())) {
      assertThat(alarm).as("nothing is due and nobody asked to be woken").isNotEqualTo(Instant.MAX);
      now = alarm;
      alarm = Instant.MAX;
      return new Message.Alarm();
    }
    queue.remove();
    now = due.at();
    if (due.message() instanceof Message.RentalOpened rental) {
      opened.put(rental.rental(), now);
    }
    if (due.message() instanceof Message.BatchReturned returned) {
      running.remove(returned.batch());
    } else if (due.message() instanceof Message.BatchBroken broken) {
      running.remove(broken.batch());
    }
    return due.message();
  }

  private void post(Duration after, Message message) {
    queue.add(new Due(now.plus(after), sequence++, message));
  }

  private void perform(Action action) {
    if (action instanceof Action.OpenNetwork) {
      post(Duration.ofMillis(5), new Message.NetworkOpened());
    } else if (action instanceof Action.Expand expand) {
      post(
          Duration.ofMillis(1),
          new Message.Expanded(expand.stage(), count(expand.stage()), List.of()));
    } else if (action instanceof Action.Rent rent) {
      rent(rent);
    } else if (action instanceof Action.CloseRental close) {
      close(close);
    } else if (action instanceof Action.Execute execute) {
      execute(execute);
    } else if (action instanceof Action.Adopt adopt) {
      adopt.fragments().forEach(index -> setOnce(adopted, adopt.stage(), index));
    } else if (action instanceof Action.Feed feed) {
      feed.done().forEach(index -> setOnce(fed, feed.stage(), index));
      feed.missing().forEach(index -> setOnce(missing, feed.stage(), index));
    } else if (action instanceof Action.FinishMerge finish) {
      post(Duration.ofMillis(2), new Message.Merged(finish.stage(), 1, 1, null));
    } else if (action instanceof Action.Publish) {
      post(Duration.ofMillis(2), new Message.Published(List.of()));
    } else if (action instanceof Action.Settle) {
      assertThat(rented).as("rented while settling").isEmpty();
      post(Duration.ofMillis(2), new Message.Settled(BigDecimal.ZERO, 0, List.of()));
    } else if (action instanceof Action.WakeAt wake) {
      alarm = wake.at();
    } else {
      assertThat(action).isInstanceOf(Action.Finish.class);
      over = true;
    }
  }

  private int count(int stage) {
    var setup = setups.get(stage);
    return setup.flow() == StageSetup.Flow.FOLLOWING
        ? setup.from().stream().mapToInt(this::count).sum() * setup.combinations()
        : counts.get(stage);
  }

  private static void setOnce(Map<Integer, BitSet> sets, int stage, int index) {
    var set = sets.computeIfAbsent(stage, number -> new BitSet());
    assertThat(set.get(index)).as("fragment %d of stage %d used twice", index, stage).isFalse();
    set.set(index);
  }

  private void rent(Action.Rent rent) {
    var free = new ArrayList<String>();
    for (var i = 0; i < providers; i++) {
      var name = "p" + i;
      if (!rented.containsValue(name) && !rent.deny().contains(name)) {
        free.add(name);
      }
    }
    requested.add(rent.rental());
    if (free.isEmpty() || random.nextDouble() < crashOnRent) {
      post(
          Duration.ofSeconds(5),
          new Message.RentalFailed(
              rent.rental(), Failure.of(FailureKind.MARKET, "nobody is to be had")));
      return;
    }
    var provider = free.get(random.nextInt(free.size()));
    rented.put(rent.rental(), provider);
    post(
        Duration.ofMillis(10 + random.nextInt(500)),
        new Message.RentalOpened(
            rent.rental(),
            "a",
            provider,
            provider,
            "w" + provider,
            1,
            BigDecimal.ZERO,
            BigDecimal.ZERO,
            price));
  }

  private void close(Action.CloseRental close) {
    var id = close.rental();
    if (opened.containsKey(id)) {
      var seconds = Duration.between(opened.remove(id), now).toMillis() / 1000.0;
      cost = cost.add(price.multiply(BigDecimal.valueOf(seconds)));
    }
    running.values().stream()
        .filter(execute -> execute.rental() == id)
        .toList()
        .forEach(
            execute -> {
              running.remove(execute.batch());
              queue.removeIf(due -> isAnswerOf(due.message(), execute.batch()));
              post(
                  Duration.ofMillis(1),
                  new Message.BatchBroken(
                      execute.batch(), Failure.of(FailureKind.CANCELLED, "closed")));
            });
    if (requested.contains(id) && queue.removeIf(due -> isAnswer(due.message(), id))) {
      rented.remove(id);
      post(
          Duration.ofMillis(1),
          new Message.RentalFailed(id, Failure.of(FailureKind.CANCELLED, "cancelled")));
    } else {
      rented.remove(id);
      post(Duration.ofMillis(1), new Message.RentalClosed(id));
    }
  }

  private static boolean isAnswer(Message message, int rental) {
    return message instanceof Message.RentalOpened opened && opened.rental() == rental
        || message instanceof Message.RentalFailed failed && failed.rental() == rental;
  }

  private static boolean isAnswerOf(Message message, int batch) {
    return message instanceof Message.BatchReturned returned && returned.batch() == batch
        || message instanceof Message.BatchBroken broken && broken.batch() == batch;
  }

  private void execute(Action.Execute execute) {
    running.put(execute.batch(), execute);
    var time = fragmentTime.multipliedBy(execute.fragments().size());
    var free = freeAt.getOrDefault(execute.rental(), now);
    time =
        time.plusMillis(random.nextInt(20))
            .plus(Duration.between(now, free.isBefore(now) ? now : free));
    freeAt.put(execute.rental(), now.plus(time));
    if (random.nextDouble() < vanish) {
      post(
          time.dividedBy(2),
          new Message.BatchBroken(
              execute.batch(), Failure.of(FailureKind.PROVIDER, "it vanished")));
      return;
    }
    var done = new ArrayList<Integer>();
    var winners = new ArrayList<Integer>();
    var failed = new ArrayList<RunEvent.AttemptFailure>();
    execute
        .fragments()
        .forEach(
            index -> {
              var code =
                  random.nextDouble() < flaky ? 100 + random.nextInt(100) : exitCode.apply(index);
              if (code == 0) {
                done.add(index);
                if (wins.apply(index)) {
                  winners.add(index);
                }
              } else {
                failed.add(
                    new RunEvent.AttemptFailure(
                        index, Failure.of(FailureKind.COMMAND, "exit"), code, null));
              }
            });
    post(
        time,
        new Message.BatchReturned(
            execute.batch(),
            FragmentSet.of(done),
            FragmentSet.of(winners),
            Map.of(),
            failed,
            1,
            1));
  }

  // ---- rules

  private void checkWellFormed() {
    var batches = new HashSet<Integer>();
    var open = new HashSet<Integer>();
    var done = new HashMap<String, BitSet>();
    var stageOf = new HashMap<Integer, String>();
    for (var event : events) {
      if (event instanceof RunEvent.BatchStarted started) {
        assertThat(batches.add(started.batch())).isTrue();
        assertThat(open).contains(started.rental());
        stageOf.put(started.batch(), started.stage());
      } else if (event instanceof RunEvent.BatchFinished finished) {
        assertThat(batches.remove(finished.batch())).as("%s", finished).isTrue();
        var set = done.computeIfAbsent(stageOf.get(finished.batch()), name -> new BitSet());
        finished
            .done()
            .forEach(
                index -> {
                  assertThat(set.get(index)).as("fragment %d done twice", index).isFalse();
                  set.set(index);
                });
      } else if (event instanceof RunEvent.RentalRequested rental) {
        assertThat(open.add(rental.rental())).isTrue();
      } else if (event instanceof RunEvent.RentalClosed rental) {
        assertThat(open.remove(rental.rental())).isTrue();
      } else if (event instanceof RunEvent.RentalFailed rental) {
        var ended =
            events.stream().anyMatch(e -> e.equals(new RunEvent.RentalClosed(rental.rental())));
        assertThat(ended || open.remove(rental.rental())).isTrue();
      }
    }
    assertThat(batches).as("batches that never finished").isEmpty();
    assertThat(open).as("machines that were never let go").isEmpty();
    assertThat(events.get(0)).isInstanceOf(RunEvent.RunStarted.class);
    assertThat(events.get(events.size() - 1)).isInstanceOf(RunEvent.RunFinished.class);
    assertThat(count(RunEvent.RunFinished.class)).isEqualTo(1);
  }

  long count(Class<? extends RunEvent> type) {
    return events.stream().filter(type::isInstance).count();
  }

  Duration elapsed() {
    return Duration.between(START, now);
  }
}
