package org.golempipeline.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.TreeLayout;
import org.golempipeline.schedule.StageState.Phase;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about stages and their fragments: what is known of them, what every answer
 * counts, what is tried again and what is given up, when a stage is complete.
 */
final class StageDecisions implements Relay.Receiver {
  /** So many fragments are looked for at once among the results of earlier runs. */
  private static final int WINDOW = 4096;

  private final Decisions decisions;
  private final Policy policy;
  private final List<StageState> stages;
  private final MachineDecisions machines;
  private final Setbacks setbacks;
  private final Scheduler.FragmentLabels labels;
  private final Relay relay;

  StageDecisions(
      Decisions decisions,
      Policy policy,
      List<StageState> stages,
      MachineDecisions machines,
      Setbacks setbacks,
      Scheduler.FragmentLabels labels) {
    this.decisions = decisions;
    this.policy = policy;
    this.stages = stages;
    this.machines = machines;
    this.setbacks = setbacks;
    this.labels = labels;
    this.relay = new Relay(stages, decisions, this);
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
    if (stage.setup.flow() == StageSetup.Flow.TREE) {
      var leaves = stages.get(stage.setup.from().get(0)).total;
      stage.tree = relay.tree(TreeLayout.of(expanded.groups(), leaves, stage.setup.fanIn()));
    }
    if (stage.setup.followsFragments()) {
      stage.lookedFor = stage.total;
      relay.expanded(stage);
    }
  }

  @Override
  public void ready(StageState stage, FragmentSet fragments) {
    if (stage.cut) {
      return;
    }
    if (policy.reuse()) {
      fragments.forEach(stage.lookingFor::set);
      decisions.act(new Action.LookUp(stage.number, fragments));
    } else {
      fragments.forEach(stage::addFresh);
    }
  }

  @Override
  public void skipped(StageState stage, FragmentSet fragments) {
    stage.skipped += fragments.size();
    fragments.forEach(stage::settleWithout);
  }

