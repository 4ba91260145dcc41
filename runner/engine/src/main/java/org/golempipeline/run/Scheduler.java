package org.golempipeline.run;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.run.StageState.Phase;
import org.golempipeline.run.StageState.Trouble;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a run does next: a state machine that is told what happened and when, and answers
 * with events and actions. It reads no clock, starts no thread and draws no random number, so the
 * same messages at the same times always give the same decisions.
 */
final class Scheduler {
  /** So many machines in a row that fail before any fragment is done are not bad luck any more. */
  private static final int HOPELESS = 10;

  /** A script is cut no sooner than this after the time that its fragments may take. */
  private static final Duration SCRIPT_GRACE = Duration.ofSeconds(30);

  private final RunEvent.RunStarted started;
  private final RunEvent.AllocationRequested allocation;
  private final Policy policy;
  private final Budget budget;
  private final Relay relay;
  private final FragmentLabels labels;
  private final List<String> poolLabels;
  private final List<StageState> stages = new ArrayList<>();
  private final Map<Integer, RentalState> rentals = new TreeMap<>();
  private final Map<Integer, Batch> batches = new HashMap<>();
  private final Set<String> providers = new HashSet<>();

  /** The fragment that won a stage in which the first result counts. */
  private final Map<Integer, Integer> winners = new HashMap<>();

  private List<RunEvent> events = new ArrayList<>();
  private List<Action> actions = new ArrayList<>();
  private Instant now = Instant.MIN;
  private Instant begun = Instant.MIN;
  private Instant marketClosedUntil = Instant.MIN;
  private boolean networkOpen;
  private boolean nobodyElse;
  private boolean publishing;
  private boolean published;
  private boolean settling;
  private boolean finished;
  private @Nullable Failure failure;
  private int nextRental;
  private int nextBatch;
  private int failuresInARow;

  /** Names a fragment for people. */
  @FunctionalInterface
  interface FragmentLabels {
    String label(int stage, int fragment);
  }

  /** What the scheduler answers. */
  record Step(List<RunEvent> events, List<Action> actions) {}

  private record Batch(
      int id, RentalState rental, StageState stage, List<Integer> fragments, Instant at) {}

  Scheduler(
      RunEvent.RunStarted started,
      RunEvent.AllocationRequested allocation,
      List<StageSetup> setups,
      List<String> poolLabels,
      Policy policy,
      FragmentLabels labels) {
    this.started = started;
    this.allocation = allocation;
    this.poolLabels = List.copyOf(poolLabels);
    this.policy = policy;
    this.labels = labels;
    this.budget = new Budget(policy);
    this.relay = new Relay(stages);
    for (var setup : setups) {
      stages.add(new StageState(stages.size(), setup));
    }
  }

  /** Takes a message. {@code at} never goes back. */
  Step on(Message message, Instant at) {
    events = new ArrayList<>();
    actions = new ArrayList<>();
    now = at;
    handle(message);
    if (!finished) {
      schedule();
    }
    return new Step(List.copyOf(events), List.copyOf(actions));
  }

  private void handle(Message message) {
    if (message instanceof Message.Begin) {
      begun = now;
      emit(started);
      emit(allocation);
      act(new Action.OpenNetwork());
    } else if (message instanceof Message.NetworkOpened) {
      networkOpen = true;
    } else if (message instanceof Message.NetworkFailed failed) {
      stop(failed.failure());
      finish(BigDecimal.ZERO, 0);
    } else if (message instanceof Message.Noted noted) {
      emit(noted.event());
    } else if (message instanceof Message.Expanded expanded) {
      expanded(stages.get(expanded.stage()), expanded.fragments());
    } else if (message instanceof Message.StageBroken broken) {
      stop(broken.failure());
    } else if (message instanceof Message.Merged merged) {
      merged(stages.get(merged.stage()), merged);
    } else if (message instanceof Message.Published done) {
      done.outputs().forEach(this::emit);
      published = true;
    } else if (message instanceof Message.PublishFailed failed) {
      publishing = false;
      stop(failed.failure());
    } else if (message instanceof Message.Settled settled) {
      settled(settled);
    } else if (message instanceof Message.Stop stop) {
      if (!publishing) {
        stop(stop.failure());
      }
    } else if (!(message instanceof Message.Alarm)) {
      handleRental(message);
    }
  }

