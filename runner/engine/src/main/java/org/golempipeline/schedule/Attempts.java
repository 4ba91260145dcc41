package org.golempipeline.schedule;

import java.time.Duration;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * How attempts at a fragment end: it is done, tried again, given up, or nobody needs it any more.
 * Whoever follows the fragment hears of it.
 */
final class Attempts {
  private final Decisions decisions;
  private final Policy policy;
  private final Scheduler.FragmentLabels labels;
  private final Relay relay;

  Attempts(Decisions decisions, Policy policy, Scheduler.FragmentLabels labels, Relay relay) {
    this.decisions = decisions;
    this.policy = policy;
    this.labels = labels;
    this.relay = relay;
  }

  /** These are done. */
  void settle(StageState stage, FragmentSet accepted) {
    accepted.forEach(stage::settle);
    stage.done += accepted.size();
    passOn(stage, accepted);
  }

  /** With audits nothing is used before the last liar could be found. */
  void passOn(StageState stage, FragmentSet arrived) {
    if (!stage.setup.trustsSome()) {
      relay.passOn(stage, arrived, FragmentSet.EMPTY);
    }
  }

  void attemptFailed(StageState stage, String provider, RunEvent.AttemptFailure failed) {
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

  void giveUp(StageState stage, int fragment, Failure reason, @Nullable String log) {
    var trouble = stage.trouble(fragment);
    stage.settleWithout(fragment);
    stage.failed++;
    stage.fault = reason.kind();
    decisions.emit(
        new RunEvent.FragmentFailed(
            stage.setup.name(),
            fragment,
            labels.label(stage.number, fragment),
            trouble.attempts + trouble.losses + trouble.answers,
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

  void lost(Batch batch, int fragment, Failure reason, boolean ours) {
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

  /** Nobody needs these any more. */
  void forgo(StageState stage, FragmentSet missing) {
    stage.skipped += missing.size();
    missing.forEach(stage::settleWithout);
    relay.passOn(stage, FragmentSet.EMPTY, missing);
  }
}