  /** Looks a little ahead of what is sent, so that work starts before all is looked for. */
  void lookAhead() {
    for (var stage : stages) {
      while (stage.active()
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
    if (stage.ballots != null && stage.setup.trustsSome()) {
      new TreeMap<>(found.makers())
          .forEach((maker, made) -> made.forEach(index -> stage.ballots.trust(index, maker)));
    }
    if (!stage.setup.followsFragments()
        && stage.lookedFor == stage.total
        && stage.lookingFor.isEmpty()) {
      sayReuse(stage);
    }
    passOn(stage, found.reused());
    if (stage.setup.result() == Result.FIRST && !found.winners().isEmpty()) {
      win(stage, found.winners().toArray()[0]);
    }
    maybeEnough(stage);
  }

  private void sayReuse(StageState stage) {
    if (policy.reuse() && !stage.reuseSaid) {
      stage.reuseSaid = true;
      decisions.emit(
          new RunEvent.StageReused(
              stage.setup.name(), stage.reused, stage.total - stage.reused, stage.reasons));
    }
  }

  // ---- what came of them

  void returned(Batch batch, Message.BatchReturned returned) {
    var stage = batch.stage;
    setbacks.answered();
    if (machines.isBanned(batch.rental.provider)) {
      broken(batch, Failure.of(FailureKind.CANCELLED, "It comes from a provider that lies."));
      return;
    }
    var took = Duration.between(batch.begun, decisions.now());
    machines.prepared(batch);
    decisions.emit(
        new RunEvent.BatchFinished(
            batch.id,
            returned.done(),
            returned.failed(),
            null,
            took.toMillis(),
            returned.bytesSent(),
            returned.bytesReceived()));
    stage.took(took, batch.fragments.size());
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
      machines.supply(batch);
    }
  }

  private void take(Batch batch, Message.BatchReturned returned) {
    var stage = batch.stage;
    var fresh =
        FragmentSet.of(
            IntStream.of(returned.done().toArray()).filter(i -> !stage.over.get(i)).toArray());
    if (stage.ballots == null) {
      decisions.act(new Action.Adopt(stage.number, batch.id, fresh));
      settle(stage, fresh);
    } else {
      vote(batch, stage.ballots, fresh, returned);
    }
    for (var failed : returned.failed()) {
      if (!stage.over.get(failed.fragment())) {
        attemptFailed(stage, batch.rental.provider, failed);
      }
    }
    if (stage.setup.result() == Result.FIRST) {
      IntStream.of(returned.winners().toArray())
          .filter(index -> fresh.contains(index) && stage.over.get(index))
          .findFirst()
          .ifPresent(index -> win(stage, index));
    }
  }

  private void settle(StageState stage, FragmentSet accepted) {
    accepted.forEach(stage::settle);
    stage.done += accepted.size();
    passOn(stage, accepted);
  }

  /** With audits nothing is used before the last liar could be found. */
  private void passOn(StageState stage, FragmentSet arrived) {
    if (!stage.setup.trustsSome()) {
      relay.passOn(stage, arrived, FragmentSet.EMPTY);
    }
  }

  private void vote(
      Batch batch, Ballots ballots, FragmentSet answered, Message.BatchReturned returned) {
    var stage = batch.stage;
    var votes = new Votes();
    for (var index : answered.toArray()) {
      var kind = returned.same().getOrDefault(index, batch.id);
      var wins = stage.setup.result() == Result.FIRST && returned.winners().contains(index);
      if (wins || ballots.isOpen(index) || mustCheck(batch, ballots, index)) {
        vote(batch, ballots, index, kind, votes);
      } else {
        ballots.trust(index, batch.rental.provider);
        votes.accept(index, kind);
      }
    }
    votes.adopted.forEach(
        (kind, indexes) ->
            decisions.act(new Action.Adopt(stage.number, kind, FragmentSet.of(indexes))));
    settle(stage, FragmentSet.of(votes.accepted));
    if (!votes.checks.isEmpty()) {
      decisions.emit(new RunEvent.ChecksQueued(stage.setup.name(), FragmentSet.of(votes.checks)));
    }
    expose(stage, ballots, votes.liars);
  }

  /** What came of the answers in one script. */
  private static final class Votes {
    /** By the script that left the output to use. */
    final Map<Integer, List<Integer>> adopted = new TreeMap<>();

    final List<Integer> accepted = new ArrayList<>();
    final List<Integer> checks = new ArrayList<>();
    final Set<String> liars = new TreeSet<>();

    void accept(int fragment, int kind) {
      accepted.add(fragment);
      adopted.computeIfAbsent(kind, each -> new ArrayList<>()).add(fragment);
    }
  }

  private boolean mustCheck(Batch batch, Ballots ballots, int fragment) {
    return batch.rental.local
        || ballots.mustCheck(batch.rental.provider, lot(batch.stage, fragment));
  }

  private void vote(Batch batch, Ballots ballots, int index, int kind, Votes votes) {
    var rental = batch.rental;
    switch (ballots.add(index, new Ballots.Answer(kind, rental.provider, rental.wallet))) {
      case OPEN -> {
        check(batch.stage, index, rental);
        votes.checks.add(index);
      }
      case SETTLED -> {
        var result = ballots.close(index);
        votes.accept(index, result.kind());
        votes.liars.addAll(result.liars());
      }
      case HOPELESS -> {
        ballots.forget(index);
        giveUp(batch.stage, index, disagreement(ballots), null);
      }
    }
  }

  /** Asks another machine, and another operator, for the same fragment. */
  private void check(StageState stage, int fragment, RentalState answered) {
    var trouble = stage.trouble(fragment);
    trouble.tried.add(answered.provider);
    if (!answered.wallet.isEmpty()) {
      trouble.wallets.add(answered.wallet);
    }
    trouble.anyProvider = false;
    var verify = Objects.requireNonNull(stage.setup.verify());
    var localFirst = verify.local() && trouble.tried.stream().noneMatch(machines::isThisMachine);
    (localFirst ? stage.localChecks : stage.retries).add(fragment, decisions.now());
  }

  private static Failure disagreement(Ballots ballots) {
    return new Failure(
        FailureKind.COMMAND,
        "Every machine computes something else.",
        "Make the command give the same output each time (fix seeds, sort, leave out times), or say"
            + " with `verify: { compare: … }` which differences do not count.");
  }

  private void expose(StageState stage, Ballots ballots, Set<String> liars) {
    if (liars.isEmpty()) {
      return;
    }
    if (ballots.looksRandom()) {
      decisions.stop(disagreement(ballots));
      return;
    }
    for (var liar : liars) {
      if (machines.isThisMachine(liar)) {
        decisions.stop(
            new Failure(
                FailureKind.COMMAND,
                "Two providers agree on a fragment of `%s`, and this machine computes something else."
                    .formatted(stage.setup.name()),
                "Programs here may differ from those in the image; if they do not, the two are one."
                    + " Audit without `by: local`, or compare with `compare: text` and its kin."));
        return;
      }
      decisions.emit(new RunEvent.ProviderBanned(liar, stage.setup.name()));
      decisions.act(new Action.Ban(liar));
      machines.ban(liar);
      stages.forEach(each -> redo(each, liar));
    }
  }

  /** Nothing that a liar made is used unchecked. */
  private void redo(StageState stage, String liar) {
    if (stage.ballots == null) {
      return;
    }
    var made = stage.ballots.distrust(liar);
    var pending = stage.ballots.dropAnswers(liar);
    if (stage.phase != Phase.RUNNING) {
      if (!made.isEmpty()) {
        decisions.emit(
            new RunEvent.Warned(
                "%d results of `%s` came from a provider that gave false results later; run the pipeline again to compute them elsewhere."
                    .formatted(made.size(), stage.setup.name())));
      }
      return;
    }
    for (var index : made.toArray()) {
      if (stage.over.get(index)) {
        stage.done--;
        if (stage.cut) {
          forgo(stage, FragmentSet.of(index));
        } else {
          stage.over.clear(index);
          again(stage, index, liar);
        }
      }
    }
    if (stage.cut) {
      return;
    }
    pending.forEach(index -> again(stage, index, liar));
  }

  private void again(StageState stage, int fragment, String liar) {
    stage.trouble(fragment).tried.add(liar);
    if (!stage.underWay(fragment)) {
      stage.retries.add(fragment, decisions.now());
    }
  }

  /** A number between 0 and 1 for a fragment, from the seed of the run (SplitMix64). */
  private double lot(StageState stage, int fragment) {
    var z = policy.seed() + 0x9e3779b97f4a7c15L * (((long) stage.number << 32) + fragment + 1);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
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
      giveUp(stage, failed.fragment(), failed.failure(), failed.log());
      return;
    }
    var backoff =
        stage.setup.retry().backoff().multipliedBy(1L << Math.min(trouble.attempts - 1, 10));
    tryAgain(stage, failed.fragment(), trouble, backoff);
  }

