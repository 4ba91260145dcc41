package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** What the machines at hand are sent: how much, for how long, and what is computed twice. */
final class Sending {
  /** A script is cut no sooner than this after the time that its fragments may take. */
  private static final Duration SCRIPT_GRACE = Duration.ofSeconds(30);

  private final Decisions decisions;
  private final Policy policy;
  private final Budget budget;
  private final List<StageState> stages;
  private final Fleet fleet;
  private final Stragglers stragglers;

  /** Providers that were given something to do. */
  private final Set<String> worked = new TreeSet<>();

  Sending(Decisions decisions, Policy policy, Budget budget, List<StageState> stages, Fleet fleet) {
    this.decisions = decisions;
    this.policy = policy;
    this.budget = budget;
    this.stages = stages;
    this.fleet = fleet;
    this.stragglers = new Stragglers(policy);
  }

  int providersWorked() {
    return worked.size();
  }

  // ---- assigning

  /** Gives every idle machine a script, later stages first so that little lies about. */
  void assign() {
    for (var pool : fleet.pools) {
      if (pool.idle.isEmpty()) {
        continue;
      }
      var due = 0;
      for (var stage : stages) {
        due += stage.setup.pool() == pool.number ? stage.due(decisions.now()) : 0;
        due += stage.setup.auditPool() == pool.number ? stage.localChecks.size() : 0;
      }
      if (due > 0) {
        List.copyOf(pool.idle).forEach(this::assign);
      }
    }
  }

  private void assign(RentalState rental) {
    for (var i = stages.size() - 1; i >= 0; i--) {
      var stage = stages.get(i);
      if (serves(rental, stage) && waiting(rental, stage) > 0 && send(rental, stage)) {
        break;
      }
    }
  }

  private static boolean serves(RentalState rental, StageState stage) {
    return rental.pool == (rental.local ? stage.setup.auditPool() : stage.setup.pool());
  }

  private int waiting(RentalState rental, StageState stage) {
    return rental.local
        ? stage.active() ? stage.localChecks.dueNow(decisions.now()) : 0
        : stage.due(decisions.now());
  }

  /** Whether the machine was given something to do, the end included. */
  private boolean send(RentalState rental, StageState stage) {
    if (!lastsFor(rental, stage)) {
      fleet.end(rental, true, "its agreement would end before another fragment");
      return true;
    }
    var others = fleet.busy();
    var time = budget.affordableTime(rental, shares(others), decisions.now());
    var size = affordableSize(stage, time);
    if (size == 0 && others == 0) {
      time = budget.affordableTime(rental, 1, decisions.now());
      size = affordableSize(stage, time);
    }
    if (size == 0) {
      if (others > 0) {
        fleet.spent = true;
        fleet.end(rental, true, RunEvent.RentalEnding.NO_FURTHER_SCRIPT);
      }
      return others > 0;
    }
    var fragments =
        rental.local
            ? stage.localChecks.take(rental, size, decisions.now())
            : stage.take(rental, size, decisions.now());
    if (fragments.isEmpty()) {
      return false;
    }
    execute(rental, stage, fragments, time);
    prepareNext(rental, stage);
    return true;
  }

  /** Among so many machines that may work besides those that do what is left is shared. */
  private int shares(int others) {
    return Math.min(policy.workers() - others, 1 + budget.feedsMore());
  }

  private int affordableSize(StageState stage, Duration time) {
    var size = batchSize(stage);
    while (size > 0 && Budget.needed(stage, size).compareTo(time) > 0) {
      size /= 2;
    }
    return size;
  }

  /**
   * Gives a machine that works its next script already: only while so much waits that nobody else
   * will be short of work because of it.
   */
  private void prepareNext(RentalState rental, StageState stage) {
    if (rental.phase != RentalState.Phase.BUSY
        || rental.batches.size() != 1
        || rental.local
        || rental.batches.element().stage != stage
        || stage.typicalMillis() == 0
        || stage.retries.dueNow(decisions.now()) > 0
        || stage.fresh() < 2L * policy.workers() * batchSize(stage)
        || !lastsFor(rental, stage)) {
      return;
    }
    var time = budget.affordableTime(rental, policy.workers(), decisions.now());
    var size = affordableSize(stage, time);
    if (size > 0) {
      execute(rental, stage, stage.take(rental, size, decisions.now()), time);
    }
  }

  /** Keeps a machine that works supplied. */
  void supply(Batch returned) {
    var rental = returned.rental;
    if (!rental.batches.isEmpty()) {
      prepareNext(rental, rental.batches.element().stage);
    }
  }

  private void execute(
      RentalState rental, StageState stage, List<Integer> fragments, Duration affordable) {
    var limit = shorter(shorter(scriptLimit(stage, fragments.size()), affordable), rest(rental));
    var prepare = !rental.prepared.contains(stage.number) && rental.batches.isEmpty();
    var fragmentLimit = shorter(stage.fragmentLimit(), limit);
    var batch = fleet.given(rental, stage, fragments, limit, fragmentLimit);
    stage.sentWith(fragmentLimit);
    var set = FragmentSet.of(fragments);
    if (!rental.local) {
      worked.add(rental.provider);
    }
    decisions.emit(new RunEvent.BatchStarted(batch.id, rental.id, stage.setup.name(), set));
    decisions.act(
        new Action.Execute(batch.id, rental.id, stage.number, set, prepare, fragmentLimit, limit));
  }