  private void handleRental(Message message) {
    if (message instanceof Message.RentalOpened opened) {
      rentalOpened(opened);
    } else if (message instanceof Message.RentalFailed failed) {
      rentalFailed(failed);
    } else if (message instanceof Message.RentalLost lost) {
      var rental = rentals.get(lost.rental());
      if (rental != null) {
        end(rental, false, lost.reason());
      }
    } else if (message instanceof Message.RentalClosed closed) {
      var rental = rentals.remove(closed.rental());
      if (rental != null) {
        budget.closed(rental, now);
        emit(new RunEvent.RentalClosed(rental.id));
      }
    } else if (message instanceof Message.BatchReturned returned) {
      var batch = batches.remove(returned.batch());
      if (batch != null) {
        returned(batch, returned);
      }
    } else if (message instanceof Message.BatchBroken broken) {
      var batch = batches.remove(broken.batch());
      if (batch != null) {
        broken(batch, broken.failure());
      }
    } else {
      throw new AssertionError(message);
    }
  }

  // ---- stages

  private void expanded(StageState stage, int fragments) {
    stage.expand(fragments);
    emit(new RunEvent.StageExpanded(stage.setup.name(), fragments));
    relay.expanded(stage, this::act);
  }

  private void finishStages() {
    for (var stage : stages) {
      if (stage.complete()) {
        if (stage.setup.result() == Result.FIRST && !stage.cut) {
          stop(
              Failure.of(
                  FailureKind.COMMAND,
                  "No fragment of `%s` found a result.".formatted(stage.setup.name())));
          return;
        }
        stage.phase = Phase.MERGING;
        emit(new RunEvent.MergeStarted(stage.setup.name()));
        act(
            new Action.FinishMerge(
                stage.number, stage.cut ? winners.getOrDefault(stage.number, -1) : -1));
      }
    }
  }

  private void merged(StageState stage, Message.Merged merged) {
    stage.phase = Phase.DONE;
    emit(new RunEvent.MergeFinished(stage.setup.name(), merged.files(), merged.bytes()));
    if (merged.value() != null) {
      emit(new RunEvent.ValueFound(stage.setup.name(), merged.value()));
    }
    emit(new RunEvent.StageFinished(stage.setup.name(), stage.done, stage.failed + stage.skipped));
  }

  private void expandStages() {
    for (var stage : stages) {
      if (stage.phase != Phase.WAITING) {
        continue;
      }
      var mayExpand =
          stage.setup.fragmentByFragment()
              ? stage.setup.from().stream().allMatch(from -> stages.get(from).total >= 0)
              : stage.setup.needs().stream().allMatch(need -> stages.get(need).phase == Phase.DONE);
      if (mayExpand) {
        stage.phase = Phase.EXPANDING;
        act(new Action.Expand(stage.number));
      }
    }
  }

  // ---- batches

  private void returned(Batch batch, Message.BatchReturned returned) {
    var stage = batch.stage();
    var took = Duration.between(batch.at(), now);
    release(batch);
    batch.rental().prepared.add(stage.number);
    emit(
        new RunEvent.BatchFinished(
            batch.id(),
            returned.done(),
            returned.failed(),
            null,
            took.toMillis(),
            returned.bytesSent(),
            returned.bytesReceived()));
    stage.took(took, batch.fragments().size());
    if (!returned.done().isEmpty()) {
      failuresInARow = 0;
    }
    if (stage.cut) {
      return;
    }
    returned.done().forEach(stage.troubles::remove);
    stage.done += returned.done().size();
    relay.passOn(stage, returned.done(), FragmentSet.EMPTY, this::act);
    for (var failed : returned.failed()) {
      attemptFailed(stage, batch.rental().provider, failed);
    }
    if (stage.setup.result() == Result.FIRST && !returned.winners().isEmpty()) {
      cut(stage, returned.winners().toArray()[0]);
    }
  }