  /** Unless another attempt is on its way or about to start. */
  private void tryAgain(StageState stage, int fragment, Trouble trouble, Duration backoff) {
    if (stage.underWay(fragment)) {
      return;
    }
    trouble.notBefore = decisions.now().plus(backoff);
    stage.retries.add(fragment, decisions.now());
    decisions.emit(
        new RunEvent.FragmentRequeued(
            stage.setup.name(),
            fragment,
            trouble.attempts + trouble.losses + 1,
            trouble.notBefore));
  }

  private void giveUp(StageState stage, int fragment, Failure reason, @Nullable String log) {
    var trouble = stage.trouble(fragment);
    stage.settleWithout(fragment);
    stage.failed++;
    decisions.emit(
        new RunEvent.FragmentFailed(
            stage.setup.name(),
            fragment,
            labels.label(stage.number, fragment),
            trouble.attempts + trouble.losses,
            reason,
            log));
    relay.passOn(stage, FragmentSet.EMPTY, FragmentSet.of(fragment));
    if (stage.failed > stage.tolerated()) {
      decisions.stop(
          new Failure(
              reason.kind(),
              stage.tolerated() == 0
                  ? "A fragment of `%s` failed.".formatted(stage.setup.name())
                  : "%d fragments of `%s` failed, more than `retry.fail` tolerates."
                      .formatted(stage.failed, stage.setup.name()),
              null));
    }
  }

