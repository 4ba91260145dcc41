package org.golempipeline.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plan.TreeLayout;
import org.golempipeline.schedule.StageState.Phase;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about stages: what fragments there are, what is passed on to whom, when a stage
 * is complete. {@link Attempts} knows how a fragment ends, {@link Trust} what an answer counts.
 */
final class StageDecisions implements Relay.Receiver {
  /** So many fragments are looked for at once among the results of earlier runs. */
  private static final int WINDOW = 4096;

  private final Decisions decisions;
  private final Policy policy;
  private final List<StageState> stages;
  private final Fleet fleet;
  private final Renting renting;
  private final Sending sending;
  private final Setbacks setbacks;
  private final Relay relay;
  private final Attempts attempts;
  private final Trust trust;

  StageDecisions(
      Decisions decisions,
      Policy policy,
      List<StageState> stages,
      Fleet fleet,
      Renting renting,
      Sending sending,
      Setbacks setbacks,
      Scheduler.FragmentLabels labels) {
    this.decisions = decisions;
    this.policy = policy;
    this.stages = stages;
    this.fleet = fleet;
    this.renting = renting;
    this.sending = sending;
    this.setbacks = setbacks;
    this.relay = new Relay(stages, decisions, this);
    this.attempts = new Attempts(decisions, policy, labels, relay);
    this.trust = new Trust(decisions, policy, stages, renting, attempts);
    findSelecting();
  }

  /** A stage all of whose readers follow single fragments of it need not be whole. */
  private void findSelecting() {
    for (var number = stages.size() - 1; number >= 0; number--) {
      var stage = stages.get(number);
      var readers =
          stages.stream().filter(each -> each.setup.needs().contains(stage.number)).toList();
      stage.selects =
          stage.setup.only() != null
              || !readers.isEmpty()
                  && readers.stream()
                      .allMatch(each -> each.selects && each.setup.follows(stage.number));
      stage.held = stage.selects;
    }
  }

  boolean allDone() {
    return stages.stream().allMatch(stage -> stage.phase == Phase.DONE);
  }

  /** Whether somebody on this machine works at something and will say so. */
  boolean awaitSomething() {
    return stages.stream()
        .anyMatch(
            stage ->
                stage.phase == Phase.EXPANDING
                    || stage.phase == Phase.MERGING
                    || !stage.lookingFor.isEmpty()
                    || stage.asking);
  }

  /** Whether there is work that only a provider can do. */
  boolean needMachines() {
    return stages.stream().anyMatch(stage -> stage.due(decisions.now()) > 0);
  }

  int done() {
    return stages.stream().mapToInt(stage -> stage.done).sum();
  }

  /** How many fragments the results are without. */
  int missing() {
    return stages.stream().mapToInt(stage -> stage.part == null ? 0 : stage.missing().size()).sum();
  }

  /** Whether something is missing in a result because it failed. */
  boolean lackFailed() {
    return stages.stream().anyMatch(stage -> stage.part != null && stage.part.failed());
  }

  int failed() {
    return stages.stream().mapToInt(stage -> stage.failed).sum();
  }

  // ---- what fragments there are

  void expandStages() {
    for (var stage : stages) {
      if (stage.phase == Phase.WAITING && mayExpand(stage)) {
        stage.phase = Phase.EXPANDING;
        decisions.act(new Action.Expand(stage.number));
      }
    }
  }

  private boolean mayExpand(StageState stage) {
    var follows = stage.setup.followsFragments();
    for (var need : stage.setup.needs()) {
      var other = stages.get(need);
      if (follows && stage.setup.from().contains(need)
          ? other.total < 0
          : other.phase != Phase.DONE) {
        return false;
      }
    }
    return true;
  }

  void expanded(Message.Expanded expanded) {
    var stage = stages.get(expanded.stage());
    if (stage.phase != Phase.EXPANDING) {
      return;
    }
    stage.total = expanded.fragments();
    stage.phase = Phase.RUNNING;
    decisions.emit(new RunEvent.StageExpanded(stage.setup.name(), stage.total));
    if (stage.setup.flow() == StagePlan.Flow.TREE) {
      var leaves = stages.get(stage.setup.from().get(0)).total;
      stage.tree = relay.tree(TreeLayout.of(expanded.groups(), leaves, stage.setup.fanIn()));
    }
    var only = stage.setup.only();
    if (only != null && only >= stage.total) {
      decisions.stop(noSuchFragment(stage, only));
      return;
    }
    if (only != null) {
      select(stage, FragmentSet.of(only));
    }
    if (stage.setup.followsFragments()) {
      stage.lookedFor = stage.total;
      relay.expanded(stage);
    }
  }

