package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * Drives the scheduler through a scenario in virtual time. Everything random comes from the
 * scenario's seed, so a run can be repeated; {@link Rules} watches every step of it.
 */
final class SimulatedRun implements SimulatedNetwork.Clock {
  private static final int MOST_MESSAGES = 5_000_000;

  final Scenario scenario;
  final SimulatedNetwork network;
  final Rules rules;

  /** How many events of each kind there were. */
  final Map<Class<?>, Integer> counts = new HashMap<>();

  int messages;
  int events;

  final SchedulerSetup setup;

  private final Random random;
  private final Scheduler scheduler;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final List<Consumer<RunEvent>> listeners = new ArrayList<>();
  private Consumer<String> log = line -> {};
  private Witness witness = (message, at, events) -> {};
  private boolean logged;
  private Instant now = Scenario.START;
  private Instant alarm = Instant.MAX;
  private long sequence;
  private boolean over;
  private RunEvent.@Nullable RunFinished finished;

  private record Due(Instant at, long sequence, Supplier<@Nullable Message> message)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      var byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  SimulatedRun(Scenario scenario) {
    this.scenario = scenario;
    this.random = new Random(scenario.seed);
    this.network = new SimulatedNetwork(scenario, random, this);
    this.rules = new Rules(scenario, network);
    this.setup =
        new SchedulerSetup(
            new RunEvent.RunStarted(
                "run",
                "simulated",
                "f.yaml",
                "golem",
                "s",
                scenario.workers,
                List.of(),
                List.of(),
                null,
                List.of()),
            new RunEvent.AllocationRequested(scenario.budget, now, "none"),
            scenario.setups(),
            List.of(new PoolSetup("any image", 1, false), new PoolSetup("this machine", 1, true)),
            scenario.policy());
    this.scheduler =
        new Scheduler(setup, (stage, fragment) -> scenario.stages.get(stage).name + " " + fragment);
  }

  SimulatedRun listen(Consumer<RunEvent> listener) {
    listeners.add(listener);
    return this;
  }

  /** Who sees every message with the events that it led to. */
  interface Witness {
    void saw(Message message, Instant at, List<RunEvent> events);
  }

  SimulatedRun watchedBy(Witness other) {
    witness = other;
    return this;
  }

  /** Tells all messages, events and actions in words. */
  SimulatedRun logTo(Consumer<String> lines) {
    log = lines;
    logged = true;
    return this;
  }

  RunEvent.RunFinished run() {
    post(Duration.ZERO, new Message.Begin());
    if (scenario.stopAfter != null) {
      var why = Failure.of(FailureKind.CANCELLED, "stopped");
      post(scenario.stopAfter, new Message.Stop(why));
    }
    while (!over) {
      deliver(next());
    }
    for (var due = queue.poll(); due != null; due = queue.poll()) {
      now = due.at();
      deliver(due.message().get());
    }
    rules.atEnd();
    return Objects.requireNonNull(finished);
  }

  private @Nullable Message next() {
    var due = queue.peek();
    if (due == null || alarm.isBefore(due.at())) {
      if (alarm.equals(Instant.MAX)) {
        throw new AssertionError("nothing is due and nobody asked to be woken");
      }
      now = alarm;
      alarm = Instant.MAX;
      return new Message.Alarm();
    }
    queue.remove();
    now = due.at();
    return due.message().get();
  }

  private void deliver(@Nullable Message message) {
    if (message == null) {
      return;
    }
    if (++messages > MOST_MESSAGES) {
      throw new AssertionError("it does not end");
    }
    if (logged) {
      log.accept(now + " < " + message);
    }
    if (mayComeTwice(message) && random.nextDouble() < scenario.duplicates) {
      in(Duration.ofMillis(random.nextInt(20_000)), () -> message);
    }
    var step = scheduler.on(message, now);
    events += step.events().size();
    if (!over) {
      witness.saw(message, now, step.events());
    }
    for (var event : step.events()) {
      counts.merge(event.getClass(), 1, Integer::sum);
      listeners.forEach(listener -> listener.accept(event));
      finished = event instanceof RunEvent.RunFinished end ? end : finished;
      if (logged) {
        log.accept(now + "   " + event);
      }
    }
    rules.check(message, step, now);
    for (var action : step.actions()) {
      if (logged) {
        log.accept(now + " > " + action);
      }
      perform(action);
    }
  }

  private static boolean mayComeTwice(Message message) {
    return !(message instanceof Message.Begin
        || message instanceof Message.Alarm
        || message instanceof Message.Stop);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void in(Duration delay, Supplier<@Nullable Message> message) {
    queue.add(new Due(now.plus(delay), sequence++, message));
  }

  private void post(Duration after, Message message) {
    in(after, () -> message);
  }

  private void soon(Message message) {
    post(Duration.ofMillis(1 + random.nextInt(5)), message);
  }

  private void perform(Action action) {
    if (action instanceof Action.OpenNetwork) {
      soon(new Message.NetworkOpened());
    } else if (action instanceof Action.Expand expand) {
      var stage = expand.stage();
      soon(new Message.Expanded(stage, scenario.count(stage), scenario.groups(stage)));
    } else if (action instanceof Action.LookUp search) {
      soon(lookUp(search));
    } else if (action instanceof Action.Rent rent) {
      network.rent(rent);
    } else if (action instanceof Action.CloseRental close) {
      network.close(close);
    } else if (action instanceof Action.Execute execute) {
      network.execute(execute);
    } else if (action instanceof Action.Withdraw withdraw) {
      network.withdraw(withdraw);
    } else if (action instanceof Action.Limit limit) {
      network.limit(limit);
    } else if (action instanceof Action.Adopt adopt) {
      network.adopted(adopt);
    } else if (action instanceof Action.AskUntil ask) {
      var most = ask.fragments().size() >= scenario.untilShare * scenario.count(ask.stage());
      soon(new Message.UntilSaid(ask.stage(), most));
    } else if (action instanceof Action.FinishMerge finish) {
      soon(new Message.Merged(finish.stage(), 1, 1, null));
    } else if (action instanceof Action.Publish) {
      soon(new Message.Published(List.of()));
    } else if (action instanceof Action.Settle) {
      soon(new Message.Settled(BigDecimal.ZERO, 0, List.of()));
    } else if (action instanceof Action.WakeAt wake) {
      alarm = wake.at();
    } else if (action instanceof Action.Finish) {
      over = true;
    }
  }

  private Message lookUp(Action.LookUp search) {
    var stage = scenario.stages.get(search.stage());
    var bits = search.fragments().toBitSet();
    bits.and(stage.cached);
    var reused = FragmentSet.of(bits);
    var winners = (BitSet) bits.clone();
    winners.and(stage.winners);
    var maker = scenario.providers.isEmpty() ? "nobody" : scenario.providers.get(0).name;
    return new Message.LookedUp(
        search.stage(),
        search.fragments(),
        reused,
        FragmentSet.of(winners),
        reused.isEmpty() ? Map.of() : Map.of(maker, reused),
        List.of());
  }

  int count(Class<? extends RunEvent> type) {
    return counts.getOrDefault(type, 0);
  }

  Duration elapsed() {
    return Duration.between(Scenario.START, rules.finishedAt());
  }
}
