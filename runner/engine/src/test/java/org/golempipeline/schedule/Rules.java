package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.strategy.MergeStrategy.Result;

/** What no run may break, whatever happens; checked at every step of a simulated run. */
final class Rules {
  /** A pause of the market, and what it takes to rent a machine or to let one go. */
  private static final Duration WAIT = Duration.ofSeconds(50);

  private final Scenario scenario;
  private final SimulatedNetwork network;
  private final Map<Integer, Used> used = new HashMap<>();
  private final Set<Integer> requested = new HashSet<>();
  private final Set<Integer> opened = new HashSet<>();
  private final Set<Integer> ending = new HashSet<>();
  private final Set<Integer> strangers = new HashSet<>();
  private final Set<Integer> batches = new HashSet<>();
  private final BitSet everBatch = new BitSet();
  private final Set<String> banned = new HashSet<>();
  private final Set<String> merging = new HashSet<>();
  private final Map<String, RunEvent.PartMade> parts = new HashMap<>();
  private Instant finishedAt = Instant.MAX;
  private int working;
  private int exitCode = -1;
  private boolean begun;
  private boolean settled;

  /** By stage and fragment, attempts whose program failed, and those lost with their machine. */
  private final Map<String, Integer> failures = new HashMap<>();

  private final Map<String, Integer> losses = new HashMap<>();
  private final Map<Integer, RunEvent.BatchStarted> started = new HashMap<>();

  /** Milliseconds that scripts took, by stage the longest, and all together. */
  private final Map<String, Long> longest = new HashMap<>();

  /** By script, after what time a fragment of it is given up, and since when that is so. */
  private final Map<Integer, Limited> limits = new HashMap<>();

  private record Limited(Duration limit, Instant since, boolean onItsWay) {}

  private final Map<String, Tries> attempts = new HashMap<>();

  /** How often each fragment of a stage was tried; there may be millions. */
  private static final class Tries {
    private int[] counts = new int[0];
    private int most;