  private static Failure noSuchFragment(StageState stage, int only) {
    return new Failure(
        FailureKind.COMMAND,
        "Stage `%s` has no fragment %d.".formatted(stage.setup.name(), only),
        stage.total == 0
            ? null
            : "Its fragments are numbered from 0 to %d.".formatted(stage.total - 1));
  }

  /** Only these are asked for, and of what they follow only that. */
  private void select(StageState stage, FragmentSet asked) {
    var wanted = stage.tree == null ? asked : stage.tree.withNodesBelow(asked);
    var others = FragmentSet.range(0, stage.total).minus(wanted);
    others.forEach(stage::settleWithout);
    stage.skipped += others.size();
    stage.held = false;
    ready(stage, FragmentSet.of(stage.heldBack));
    if (stage.setup.followsFragments()) {
      var first = 0;
      for (var number : stage.setup.from()) {
        var from = stages.get(number);
        if (from.selects) {
          select(from, relay.followed(stage, wanted, first, from.total));
        }
        first += from.total;
      }
    }
  }

  @Override
  public void ready(StageState stage, FragmentSet fragments) {
    var asked = stage.selects ? fragments.minus(FragmentSet.of(stage.over)) : fragments;
    if (stage.cut || asked.isEmpty()) {
      return;
    }
    if (stage.held) {
      asked.forEach(stage.heldBack::set);
    } else if (reuses(stage)) {
      asked.forEach(stage.lookingFor::set);
      decisions.act(new Action.LookUp(stage.number, asked));
    } else {
      asked.forEach(stage::addFresh);
    }
  }

  private boolean reuses(StageState stage) {
    return policy.reuse() && !stage.setup.fresh();
  }

  @Override
  public void skipped(StageState stage, FragmentSet fragments) {
    for (var fragment : fragments.toArray()) {
      if (!stage.over.get(fragment)) {
        stage.skipped++;
        stage.settleWithout(fragment);
      }
    }
  }

  /** Looks a little ahead of what is sent, so that work starts before all is looked for. */
  void lookAhead() {
    for (var stage : stages) {
      while (stage.active()
          && !stage.held
          && stage.lookedFor < stage.total
          && stage.lookingFor.cardinality() < 2 * WINDOW
          && stage.fresh() < WINDOW) {
        var end = (int) Math.min(stage.total, (long) stage.lookedFor + WINDOW);
        var window = FragmentSet.range(stage.lookedFor, end);
        stage.lookedFor = end;
        ready(stage, window);
      }
    }
  }

  void lookedUp(Message.LookedUp found) {
    var stage = stages.get(found.stage());
    if (found.asked().isEmpty() || !stage.lookingFor.get(found.asked().toArray()[0])) {
      return;
    }
    found.asked().forEach(stage.lookingFor::clear);
    stage.reasons = found.reasons().isEmpty() ? stage.reasons : found.reasons();
    if (!stage.active()) {
      return;
    }
    found.reused().forEach(stage::settle);
    stage.done += found.reused().size();
    stage.reused += found.reused().size();
    found.asked().minus(found.reused()).forEach(stage::addFresh);
    if (!found.reused().isEmpty()) {
      decisions.emit(new RunEvent.FragmentsReused(stage.setup.name(), found.reused()));
    }
    trust.reused(stage, found.makers());
    if (!stage.setup.followsFragments()
        && stage.lookedFor == stage.total
        && stage.lookingFor.isEmpty()) {
      sayReuse(stage);
    }
    attempts.passOn(stage, found.reused());
    if (searches(stage) && !found.winners().isEmpty()) {
      win(stage, found.winners().toArray()[0]);
    }
    maybeEnough(stage);
  }

  private void sayReuse(StageState stage) {
    if (policy.reuse() && !stage.reuseSaid) {
      stage.reuseSaid = true;
      var others = stage.total - stage.reused - (stage.selects ? stage.skipped : 0);
      var known = stage.setup.fresh() ? List.of(RunEvent.StageReused.FRESH) : stage.reasons;
      var reasons = others == 0 ? List.<String>of() : known;
      decisions.emit(new RunEvent.StageReused(stage.setup.name(), stage.reused, others, reasons));
    }
  }

  // ---- what came of them