  void broken(Batch batch, Failure reason) {
    var stage = batch.stage;
    decisions.emit(
        new RunEvent.BatchFinished(
            batch.id,
            FragmentSet.EMPTY,
            List.of(),
            reason,
            Duration.between(batch.begun, decisions.now()).toMillis(),
            0,
            0));
    machines.broken(batch, reason.message());
    if (!stage.active() || decisions.stopping()) {
      return;
    }
    if (reason.kind() == FailureKind.PAYMENT) {
      decisions.stop(reason);
      return;
    }
    var ours = reason.kind() == FailureKind.CANCELLED && !batch.rental.lost;
    if (reason.kind() == FailureKind.YAGNA) {
      machines.daemonSilent(reason);
    } else if (!ours) {
      setbacks.machineFailed(reason);
    }
    for (var fragment : batch.fragments) {
      if (!stage.over.get(fragment)) {
        lost(batch, fragment, reason, ours || reason.kind() == FailureKind.YAGNA);
      }
    }
  }

  private void lost(Batch batch, int fragment, Failure reason, boolean ours) {
    var stage = batch.stage;
    var trouble = stage.trouble(fragment);
    if (ours) {
      tryAgain(stage, fragment, trouble, Duration.ZERO);
      return;
    }
    trouble.losses++;
    trouble.tried.add(batch.rental.provider);
    trouble.mostTogether = trouble.losses == 1 ? Math.max(1, batch.fragments.size() / 4) : 1;
    if (trouble.losses >= policy.losses()) {
      giveUp(stage, fragment, reason, null);
    } else {
      tryAgain(stage, fragment, trouble, Duration.ZERO);
    }
  }

  // ---- when a stage ends

  private void win(StageState stage, int fragment) {
    stage.winner = fragment;
    stage.stopSending();
    decisions.emit(new RunEvent.StageCut(stage.setup.name(), fragment));
    machines.cancel(stage, "another fragment found the result");
  }

  private void maybeEnough(StageState stage) {
    if (!stage.reachedEnough() || stage.done == stage.total) {
      return;
    }
    var enough = Objects.requireNonNull(stage.setup.enough());
    if (enough.until() == null) {
      endEarly(stage);
    } else if (!stage.asking && stage.done >= stage.askAt) {
      stage.asking = true;
      stage.askAt = stage.done + Math.max(1, stage.done / 10);
      decisions.act(new Action.AskUntil(stage.number));
    }
  }

  void untilSaid(Message.UntilSaid said) {
    var stage = stages.get(said.stage());
    if (!stage.asking || !stage.active()) {
      return;
    }
    stage.asking = false;
    if (said.enough()) {
      endEarly(stage);
    } else {
      maybeEnough(stage);
    }
  }

  private void endEarly(StageState stage) {
    var missing = stage.open();
    stage.stopSending();
    decisions.emit(new RunEvent.StageEnough(stage.setup.name(), stage.done, missing));
    forgo(stage, missing);
    machines.cancel(stage, "enough fragments are done");
  }

  private void forgo(StageState stage, FragmentSet missing) {
    stage.skipped += missing.size();
    missing.forEach(stage::settleWithout);
    relay.passOn(stage, FragmentSet.EMPTY, missing);
  }

  void finishStages() {
    for (var stage : stages) {
      if (!stage.complete()) {
        continue;
      }
      if (stage.setup.result() == Result.FIRST && stage.winner < 0) {
        decisions.stop(
            Failure.of(
                FailureKind.COMMAND,
                "No fragment of `%s` found a result.".formatted(stage.setup.name())));
        return;
      }
      stage.phase = Phase.MERGING;
      sayReuse(stage);
      if (stage.setup.trustsSome()) {
        relay.passOn(stage, stage.outputs(), FragmentSet.EMPTY);
      }
      decisions.emit(new RunEvent.MergeStarted(stage.setup.name()));
      decisions.act(new Action.FinishMerge(stage.number, stage.winner));
    }
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