  private void release(Batch batch) {
    batch.stage().running -= batch.fragments().size();
    var rental = batch.rental();
    rental.reserved = BigDecimal.ZERO;
    if (rental.phase == RentalState.Phase.BUSY) {
      rental.phase = RentalState.Phase.IDLE;
      rental.since = now;
    }
  }

  private void attemptFailed(StageState stage, String provider, RunEvent.AttemptFailure failed) {
    var trouble = stage.trouble(failed.fragment());
    trouble.attempts++;
    trouble.tried.add(provider);
    var code = failed.exitCode();
    var sameElsewhere =
        code != null
            && trouble.exitCodes.entrySet().stream()
                .anyMatch(e -> !e.getKey().equals(provider) && e.getValue().equals(code));
    if (code != null) {
      trouble.exitCodes.put(provider, code);
    }
    if (sameElsewhere || trouble.attempts >= stage.setup.retry().attempts()) {
      giveUp(stage, failed.fragment(), trouble, failed.failure(), failed.log());
      return;
    }
    var backoff =
        stage.setup.retry().backoff().multipliedBy(1L << Math.min(trouble.attempts - 1, 10));
    trouble.notBefore = now.plus(backoff);
    requeue(stage, failed.fragment(), trouble);
  }

  private void requeue(StageState stage, int fragment, Trouble trouble) {
    stage.retries.add(fragment);
    emit(
        new RunEvent.FragmentRequeued(
            stage.setup.name(),
            fragment,
            trouble.attempts + trouble.losses + 1,
            trouble.notBefore.isBefore(now) ? now : trouble.notBefore));
  }

  private void giveUp(
      StageState stage, int fragment, Trouble trouble, Failure reason, @Nullable String log) {
    stage.troubles.remove(fragment);
    stage.failed++;
    emit(
        new RunEvent.FragmentFailed(
            stage.setup.name(),
            fragment,
            labels.label(stage.number, fragment),
            trouble.attempts + trouble.losses,
            reason,
            log));
    relay.passOn(stage, FragmentSet.EMPTY, FragmentSet.of(fragment), this::act);
    if (stage.failed > stage.tolerated()) {
      stop(
          new Failure(
              reason.kind(),
              stage.tolerated() == 0
                  ? "A fragment of `%s` failed.".formatted(stage.setup.name())
                  : "%d fragments of `%s` failed, more than `retry.fail` tolerates."
                      .formatted(stage.failed, stage.setup.name()),
              null));
    }
  }

  private void broken(Batch batch, Failure reason) {
    var stage = batch.stage();
    release(batch);
    emit(
        new RunEvent.BatchFinished(
            batch.id(),
            FragmentSet.EMPTY,
            List.of(),
            reason,
            Duration.between(batch.at(), now).toMillis(),
            0,
            0));
    end(batch.rental(), false, reason.message());
    if (reason.kind() == FailureKind.CANCELLED || stage.cut || failure != null) {
      return;
    }
    if (reason.kind() == FailureKind.YAGNA || reason.kind() == FailureKind.PAYMENT) {
      stop(reason);
      return;
    }
    failuresInARow++;
    for (var fragment : batch.fragments()) {
      var trouble = stage.trouble(fragment);
      trouble.losses++;
      trouble.tried.add(batch.rental().provider);
      if (trouble.losses >= policy.losses()) {
        giveUp(stage, fragment, trouble, reason, null);
      } else {
        requeue(stage, fragment, trouble);
      }
    }
    if (failuresInARow >= HOPELESS && failure == null) {
      stop(
          new Failure(
              reason.kind(),
              "%d providers in a row failed; the last said: %s"
                  .formatted(failuresInARow, reason.message()),
              "Look at the image and at what `setup` and `run` need."));
    }
  }

  private void cut(StageState stage, int fragment) {
    stage.cut = true;
    winners.put(stage.number, fragment);
    stage.retries.clear();
    emit(new RunEvent.StageCut(stage.setup.name(), fragment));
    for (var batch : List.copyOf(batches.values())) {
      if (batch.stage() == stage) {
        end(batch.rental(), true, "another fragment found the result");
      }
    }
  }

  // ---- rentals