  void returned(Batch batch, Message.BatchReturned returned) {
    var stage = batch.stage;
    setbacks.answered();
    if (renting.isBanned(batch.rental.provider)) {
      broken(batch, Failure.of(FailureKind.CANCELLED, "It comes from a provider that lies."));
      return;
    }
    var took = Duration.between(batch.begun, decisions.now());
    batch.rental.prepared.add(stage.number);
    decisions.emit(
        new RunEvent.BatchFinished(
            batch.id,
            returned.done(),
            returned.failed(),
            null,
            took.toMillis(),
            returned.bytesSent(),
            returned.bytesReceived(),
            returned.figures()));
    stage.took(took, batch.fragments.size(), returned.figures());
    if (!returned.done().isEmpty()) {
      setbacks.over();
    }
    if (!stage.active()) {
      decisions.act(new Action.Adopt(stage.number, batch.id, FragmentSet.EMPTY));
      return;
    }
    take(batch, returned);
    if (stage.active()) {
      maybeEnough(stage);
    }
    if (!decisions.stopping()) {
      sending.supply(batch);
    }
  }

  private void take(Batch batch, Message.BatchReturned returned) {
    var stage = batch.stage;
    var fresh =
        FragmentSet.of(
            IntStream.of(returned.done().toArray()).filter(i -> !stage.over.get(i)).toArray());
    if (stage.ballots == null) {
      decisions.act(new Action.Adopt(stage.number, batch.id, fresh));
      attempts.settle(stage, fresh);
    } else {
      trust.vote(batch, stage.ballots, fresh, returned);
    }
    for (var failed : returned.failed()) {
      if (!stage.over.get(failed.fragment())) {
        attempts.attemptFailed(stage, batch.rental.provider, failed);
      }
    }
    if (searches(stage)) {
      IntStream.of(returned.winners().toArray())
          .filter(index -> fresh.contains(index) && stage.over.get(index))
          .findFirst()
          .ifPresent(index -> win(stage, index));
    }
  }

  /**
   * A fragment ran for too long where its script's own clock does not see to it. It alone is to
   * blame; the script ends with its machine, since nothing else ends it.
   */
  void overdue(Batch batch, Message.FragmentOverdue overdue) {
    var stage = batch.stage;
    var failed = new RunEvent.AttemptFailure(overdue.fragment(), overdue.failure(), null, null);
    setbacks.answered();
    decisions.emit(
        new RunEvent.BatchFinished(
            batch.id,
            FragmentSet.EMPTY,
            List.of(failed),
            batch.fragments.size() == 1
                ? null
                : Failure.of(
                    FailureKind.DEADLINE,
                    "It was ended because of a fragment in it: " + overdue.failure().message()),
            Duration.between(batch.begun, decisions.now()).toMillis(),
            0,
            0));
    sending.broken(batch, overdue.failure().message());
    if (!stage.active() || decisions.stopping()) {
      return;
    }
    for (var fragment : batch.fragments) {
      if (!stage.over.get(fragment)) {
        if (fragment == overdue.fragment()) {
          attempts.attemptFailed(stage, batch.rental.provider, failed);
        } else {
          attempts.lost(batch, fragment, overdue.failure(), true);
        }
      }
    }
  }

  void broken(Batch batch, Failure reason) {
    var stage = batch.stage;
    var ofCommand = reason.kind() == FailureKind.COMMAND;
    if (ofCommand && stage.active() && batch.fragments.size() == 1) {
      overdue(batch, new Message.FragmentOverdue(batch.id, batch.fragments.get(0), reason));
      return;
    }
    decisions.emit(
        new RunEvent.BatchFinished(
            batch.id,
            FragmentSet.EMPTY,
            List.of(),
            reason,
            Duration.between(batch.begun, decisions.now()).toMillis(),
            0,
            0));
    sending.broken(batch, reason.message());
    if (!stage.active() || decisions.stopping()) {
      return;
    }
    if (reason.kind() == FailureKind.PAYMENT) {
      decisions.stop(reason);
      return;
    }
    var ours = reason.kind() == FailureKind.CANCELLED && !batch.rental.lost;
    if (reason.kind() == FailureKind.YAGNA) {
      renting.daemonSilent(reason);
    } else if (!ours && !ofCommand) {
      setbacks.machineFailed(reason);
    }
    for (var fragment : batch.fragments) {
      if (!stage.over.get(fragment)) {
        attempts.lost(batch, fragment, reason, ours || reason.kind() == FailureKind.YAGNA);
      }
    }
  }

  // ---- when a stage ends

  /** Whether the first result ends it. */
  private static boolean searches(StageState stage) {
    return stage.setup.result() == Result.FIRST && !stage.selects;
  }