    void add(int fragment) {
      if (fragment >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(fragment + 1, counts.length * 3 / 2));
      }
      most = Math.max(most, ++counts[fragment]);
    }
  }

  private final Set<Integer> strangersEver = new HashSet<>();
  private long busy;
  private long busyHere;

  /** What is made of the outputs of a stage. */
  private static final class Used {
    final BitSet adopted = new BitSet();
    final BitSet fed = new BitSet();
    final BitSet missing = new BitSet();
    final BitSet lies = new BitSet();
    boolean merged;
  }

  Rules(Scenario scenario, SimulatedNetwork network) {
    this.scenario = scenario;
    this.network = network;
    for (var i = 0; i < scenario.stages.size(); i++) {
      used.put(i, new Used());
    }
  }

  Instant finishedAt() {
    return finishedAt;
  }

  int fed(int stage) {
    return used.get(stage).fed.cardinality();
  }

  int missing(int stage) {
    return used.get(stage).missing.cardinality();
  }

  /** How many providers were found to lie. */
  int banned() {
    return banned.size();
  }

  /** Fragments of a stage whose results are used and false. */
  int lies(int stage) {
    var lies = (BitSet) used.get(stage).lies.clone();
    lies.and(used.get(stage).fed);
    return lies.cardinality();
  }

  void check(Message message, Step step, Instant now) {
    if (exitCode >= 0 && !(step.events().isEmpty() && step.actions().isEmpty())) {
      throw new AssertionError("after its end the run answers " + message + " with " + step);
    }
    step.events().forEach(event -> event(event, now));
    step.actions().forEach(action -> action(action, now));
  }

  // ---- events

  private void event(RunEvent event, Instant now) {
    rule(exitCode < 0, "%s after the end", event);
    rule(begun == !(event instanceof RunEvent.RunStarted), "the first event is %s", event);
    if (event instanceof RunEvent.RunStarted) {
      begun = true;
    } else if (event instanceof RunEvent.RentalRequested rental) {
      rule(requested.add(rental.rental()), "rented twice: %s", event);
      if (!rental.image().equals("this machine")) {
        strangers.add(rental.rental());
        strangersEver.add(rental.rental());
        working++;
        rule(working <= scenario.workers, "too many at %s", event);
        rule(rental.deny().containsAll(banned), "a banned provider may be rented: %s", event);
      }
    } else if (event instanceof RunEvent.RentalOpened rental) {
      rule(requested.contains(rental.rental()), "not requested: %s", event);
      rule(opened.add(rental.rental()), "opened twice: %s", event);
    } else if (event instanceof RunEvent.RentalFailed rental) {
      rule(!opened.contains(rental.rental()), "failed after it was open: %s", event);
      if (!ending.contains(rental.rental())) {
        noLonger(rental.rental());
        close(rental.rental());
      }
    } else if (event instanceof RunEvent.RentalEnding rental) {
      rule(requested.contains(rental.rental()), "not there: %s", event);
      rule(ending.add(rental.rental()), "ended twice: %s", event);
      noLonger(rental.rental());
    } else if (event instanceof RunEvent.RentalClosed rental) {
      close(rental.rental());
    } else if (event instanceof RunEvent.ProviderBanned ban) {
      banned.add(ban.providerId());
    } else {
      ofWork(event, now);
    }
  }

  private void ofWork(RunEvent event, Instant now) {
    if (event instanceof RunEvent.BatchStarted batch) {
      rule(!everBatch.get(batch.batch()) && batches.add(batch.batch()), "twice: %s", event);
      everBatch.set(batch.batch());
      started.put(batch.batch(), batch);
    } else if (event instanceof RunEvent.BatchFinished batch) {
      rule(batches.remove(batch.batch()), "not started or finished twice: %s", event);
      notHeldUp(batch, now);
      count(batch);
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      rule(mayFail(failed), "nothing explains %s", event);
    } else if (event instanceof RunEvent.MergeStarted merge) {
      rule(merging.add(merge.stage()), "merged twice: %s", event);
    } else if (event instanceof RunEvent.MergeFinished merge) {
      rule(merging.contains(merge.stage()), "not started: %s", event);
    } else if (event instanceof RunEvent.PartMade part) {
      rule(!merging.contains(part.stage()), "made already: %s", part);
      rule(parts.put(part.stage(), part) == null, "said twice: %s", part);
    } else if (event instanceof RunEvent.RunFinished end) {
      exitCode = end.exitCode();
      if (end.failure() == null) {
        parts(end);
      }
      finishedAt = now;
    }
  }

  /** What is missing is said of each result that lacks it, and of no other. */
  private void parts(RunEvent.RunFinished end) {
    var missing = 0;
    var failed = false;
    for (var i = 0; i < scenario.stages.size(); i++) {
      var stage = scenario.stages.get(i);
      var lacks =
          stage.result == Result.FIRST ? FragmentSet.EMPTY : FragmentSet.of(used.get(i).missing);
      var selects = scenario.selects(i);
      var from =
          stage.reads().stream()
              .map(number -> scenario.stages.get(number).name)
              .filter(parts::containsKey)
              .filter(name -> !selects) // What it reads has said so.
              .toList();
      var part = parts.get(stage.name);
      rule((part != null) == (!lacks.isEmpty() || !from.isEmpty()), "%s: %s", stage.name, part);
      if (part != null) {
        rule(part.missing().equals(lacks), "%s and not %s", part, lacks);
        rule(part.from().equals(from), "%s and not %s", part, from);
        failed |= part.failed();
        missing += lacks.size();
      }
    }
    rule(end.fragmentsMissing() == missing, "%s are missing and not %s", missing, end);
    rule((exitCode == RunEvent.RunFinished.IN_PART) == failed, "%s though %s", end, parts);
  }

  /** A fragment that does not end holds nobody up for longer than its script is limited to. */
  private void notHeldUp(RunEvent.BatchFinished batch, Instant now) {
    var limited = limits.remove(batch.batch());
    var script = network.script(batch.batch());
    if (limited.onItsWay() && script.stuck >= 0) {
      var due = script.stuckSince.plus(limited.limit());
      var from = due.isAfter(limited.since()) ? due : limited.since();
      rule(!now.isAfter(from.plus(SimulatedNetwork.SAYS)), "%s held up until %s", batch, now);
    }
  }

  private void count(RunEvent.BatchFinished batch) {
    var begun = started.remove(batch.batch());
    if (strangersEver.contains(begun.rental())) {
      busy += batch.milliseconds();
    } else {
      busyHere += batch.milliseconds();
    }
    longest.merge(begun.stage(), batch.milliseconds(), Long::max);
    var tries = attempts.computeIfAbsent(begun.stage(), each -> new Tries());
    begun.fragments().forEach(tries::add);
    for (var failed : batch.failed()) {
      failures.merge(begun.stage() + " " + failed.fragment(), 1, Integer::sum);
    }
    if (batch.failure() != null) {
      begun.fragments().forEach(i -> losses.merge(begun.stage() + " " + i, 1, Integer::sum));
    }
  }

  private boolean mayFail(RunEvent.FragmentFailed failed) {
    var stage =
        scenario.stages.stream()
            .filter(each -> each.name.equals(failed.stage()))
            .findFirst()
            .orElseThrow();
    var key = failed.stage() + " " + failed.fragment();
    return stage.doomed.get(failed.fragment())
        || failures.getOrDefault(key, 0) >= stage.retry.attempts()
        || losses.getOrDefault(key, 0) >= scenario.policy().losses()
        || stage.verify != null && failed.failure().message().startsWith("Every machine");
  }

  private void noLonger(int rental) {
    working -= strangers.contains(rental) ? 1 : 0;
  }

  private void close(int rental) {
    rule(requested.remove(rental), "machine %s was not there to be let go", rental);
    opened.remove(rental);
    ending.remove(rental);
    strangers.remove(rental);
  }

  // ---- actions

  private void action(Action action, Instant now) {
    rule(!settled || action instanceof Action.Finish, "%s after settling", action);
    if (action instanceof Action.Execute execute) {
      var rental = execute.rental();
      rule(opened.contains(rental) && !ending.contains(rental), "nobody does %s", action);
      rule(!execute.scriptLimit().isNegative() && !execute.scriptLimit().isZero(), "%s", action);
      limits.put(execute.batch(), new Limited(execute.fragmentLimit(), now, false));
    } else if (action instanceof Action.Limit limit) {
      rule(batches.contains(limit.batch()), "not on its way: %s", action);
      var before = limits.put(limit.batch(), new Limited(limit.fragmentLimit(), now, true));
      rule(limit.fragmentLimit().compareTo(before.limit()) < 0, "longer than before: %s", action);
    } else if (action instanceof Action.Adopt adopt) {
      adopt.fragments().forEach(index -> adopt(adopt, index));
    } else if (action instanceof Action.Feed feed) {
      feed.done().forEach(index -> feed(feed.stage(), index));
      feed.missing().forEach(index -> miss(feed.stage(), index));
    } else if (action instanceof Action.AskUntil ask) {
      var there = (BitSet) used.get(ask.stage()).adopted.clone();
      there.or(scenario.stages.get(ask.stage()).cached);
      rule(ask.fragments().minus(FragmentSet.of(there)).isEmpty(), "not all is there: %s", ask);
    } else if (action instanceof Action.FinishMerge finish) {
      merge(finish);
    } else if (action instanceof Action.Settle) {
      settled = true;
      rule(requested.isEmpty(), "settles while %s are rented", requested);
      rule(network.open() == 0, "settles while machines are open");
    }
  }

  private void adopt(Action.Adopt adopt, int index) {
    var stage = scenario.stages.get(adopt.stage());
    var of = used.get(adopt.stage());
    var script = network.script(adopt.batch());
    rule(script.done.contains(index), "batch %s left nothing for %s", adopt.batch(), index);
    rule(!of.fed.get(index), "fragment %s is replaced after it was used", index);
    if (stage.verify == null) {
      rule(!of.adopted.get(index), "fragment %s is adopted twice", index);
    } else {
      rule(
          network.isFirst(adopt.stage(), index, adopt.batch()),
          "batch %s was not the first to leave this for %s",
          adopt.batch(),
          index);
    }
    of.adopted.set(index);
    of.lies.set(index, network.answer(script, index) != 0);
  }

  private void feed(int stage, int index) {
    var of = used.get(stage);
    var there = of.adopted.get(index) || scenario.stages.get(stage).cached.get(index);
    rule(there, "fragment %s of stage %s is used but is not there", index, stage);
    rule(!of.fed.get(index), "fragment %s of stage %s is used twice", index, stage);
    rule(!of.missing.get(index), "fragment %s of stage %s was said to be missing", index, stage);
    of.fed.set(index);
  }

  private void miss(int stage, int index) {
    var of = used.get(stage);
    rule(!of.fed.get(index), "fragment %s of stage %s is missing but used", index, stage);
    rule(!of.missing.get(index), "fragment %s of stage %s is missing twice", index, stage);
    of.missing.set(index);
  }

  private void merge(Action.FinishMerge finish) {
    var stage = scenario.stages.get(finish.stage());
    var of = used.get(finish.stage());
    rule(!of.merged, "stage %s is merged twice", stage.name);
    of.merged = true;
    if (stage.result == Result.FIRST) {
      var winner = finish.winner();
      rule(of.adopted.get(winner) || stage.cached.get(winner), "no output of %s", winner);
      return;
    }
    var told = of.fed.cardinality() + of.missing.cardinality();
    rule(told == scenario.count(finish.stage()), "stage %s knows %s fragments", stage.name, told);
  }

  // ---- at the end

  void atEnd() {
    rule(exitCode >= 0, "no end");
    rule(batches.isEmpty(), "scripts that never finished: %s", batches);
    rule(requested.isEmpty(), "machines that were never let go: %s", requested);
    rule(network.open() == 0, "machines that are open");
    rule(
        network.cost.compareTo(scenario.budget) <= 0,
        "%s GLM spent of %s",
        network.cost,
        scenario.budget);
    if (exitCode == 0 || exitCode == RunEvent.RunFinished.IN_PART) {
      for (var i = 0; i < scenario.stages.size(); i++) {
        atEnd(scenario.stages.get(i), used.get(i), scenario.selects(i));
      }
    }
    rule(
        Duration.between(Scenario.START, finishedAt).compareTo(Duration.ofDays(30)) < 0,
        "it took until %s",
        finishedAt);
    if (exitCode == 0 && !scenario.scarce) {
      var took = Duration.between(Scenario.START, finishedAt);
      rule(took.compareTo(bound()) <= 0, "it took %s, more than %s", took, bound());
    }
    for (var i = 0; i < scenario.stages.size(); i++) {
      var verify = scenario.stages.get(i).verify;
      if (verify != null && verify.copies() > 1 && !colluders()) {
        rule(lies(i) == 0, "%s lies of liars without friends are used", lies(i));
      }
    }
  }

  /** What single fragments of a stage left is not merged, but there. */
  private void atEnd(Scenario.Stage stage, Used of, boolean selects) {
    rule(of.merged != selects, "%s is merged: %s", stage.name, of.merged);
    if (stage.only != null && exitCode == 0) {
      var there = of.adopted.get(stage.only) || stage.cached.get(stage.only);
      rule(there, "there is no output of %s", stage.only);
    }
  }

  private boolean colluders() {
    return scenario.providers.stream().anyMatch(each -> each.persona == Persona.COLLUDING);
  }

  /**
   * When a run must have ended that wastes no time, after Graham's bound for list scheduling: at
   * any moment either all workers are busy, which cannot last longer than all scripts together
   * took, or this machine audits, which it does alone, or the last fragment of a stage is being
   * tried or waits for a machine, a pause or a daemon.
   */
  Duration bound() {
    var bound = (double) busy / scenario.workers + busyHere;
    for (var i = 0; i < scenario.stages.size(); i++) {
      var stage = scenario.stages.get(i);
      var tries = attempts.containsKey(stage.name) ? attempts.get(stage.name).most : 0;
      var levels = stage.flow == StagePlan.Flow.TREE ? 10 : 1;
      var longer = 2 * longest.getOrDefault(stage.name, 0L) + WAIT.toMillis();
      bound += levels * tries * longer;
    }
    for (var outage : scenario.outages) {
      bound += outage.to().minus(outage.from()).toMillis() + 2 * WAIT.toMillis();
    }
    return Duration.ofMillis((long) bound).plus(WAIT);
  }

  static void rule(boolean holds, String otherwise, Object... words) {
    if (!holds) {
      throw new AssertionError(otherwise.formatted(words));
    }
  }
}