  private void rentalOpened(Message.RentalOpened opened) {
    var rental = rentals.get(opened.rental());
    if (rental == null) {
      return;
    }
    providers.add(opened.providerId());
    rental.provider = opened.providerId();
    rental.start = opened.startPrice();
    rental.rate =
        opened
            .envSecondPrice()
            .add(opened.cpuSecondPrice().multiply(BigDecimal.valueOf(opened.threads())));
    rental.openedAt = now;
    rental.since = now;
    emit(
        new RunEvent.RentalOpened(
            opened.rental(),
            opened.agreementId(),
            opened.providerId(),
            opened.providerName(),
            opened.threads(),
            opened.startPrice(),
            opened.cpuSecondPrice(),
            opened.envSecondPrice()));
    if (rental.phase == RentalState.Phase.REQUESTED) {
      rental.phase = RentalState.Phase.IDLE;
    }
  }

  private void rentalFailed(Message.RentalFailed failed) {
    var rental = rentals.remove(failed.rental());
    if (rental == null) {
      return;
    }
    emit(new RunEvent.RentalFailed(rental.id, failed.failure()));
    if (rental.phase == RentalState.Phase.ENDING) {
      emit(new RunEvent.RentalClosed(rental.id));
      return;
    }
    marketClosedUntil = now.plus(policy.marketPause());
    freeTheTried();
    if (failed.failure().kind() != FailureKind.MARKET) {
      stop(failed.failure());
    } else if (rentals.isEmpty() && !nobodyElse) {
      stop(failed.failure());
    }
  }

  /** Nobody else is to be had: fragments may go back to providers that tried them before. */
  private void freeTheTried() {
    nobodyElse = false;
    for (var stage : stages) {
      for (var index : stage.retries) {
        var trouble = stage.troubles.get(index);
        if (trouble != null && !trouble.anyProvider && !trouble.tried.isEmpty()) {
          trouble.anyProvider = true;
          nobodyElse = true;
        }
      }
    }
  }

  private void end(RentalState rental, boolean success, String reason) {
    if (rental.phase != RentalState.Phase.ENDING) {
      rental.phase = RentalState.Phase.ENDING;
      emit(new RunEvent.RentalEnding(rental.id, reason));
      act(new Action.CloseRental(rental.id, success, reason));
    }
  }

  private void stop(Failure reason) {
    if (failure == null && !published) {
      failure = reason;
      emit(new RunEvent.StopRequested(reason));
    }
  }

  // ---- decisions

  private void schedule() {
    if (failure == null && networkOpen) {
      expandStages();
      assign();
      finishStages();
    }
    if (failure == null && allDone() && !publishing) {
      publishing = true;
      emit(new RunEvent.PublishStarted(stages.size()));
      act(new Action.Publish());
    }
    if (failure != null || allDone()) {
      rentals.values().forEach(r -> end(r, failure == null, ending()));
      if (networkOpen
          && rentals.isEmpty()
          && batches.isEmpty()
          && !settling
          && (failure != null || published)) {
        settling = true;
        act(new Action.Settle(policy.settleLimit()));
      }
      return;
    }
    if (networkOpen) {
      rentAndRelease();
      wakeUp();
    }
  }

  private String ending() {
    return failure == null ? "all work is done" : failure.message();
  }

  private boolean allDone() {
    return stages.stream().allMatch(stage -> stage.phase == Phase.DONE);
  }