  private void win(StageState stage, int fragment) {
    stage.winner = fragment;
    stage.stopSending();
    decisions.emit(new RunEvent.StageCut(stage.setup.name(), fragment));
    fleet.cancel(stage, "another fragment found the result");
  }

  private void maybeEnough(StageState stage) {
    if (stage.selects || !stage.reachedEnough() || stage.done == stage.total) {
      return;
    }
    var enough = Objects.requireNonNull(stage.setup.enough());
    if (enough.until() == null) {
      endEarly(stage);
    } else if (!stage.asking && stage.done >= stage.askAt) {
      stage.asking = true;
      stage.doubted = false;
      stage.askAt = stage.done + Math.max(1, stage.done / 10);
      decisions.act(new Action.AskUntil(stage.number, stage.outputs()));
    }
  }

  void untilSaid(Message.UntilSaid said) {
    var stage = stages.get(said.stage());
    if (!stage.asking || !stage.active()) {
      return;
    }
    stage.asking = false;
    if (stage.doubted) {
      stage.askAt = stage.done;
      maybeEnough(stage);
    } else if (said.enough()) {
      endEarly(stage);
    } else {
      maybeEnough(stage);
    }
  }

  private void endEarly(StageState stage) {
    var missing = stage.open();
    stage.stopSending();
    decisions.emit(new RunEvent.StageEnough(stage.setup.name(), stage.done, missing));
    attempts.forgo(stage, missing);
    fleet.cancel(stage, "enough fragments are done");
  }

  void finishStages() {
    for (var stage : stages) {
      if (!stage.complete()) {
        continue;
      }
      if (stage.done == 0 && stage.failed > 0) {
        decisions.stop(
            Failure.of(
                stage.fault, "No fragment of `%s` succeeded.".formatted(stage.setup.name())));
        return;
      }
      if (stage.selects) {
        finishSelected(stage);
        continue;
      }
      if (stage.setup.result() == Result.FIRST && stage.winner < 0) {
        decisions.stop(
            Failure.of(
                FailureKind.COMMAND,
                "No fragment of `%s` found a result%s."
                    .formatted(
                        stage.setup.name(),
                        stage.failed == 0 ? "" : ", and %d failed".formatted(stage.failed))));
        return;
      }
      sayReuse(stage);
      sayPart(stage);
      stage.phase = Phase.MERGING;
      if (stage.setup.trustsSome()) {
        relay.passOn(stage, stage.outputs(), FragmentSet.EMPTY);
      }
      decisions.emit(new RunEvent.MergeStarted(stage.setup.name()));
      decisions.act(new Action.FinishMerge(stage.number, stage.winner, stage.failed));
    }
  }

  private void sayPart(StageState stage) {
    stage.part = part(stage);
    if (stage.part != null) {
      decisions.emit(stage.part);
    }
  }

  /** Nothing is made of single fragments; who follows them goes on. */
  private void finishSelected(StageState stage) {
    sayReuse(stage);
    stage.phase = Phase.DONE;
    if (stage.setup.trustsSome()) {
      relay.passOn(stage, stage.outputs(), FragmentSet.EMPTY);
    }
    decisions.emit(new RunEvent.StageFinished(stage.setup.name(), stage.done, stage.failed));
  }

  /** How the result of a stage is lacking; null if it is whole. */
  private RunEvent.@Nullable PartMade part(StageState stage) {
    var missing = stage.missing();
    var failed = stage.failed > 0 && !missing.isEmpty();
    var from = new ArrayList<String>();
    for (var number : stage.setup.reads()) {
      var read = stages.get(number);
      // One whose fragments it follows may still wait for scripts that nobody needs any more.
      var part = read.phase == Phase.RUNNING ? part(read) : read.part;
      if (part != null) {
        from.add(part.stage());
        failed |= part.failed();
      }
    }
    return missing.isEmpty() && from.isEmpty()
        ? null
        : new RunEvent.PartMade(stage.setup.name(), missing, from, failed);
  }

  void merged(Message.Merged merged) {
    var stage = stages.get(merged.stage());
    if (stage.phase != Phase.MERGING) {
      return;
    }
    stage.phase = Phase.DONE;
    decisions.emit(new RunEvent.MergeFinished(stage.setup.name(), merged.files(), merged.bytes()));
    if (merged.value() != null) {
      decisions.emit(new RunEvent.ValueFound(stage.setup.name(), merged.value()));
    }
    decisions.emit(
        new RunEvent.StageFinished(stage.setup.name(), stage.done, stage.failed + stage.skipped));
  }
}
