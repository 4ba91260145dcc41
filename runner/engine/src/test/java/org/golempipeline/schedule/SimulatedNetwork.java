package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.jspecify.annotations.Nullable;

/**
 * The market and its machines in virtual time. Answers as the real ones do: a script waits for the
 * one before it on its machine, letting a machine go breaks what runs there, and what a script left
 * may still come after that.
 */
final class SimulatedNetwork {
  /** Where time passes and messages are delivered; null is no message after all. */
  interface Clock {
    Instant now();

    void in(Duration delay, Supplier<@Nullable Message> message);
  }

  /** A script and what it left. */
  static final class Script {
    final Action.Execute execute;
    final Machine machine;

    /** When its turn comes. */
    Instant begin = Instant.MIN;

    boolean ended;
    FragmentSet done = FragmentSet.EMPTY;

    /** Milliseconds that a fragment takes. */
    double each;

    /** The fragment that never ends by itself, or -1, and since when it runs. */
    int stuck = -1;

    Instant stuckSince = Instant.MAX;

    /** Fragments that the script's own clock ends. */
    FragmentSet late = FragmentSet.EMPTY;

    /** It was said that a fragment runs for too long. */
    boolean overdue;

    Script(Action.Execute execute, Machine machine) {
      this.execute = execute;
      this.machine = machine;
    }
  }

  static final class Machine {
    final int id;
    final SimulatedProvider provider;
    boolean open;
    boolean closing;
    boolean failing;
    Instant openedAt = Instant.MIN;
    Instant freeAt = Instant.MIN;
    final List<Script> scripts = new ArrayList<>();

    Machine(int id, SimulatedProvider provider) {
      this.id = id;
      this.provider = provider;
    }
  }

  /** How often a script says what it is at. */
  static final Duration SAYS = Duration.ofSeconds(10);

  /** The cost of everything that was rented. */
  BigDecimal cost = BigDecimal.ZERO;

  /** How many scripts and machines were lost in one way or another. */
  int setbacks;

  private final Scenario scenario;
  private final Random random;
  private final Clock clock;
  private final List<SimulatedProvider> free;
  private final SimulatedProvider here = new SimulatedProvider(-1, Persona.HONEST, "");
  private final Map<Integer, Machine> machines = new HashMap<>();
  private final Map<Integer, Script> scripts = new HashMap<>();

  /** By stage and fragment, answers that differ, with the script that left each first. */
  private final Map<Long, Map<Integer, Integer>> answers = new HashMap<>();

  SimulatedNetwork(Scenario scenario, Random random, Clock clock) {
    this.scenario = scenario;
    this.random = random;
    this.clock = clock;
    this.free = new ArrayList<>(scenario.providers);
  }

  Script script(int batch) {
    return scripts.get(batch);
  }

  int open() {
    return (int) machines.values().stream().filter(machine -> machine.open).count();
  }

  // ---- renting

  void rent(Action.Rent rent) {
    var provider = rent.pool() == 1 ? here : choose(rent);
    if (silent()) {
      setbacks++;
      fail(rent.rental(), provider, FailureKind.YAGNA, Duration.ofSeconds(4));
    } else if (provider == null) {
      var dear = free.stream().anyMatch(each -> isSuitable(each, rent));
      var kind = dear ? FailureKind.BUDGET : FailureKind.MARKET;
      fail(rent.rental(), null, kind, between(3000, 7000));
    } else if (provider.persona == Persona.CRASHING && mischief(2)) {
      setbacks++;
      fail(rent.rental(), provider, FailureKind.PROVIDER, between(1000, 20_000));
    } else {
      var machine = new Machine(rent.rental(), provider);
      machines.put(rent.rental(), machine);
      clock.in(between(10, scenario.local ? 500 : 8000), () -> opened(machine));
    }
  }

  private @Nullable SimulatedProvider choose(Action.Rent rent) {
    for (var tries = 0; tries < 20 && !free.isEmpty(); tries++) {
      var at = random.nextInt(free.size());
      var provider = free.get(at);
      if (provider.gone) {
        remove(at);
      } else if (fits(provider, rent)) {
        remove(at);
        return provider;
      }
    }
    for (var at = 0; at < free.size(); at++) {
      var provider = free.get(at);
      if (!provider.gone && fits(provider, rent)) {
        remove(at);
        return provider;
      }
    }
    return null;
  }