  /** Gives every idle machine a script, later stages first so that little lies about. */
  private void assign() {
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.IDLE) {
        for (var i = stages.size() - 1; i >= 0; i--) {
          var stage = stages.get(i);
          if (stage.setup.pool() == rental.pool && stage.pending() > 0 && send(rental, stage)) {
            break;
          }
        }
      }
    }
  }

  private boolean send(RentalState rental, StageState stage) {
    if (!lastsFor(rental, stage)) {
      end(rental, true, "its agreement would end before another fragment");
      return true;
    }
    var time = budget.affordableTime(rental, rentals.values(), batches.size(), now);
    var size = batchSize(stage);
    while (size > 1 && Budget.needed(stage, size).compareTo(time) > 0) {
      size /= 2;
    }
    if (Budget.needed(stage, size).compareTo(time) > 0) {
      if (!batches.isEmpty()) {
        end(rental, true, "what is left of the budget pays for no further script");
      }
      return !batches.isEmpty();
    }
    var fragments = stage.takeRetries(rental.provider, now, size);
    if (fragments.isEmpty()) {
      fragments = stage.takeFresh(size);
    }
    if (fragments.isEmpty()) {
      return false;
    }
    var batch = new Batch(nextBatch++, rental, stage, fragments, now);
    batches.put(batch.id(), batch);
    stage.running += fragments.size();
    rental.phase = RentalState.Phase.BUSY;
    var limit = shorter(scriptLimit(stage, fragments.size()), time);
    rental.reserved = rental.costOf(limit.plus(policy.moneyGrace()));
    var set = FragmentSet.of(fragments);
    emit(new RunEvent.BatchStarted(batch.id(), rental.id, stage.setup.name(), set));
    act(
        new Action.Execute(
            batch.id(),
            rental.id,
            stage.number,
            set,
            !rental.prepared.contains(stage.number),
            shorter(stage.fragmentLimit(), limit),
            limit));
    return true;
  }

  /** Whether a fragment that takes all the time it may would still end within the agreement. */
  private boolean lastsFor(RentalState rental, StageState stage) {
    var age = Duration.between(rental.openedAt, now);
    return rental.prepared.isEmpty()
        || age.plus(scriptLimit(stage, 1)).compareTo(policy.rentalLife()) <= 0;
  }

  /** How many fragments make a script of the wanted length and leave the others enough. */
  private int batchSize(StageState stage) {
    var typical = stage.typicalMillis();
    var wanted =
        typical == 0
            ? policy.firstBatch()
            : (int)
                Math.max(
                    1, Math.min(policy.largestBatch(), policy.batchTime().toMillis() / typical));
    var share = (stage.pending() + 2 * policy.workers() - 1) / (2 * policy.workers());
    return Math.max(1, Math.min(wanted, share));
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

  private void rentAndRelease() {
    var open = 0;
    for (var rental : rentals.values()) {
      open += rental.phase == RentalState.Phase.ENDING ? 0 : 1;
    }
    for (var pool : pools()) {
      var wanted = wanted(pool);
      var deny = Set.<String>of();
      var picky = picky(pool);
      if (picky != null) {
        deny = picky.anyProvider ? deny : Set.copyOf(picky.tried);
        wanted = Math.max(1, wanted);
        if (open >= policy.workers() && releaseOneIdle()) {
          open--;
        }
      }
      while (wanted > 0 && open < policy.workers() && !now.isBefore(marketClosedUntil)) {
        var rental = new RentalState(nextRental++, pool, now);
        rentals.put(rental.id, rental);
        emit(new RunEvent.RentalRequested(rental.id, poolLabels.get(pool), deny));
        act(new Action.Rent(rental.id, pool, deny));
        wanted--;
        open++;
      }
      if (wanted > 0 && open >= policy.workers()) {
        releaseIdleOfOthers(pool);
      }
    }
    releaseIdle();
    checkBudget();
  }

  private Collection<Integer> pools() {
    return new java.util.TreeSet<>(stages.stream().map(stage -> stage.setup.pool()).toList());
  }

  /** Machines of a pool that could be put to work besides those that are there. */
  private int wanted(int pool) {
    var work = 0L;
    for (var stage : stages) {
      if (stage.setup.pool() == pool && stage.phase == Phase.RUNNING && !stage.cut) {
        work += stage.freshCount() + retriesDue(stage);
      }
    }
    for (var rental : rentals.values()) {
      if (rental.pool == pool
          && (rental.phase == RentalState.Phase.REQUESTED
              || rental.phase == RentalState.Phase.IDLE)) {
        work--;
      }
    }
    return (int) Math.max(0, Math.min(work, policy.workers()));
  }

  private long retriesDue(StageState stage) {
    return stage.retries.stream()
        .filter(
            index -> {
              var trouble = stage.troubles.get(index);
              return trouble != null && !trouble.notBefore.isAfter(now);
            })
        .count();
  }

  /** A fragment that is due and that no machine at hand may try. */
  private @Nullable Trouble picky(int pool) {
    for (var stage : stages) {
      if (stage.setup.pool() != pool || stage.phase != Phase.RUNNING) {
        continue;
      }
      for (var index : stage.retries) {
        var trouble = stage.troubles.get(index);
        if (trouble != null && !trouble.notBefore.isAfter(now) && nobodyFor(trouble, pool)) {
          return trouble;
        }
      }
    }
    return null;
  }

  private boolean nobodyFor(Trouble trouble, int pool) {
    return rentals.values().stream()
        .noneMatch(
            rental ->
                rental.pool == pool
                    && rental.phase != RentalState.Phase.ENDING
                    && (rental.phase == RentalState.Phase.REQUESTED
                        || trouble.anyProvider
                        || !trouble.tried.contains(rental.provider)));
  }

  private boolean releaseOneIdle() {
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.IDLE) {
        end(rental, true, "a fragment has to be tried elsewhere");
        return true;
      }
    }
    return false;
  }

  private void releaseIdleOfOthers(int pool) {
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.IDLE
          && rental.pool != pool
          && wanted(rental.pool) == 0) {
        end(rental, true, "another image is needed");
        return;
      }
    }
  }

  private void releaseIdle() {
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.IDLE
          && !now.isBefore(rental.since.plus(policy.idleRelease()))) {
        end(rental, true, "no work is left for it");
      }
    }
  }

  private void checkBudget() {
    var work = stages.stream().anyMatch(stage -> stage.pending() > 0);
    if (!work || !batches.isEmpty() || failure != null) {
      return;
    }
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.REQUESTED || rental.phase == RentalState.Phase.ENDING) {
        return;
      }
      for (var stage : stages) {
        if (stage.setup.pool() == rental.pool
            && stage.pending() > 0
            && Budget.needed(stage, 1)
                    .compareTo(budget.affordableTime(rental, rentals.values(), 0, now))
                <= 0) {
          return;
        }
      }
    }
    if (rentals.values().stream().anyMatch(rental -> rental.phase == RentalState.Phase.IDLE)) {
      stop(
          new Failure(
              FailureKind.BUDGET,
              "The next fragment no longer fits into the budget of %s GLM."
                  .formatted(policy.budget().toPlainString()),
              "Raise `budget`, or ask for cheaper providers with `golem.price`."));
      schedule();
    }
  }

  /** Asks to be woken when something is due that no message will announce. */
  private void wakeUp() {
    Instant next = null;
    for (var stage : stages) {
      for (var index : stage.retries) {
        var trouble = stage.troubles.get(index);
        if (trouble != null) {
          next = earlier(next, trouble.notBefore);
        }
      }
    }
    for (var rental : rentals.values()) {
      if (rental.phase == RentalState.Phase.IDLE) {
        next = earlier(next, rental.since.plus(policy.idleRelease()));
      }
    }
    next = earlier(next, marketClosedUntil);
    if (next != null) {
      act(new Action.WakeAt(next));
    }
  }

  private @Nullable Instant earlier(@Nullable Instant a, Instant b) {
    if (!b.isAfter(now)) {
      return a;
    }
    return a == null || b.isBefore(a) ? b : a;
  }

  // ---- the end

  private void settled(Message.Settled settled) {
    emit(
        new RunEvent.SettlementFinished(
            settled.accepted(), settled.agreements(), settled.outstanding()));
    finish(settled.accepted(), settled.outstanding().size());
  }

  private void finish(BigDecimal accepted, int outstanding) {
    finished = true;
    var exitCode = failure != null ? failure.kind().exitCode() : outstanding > 0 ? 5 : 0;
    emit(
        new RunEvent.RunFinished(
            exitCode,
            failure,
            stages.stream().mapToInt(stage -> stage.done).sum(),
            stages.stream().mapToInt(stage -> stage.failed).sum(),
            providers.size(),
            accepted,
            Duration.between(begun, now).toMillis()));
    act(new Action.Finish());
  }

  private void emit(RunEvent event) {
    events.add(event);
  }

  private void act(Action action) {
    actions.add(action);
  }
}