  /** Whether a fragment that takes all the time it may would still end within the agreement. */
  private boolean lastsFor(RentalState rental, StageState stage) {
    return rental.prepared.isEmpty() || scriptLimit(stage, 1).compareTo(rest(rental)) <= 0;
  }

  /** How long the machine's agreement still lasts. */
  private Duration rest(RentalState rental) {
    return policy.rentalLife().minus(Duration.between(rental.openedAt, decisions.now()));
  }

  /**
   * How many fragments make a script of the wanted length and leave the others enough. So the end
   * comes in ever shorter scripts, until a shorter one would only cost more.
   */
  private int batchSize(StageState stage) {
    var share = (stage.pending() + 2 * policy.workers() - 1) / (2 * policy.workers());
    var typical = stage.typicalMillis();
    if (typical == 0) {
      return Math.max(1, Math.min(policy.firstBatch(), share));
    }
    var wanted = Math.min(share, policy.batchTime().toMillis() / typical);
    var each = policy.crowded() ? stage.ownMillis() : typical;
    var worthIt = Math.min(stage.pending(), policy.leastBatchTime().toMillis() / each);
    return (int) Math.max(1, Math.min(policy.largestBatch(), Math.max(wanted, worthIt)));
  }

  private Duration scriptLimit(StageState stage, int fragments) {
    var timeouts = stage.setup.timeouts();
    return stage
        .fragmentLimit()
        .multipliedBy(fragments)
        .plus(timeouts.transfer().multipliedBy(2))
        .plus(SCRIPT_GRACE);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Holds scripts on their way to what is known by now of how long a fragment takes. */
  void limitRunning() {
    for (var stage : stages) {
      if (!stage.active() || !stage.outgrown()) {
        continue;
      }
      var limit = stage.fragmentLimit();
      for (var batch : fleet.batches()) {
        if (batch.stage == stage && batch.fragmentLimit.compareTo(limit) > 0) {
          batch.fragmentLimit = limit;
          decisions.act(new Action.Limit(batch.id, limit));
        }
      }
      stage.longestLimit = limit;
    }
  }

  // ---- copies

  /** Lets machines that have nothing to do compute what stragglers are late with. */
  void copyStragglers() {
    cancelObsolete();
    for (var stage : stages) {
      if (stage.setup.speculate() && stage.active() && helpFor(stage)) {
        var copies = stragglers.find(stage, fleet.batches(), fleet.raced, decisions.now());
        if (!copies.isEmpty()) {
          decisions.emit(new RunEvent.FragmentsCopied(stage.setup.name(), FragmentSet.of(copies)));
        }
      }
    }
  }

  private boolean helpFor(StageState stage) {
    var pool = fleet.pools.get(stage.setup.pool());
    return stage.pending() > 0 || !pool.idle.isEmpty() || fleet.open() < policy.workers();
  }

  /** Ends scripts in which everything was done elsewhere, unless they will soon end anyhow. */
  private void cancelObsolete() {
    for (var batch : List.copyOf(fleet.raced)) {
      if (batch.runs() && batch.obsolete() && stragglers.isLate(batch, decisions.now())) {
        fleet.end(batch.rental, true, "another machine was faster");
      }
    }
  }

  /** A script did not go through: the machine is not used again. */
  void broken(Batch batch, String reason) {
    fleet.end(batch.rental, false, reason);
    for (var other : fleet.raced) {
      if (other.stage == batch.stage && !Collections.disjoint(other.fragments, batch.fragments)) {
        other.copied = false;
      }
    }
  }

  // ---- the budget and the clock

  /** Stops the run if no machine can be paid for another script. */
  void checkBudget() {
    if (!fleet.batches().isEmpty()
        || !fleet.spent && budget.paysForAnother() && fleet.open() < policy.workers()
        || stages.stream().allMatch(stage -> stage.pending() == 0)) {
      return;
    }
    for (var rental : fleet.rentals()) {
      if (rental.phase != RentalState.Phase.IDLE || canBePaid(rental)) {
        return;
      }
    }
    decisions.stop(
        new Failure(
            FailureKind.BUDGET,
            "The next fragment no longer fits into the budget of %s GLM."
                .formatted(policy.budget().toPlainString()),
            "Raise `budget`, or ask for cheaper providers with `golem.price`."));
  }

  private boolean canBePaid(RentalState rental) {
    var time = budget.affordableTime(rental, 1, decisions.now());
    return stages.stream()
        .anyMatch(
            stage ->
                serves(rental, stage)
                    && stage.pending() > 0
                    && Budget.needed(stage, 1).compareTo(time) <= 0);
  }

  /** When something that waits is due, or a script is late. */
  @Nullable Instant nextAlarm() {
    Instant next = null;
    for (var stage : stages) {
      next = decisions.earlier(next, stage.retries.next());
      next = decisions.earlier(next, stage.localChecks.next());
      if (stage.setup.speculate() && stage.active()) {
        next = decisions.earlier(next, stage.nextLook);
      }
    }
    for (var batch : fleet.raced) {
      if (batch.runs() && batch.obsolete()) {
        next = decisions.earlier(next, stragglers.lateAt(batch));
      }
    }
    return next;
  }
}