  private static boolean fits(SimulatedProvider provider, Action.Rent rent) {
    var seconds = BigDecimal.valueOf(rent.time().toSeconds());
    return isSuitable(provider, rent)
        && provider.start.add(provider.rate.multiply(seconds)).compareTo(rent.most()) <= 0;
  }

  /** Whatever it costs once it has started. */
  private static boolean isSuitable(SimulatedProvider provider, Action.Rent rent) {
    return !provider.gone
        && !rent.deny().contains(provider.name)
        && provider.start.compareTo(rent.mostStart()) <= 0;
  }

  private void remove(int at) {
    var last = free.remove(free.size() - 1);
    if (at < free.size()) {
      free.set(at, last);
    }
  }

  private void fail(
      int rental, @Nullable SimulatedProvider provider, FailureKind kind, Duration after) {
    var machine = new Machine(rental, provider == null ? here : provider);
    machines.put(rental, machine);
    clock.in(
        after,
        () -> {
          if (machine.closing) {
            return null;
          }
          machine.failing = true;
          giveBack(machine);
          return new Message.RentalFailed(rental, Failure.of(kind, "no machine"));
        });
  }

  private void giveBack(Machine machine) {
    if (machine.provider != here && !machine.provider.gone) {
      free.add(machine.provider);
    }
  }

  /** It is open before anybody hears of it. */
  private @Nullable Message opened(Machine machine) {
    if (machine.closing) {
      return null;
    }
    machine.open = true;
    machine.openedAt = clock.now();
    machine.freeAt = clock.now();
    var provider = machine.provider;
    clock.in(
        between(0, 20),
        () ->
            new Message.RentalOpened(
                machine.id,
                "a" + machine.id,
                provider.name,
                provider.name,
                provider.wallet,
                1,
                provider.start,
                BigDecimal.ZERO,
                provider.rate));
    return null;
  }

  void close(Action.CloseRental close) {
    var machine = machines.get(close.rental());
    if (machine.failing) {
      return;
    }
    machine.closing = true;
    if (!machine.open) {
      giveBack(machine);
      clock.in(
          between(0, 5),
          () ->
              new Message.RentalFailed(machine.id, Failure.of(FailureKind.CANCELLED, "cancelled")));
      return;
    }
    for (var script : List.copyOf(machine.scripts)) {
      end(script);
      var reason = Failure.of(FailureKind.CANCELLED, "the rental is closed");
      clock.in(between(0, 3000), () -> new Message.BatchBroken(script.execute.batch(), reason));
      if (random.nextDouble() < scenario.late) {
        clock.in(between(0, 6000), () -> left(script));
      }
    }
    clock.in(between(1, scenario.local ? 20 : 5000), () -> closed(machine));
  }

  private Message closed(Machine machine) {
    machine.open = false;
    var provider = machine.provider;
    var millis = Duration.between(machine.openedAt, clock.now()).toMillis();
    var time = BigDecimal.valueOf(millis).movePointLeft(3);
    cost = cost.add(provider.start).add(provider.rate.multiply(time, MathContext.DECIMAL64));
    giveBack(machine);
    return new Message.RentalClosed(machine.id);
  }

  // ---- working

  void execute(Action.Execute execute) {
    var machine = machines.get(execute.rental());
    var script = new Script(execute, machine);
    scripts.put(execute.batch(), script);
    machine.scripts.add(script);
    var begin = machine.freeAt.isAfter(clock.now()) ? machine.freeAt : clock.now();
    script.begin = begin;
    script.each = each(machine.provider, execute);
    var took =
        Duration.ofMillis((long) (script.each * execute.fragments().size()))
            .plus(between(5, scenario.local ? 20 : 2000))
            .plusMillis(scenario.stages.get(execute.stage()).scriptMillis);
    took = took.plus(late(script));
    var limit = execute.scriptLimit();
    var persona = machine.provider.persona;
    if (silent()) {
      breaks(script, begin, Duration.ofSeconds(4), FailureKind.YAGNA);
    } else if (persona == Persona.VANISHING && mischief(1)) {
      vanishes(script, begin, took);
    } else if (persona == Persona.STALLING && mischief(1)) {
      var idle = scenario.stages.get(execute.stage()).timeouts.idle();
      breaks(script, begin, idle.compareTo(limit) < 0 ? idle : limit, FailureKind.DEADLINE);
    } else if (took.compareTo(limit) > 0) {
      breaks(script, begin, limit, FailureKind.DEADLINE);
    } else {
      machine.freeAt = begin.plus(took);
      clock.in(Duration.between(clock.now(), machine.freeAt), () -> finished(script));
    }
  }

