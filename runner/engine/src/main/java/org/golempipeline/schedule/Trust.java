package org.golempipeline.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.StageState.Phase;
import org.golempipeline.strategy.MergeStrategy.Result;

/**
 * What the answers of several machines count: which is used, which must be checked, and what is
 * computed again because a liar made it.
 */
final class Trust {
  private final Decisions decisions;
  private final Policy policy;
  private final List<StageState> stages;
  private final Renting renting;
  private final Attempts attempts;

  Trust(
      Decisions decisions,
      Policy policy,
      List<StageState> stages,
      Renting renting,
      Attempts attempts) {
    this.decisions = decisions;
    this.policy = policy;
    this.stages = stages;
    this.renting = renting;
    this.attempts = attempts;
  }

  /** Remembers who made the results of earlier runs that are used again. */
  void reused(StageState stage, Map<String, FragmentSet> makers) {
    if (stage.ballots != null && stage.setup.trustsSome()) {
      new TreeMap<>(makers)
          .forEach((maker, made) -> made.forEach(index -> stage.ballots.trust(index, maker)));
    }
  }

  /** Takes the answers of one script, each for what it is worth. */
  void vote(Batch batch, Ballots ballots, FragmentSet answered, Message.BatchReturned returned) {
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
    attempts.settle(stage, FragmentSet.of(votes.accepted));
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
        batch.stage.trouble(index).answers++;
        attempts.giveUp(batch.stage, index, disagreement(ballots), null);
      }
    }
  }

  /** Asks another machine, and another operator, for the same fragment. */
  private void check(StageState stage, int fragment, RentalState answered) {
    var trouble = stage.trouble(fragment);
    trouble.answers++;
    trouble.tried.add(answered.provider);
    if (!answered.wallet.isEmpty()) {
      trouble.wallets.add(answered.wallet);
    }
    trouble.anyProvider = false;
    var verify = Objects.requireNonNull(stage.setup.verify());
    var localFirst = verify.local() && trouble.tried.stream().noneMatch(renting::isThisMachine);
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
      if (renting.isThisMachine(liar)) {
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
      renting.ban(liar);
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
        stage.doubted = true;
        if (stage.cut) {
          attempts.forgo(stage, FragmentSet.of(index));
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
}