  /** It is the last of its machine, and taken back only before its turn. */
  void withdraw(Action.Withdraw withdraw) {
    var script = scripts.get(withdraw.batch());
    if (script.ended || !script.begin.isAfter(clock.now())) {
      return;
    }
    end(script);
    script.machine.freeAt = script.begin;
    clock.in(between(0, 20), () -> new Message.Withdrawn(withdraw.batch()));
  }

  /**
   * Nobody asks for a script again whose outputs are taken, unless others are compared with them.
   */
  void adopted(Action.Adopt adopt) {
    if (scenario.stages.get(adopt.stage()).verify == null) {
      scripts.remove(adopt.batch());
    }
  }

  private double each(SimulatedProvider provider, Action.Execute execute) {
    var pace = provider.pace * (0.9 + 0.2 * random.nextDouble());
    if (provider.persona == Persona.HEAVY_TAILED) {
      pace *= Math.min(30, Math.pow(1 - random.nextDouble(), -1 / 1.1));
    }
    return scenario.stages.get(execute.stage()).millis * pace;
  }

  /** Which fragments the script's own clock ends, and how much longer it takes because of them. */
  private Duration late(Script script) {
    var execute = script.execute;
    var limit = execute.fragmentLimit().plusNanos(999_999_999).toSeconds() * 1000;
    if (script.each > limit) {
      script.late = execute.fragments();
      return Duration.ofMillis((long) (limit - script.each) * execute.fragments().size());
    }
    var at = stuckAt(script);
    if (at < 0) {
      return Duration.ZERO;
    }
    script.stuck = execute.fragments().toArray()[at];
    script.stuckSince = script.begin.plusMillis((long) (script.each * at));
    script.late = FragmentSet.of(script.stuck);
    return Duration.ofMillis(limit);
  }

  private int stuckAt(Script script) {
    var fragments = script.execute.fragments().toArray();
    var stuck = scenario.stages.get(script.execute.stage()).stuckOnce;
    for (var at = 0; at < fragments.length; at++) {
      if (stuck.get(fragments[at])) {
        stuck.clear(fragments[at]);
        return at;
      }
    }
    return script.machine.provider.persona == Persona.STUCK && mischief(1)
        ? random.nextInt(fragments.length)
        : -1;
  }

  /** Every ten seconds a script says what is at work in it, and since when. */
  void limit(Action.Limit limit) {
    var script = scripts.get(limit.batch());
    var end = script.begin.plus(script.execute.scriptLimit());
    for (var at = script.begin; at.isBefore(end); at = at.plus(SAYS)) {
      var fragment = atWork(script, at, limit.fragmentLimit());
      if (fragment >= 0 && !at.isBefore(clock.now())) {
        clock.in(Duration.between(clock.now(), at), () -> overdue(script, fragment));
        return;
      }
    }
  }

  /** What has been at work for {@code least}, or -1. */
  private static int atWork(Script script, Instant at, Duration least) {
    var millis = Duration.between(script.begin, at).toMillis();
    if (!at.isBefore(script.stuckSince)) {
      var ran = Duration.between(script.stuckSince, at);
      return ran.compareTo(least) >= 0 ? script.stuck : -1;
    }
    var fragments = script.execute.fragments().toArray();
    var position = (int) (millis / script.each);
    var ran = millis - position * script.each;
    return position < fragments.length && ran >= least.toMillis() ? fragments[position] : -1;
  }

  private @Nullable Message overdue(Script script, int fragment) {
    if (script.ended || script.overdue) {
      return null;
    }
    setbacks++;
    script.overdue = true;
    return new Message.FragmentOverdue(
        script.execute.batch(), fragment, Failure.of(FailureKind.DEADLINE, "too long"));
  }

  private void breaks(Script script, Instant begin, Duration after, FailureKind kind) {
    setbacks++;
    script.machine.freeAt = begin.plus(after);
    clock.in(
        Duration.between(clock.now(), script.machine.freeAt),
        () -> {
          if (script.ended) {
            return null;
          }
          end(script);
          return new Message.BatchBroken(script.execute.batch(), Failure.of(kind, "it broke"));
        });
  }

  private void vanishes(Script script, Instant begin, Duration took) {
    script.machine.provider.gone = true;
    var after = took.dividedBy(2);
    if (random.nextBoolean()) {
      breaks(script, begin, after, FailureKind.PROVIDER);
      return;
    }
    setbacks++;
    script.machine.freeAt = begin.plus(Duration.ofDays(100));
    clock.in(
        Duration.between(clock.now(), begin.plus(after)),
        () -> script.ended ? null : new Message.RentalLost(script.machine.id, "it went away"));
  }

  private void end(Script script) {
    script.ended = true;
    script.machine.scripts.remove(script);
  }

  private @Nullable Message finished(Script script) {
    if (script.ended) {
      return null;
    }
    if (silent() && random.nextBoolean()) {
      setbacks++;
      end(script);
      return new Message.BatchBroken(
          script.execute.batch(), Failure.of(FailureKind.PROVIDER, "a transfer failed"));
    }
    end(script);
    if (random.nextDouble() < scenario.late / 4) {
      var why = Failure.of(FailureKind.PROVIDER, "too late");
      clock.in(between(0, 5000), () -> new Message.BatchBroken(script.execute.batch(), why));
    }
    return left(script);
  }

  /** What a script left, compared with what others did. */
  private Message left(Script script) {
    var execute = script.execute;
    var stage = scenario.stages.get(execute.stage());
    var done = new ArrayList<Integer>();
    var winners = new ArrayList<Integer>();
    var failed = new ArrayList<RunEvent.AttemptFailure>();
    var same = new HashMap<Integer, Integer>();
    for (var index : execute.fragments().toArray()) {
      if (script.late.contains(index)) {
        var failure = Failure.of(FailureKind.DEADLINE, "its clock ran out");
        failed.add(new RunEvent.AttemptFailure(index, failure, null, null));
        continue;
      }
      var code = exitCode(stage, script.machine.provider, index);
      if (code != 0) {
        var failure = Failure.of(FailureKind.COMMAND, "exit status " + code);
        failed.add(new RunEvent.AttemptFailure(index, failure, code, null));
        continue;
      }
      done.add(index);
      var answer = answer(script, index);
      if (answer != 0 || stage.winners.get(index)) {
        winners.add(index);
      }
      if (stage.verify != null) {
        var first = firstWith(execute.stage(), index, answer, execute.batch());
        if (first != execute.batch()) {
          same.put(index, first);
        }
      }
    }
    script.done = FragmentSet.of(done);
    return new Message.BatchReturned(
        execute.batch(),
        script.done,
        FragmentSet.of(winners),
        same,
        failed,
        1,
        1,
        stage.scriptMillis > 0 ? took(script) : null);
  }

  /** As machines say it, whose clocks go by hundredths of a second. */
  private static RunEvent.Figures took(Script script) {
    var ends =
        IntStream.rangeClosed(0, script.execute.fragments().size())
            .map(fragment -> (int) (script.each * fragment) / 10 * 10)
            .toArray();
    var took = IntStream.range(1, ends.length).map(i -> ends[i] - ends[i - 1]).boxed().toList();
    return new RunEvent.Figures(took, List.of(), List.of(), List.of());
  }

  private int exitCode(Scenario.Stage stage, SimulatedProvider provider, int index) {
    if (stage.doomed.get(index)) {
      return 7;
    }
    var flaky = provider.persona == Persona.FLAKY && random.nextDouble() < 0.2;
    return flaky ? 100 + provider.number : 0;
  }

  /** What a script left for a fragment: 0 is right. */
  int answer(Script script, int fragment) {
    return script.machine.provider.answer(
        scenario.seed, script.execute.stage(), fragment, scenario.lieShare);
  }

  private int firstWith(int stage, int fragment, int answer, int batch) {
    return answers
        .computeIfAbsent(((long) stage << 32) + fragment, each -> new HashMap<>())
        .computeIfAbsent(answer, each -> batch);
  }

  /** Whether {@code batch} was the first to leave what it left for a fragment. */
  boolean isFirst(int stage, int fragment, int batch) {
    var known = answers.getOrDefault(((long) stage << 32) + fragment, Map.of());
    return known.containsValue(batch);
  }

  // ---- chance

  private boolean silent() {
    return scenario.outages.stream().anyMatch(outage -> outage.covers(clock.now()));
  }

  private boolean mischief(int times) {
    return random.nextDouble() < Math.min(1, times * scenario.mischief);
  }

  private Duration between(int least, int most) {
    return Duration.ofMillis(least + random.nextInt(Math.max(1, most - least)));
  }
}
