package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a run does next: a state machine that is told what happened and when, and answers
 * with events and actions. It reads no clock, starts no thread and draws no random number, so the
 * same messages at the same times always give the same decisions.
 */
public final class Scheduler {
  private final SchedulerSetup setup;
  private final Decisions decisions = new Decisions();
  private final List<StageState> stages = new ArrayList<>();
  private final StageDecisions stageDecisions;
  private final Fleet fleet;
  private final Renting renting;
  private final Sending sending;
  private final Withdrawals withdrawals;
  private Instant begun = Instant.MIN;
  private Network network = Network.NOT_NEEDED;
  private boolean publishing;
  private boolean published;
  private boolean ending;
  private boolean settling;
  private boolean finished;

  /** Names a fragment for people. */
  @FunctionalInterface
  public interface FragmentLabels {
    String label(int stage, int fragment);
  }

  /** The network is opened when there is the first work for it. */
  private enum Network {
    NOT_NEEDED,
    OPENING,
    OPEN
  }

  public Scheduler(SchedulerSetup setup, FragmentLabels labels) {
    this.setup = setup;
    for (var stage : setup.stages()) {
      stages.add(new StageState(stages.size(), stage));
    }
    var policy = setup.policy();
    var budget = new Budget(policy);
    var setbacks = new Setbacks(decisions, policy);
    this.fleet = new Fleet(decisions, policy, budget, setup.pools());
    this.renting = new Renting(decisions, policy, budget, setbacks, stages, fleet);
    this.sending = new Sending(decisions, policy, budget, stages, fleet);
    this.withdrawals = new Withdrawals(decisions, policy, fleet);
    this.stageDecisions =
        new StageDecisions(decisions, policy, stages, fleet, renting, sending, setbacks, labels);
  }

  /**
   * Takes a message. {@code at} never goes back. What comes twice, or too late, changes nothing;
   * after the end of the run nothing does.
   */
  public Step on(Message message, Instant at) {
    decisions.begin(at);
    if (!finished) {
      handle(message);
    }
    if (!finished) {
      schedule();
    }
    return decisions.end();
  }

  private void handle(Message message) {
    if (message instanceof Message.Begin) {
      begun = decisions.now();
      decisions.emit(setup.started());
    } else if (message instanceof Message.NetworkOpened) {
      network = Network.OPEN;
    } else if (message instanceof Message.NetworkFailed failed) {
      if (network == Network.OPENING) {
        decisions.stop(failed.failure());
        finish(BigDecimal.ZERO, 0);
      }
    } else if (message instanceof Message.Noted noted) {
      decisions.emit(noted.event());
      renting.noted(noted.event());
    } else if (message instanceof Message.Published done) {
      if (!publishing || published) {
        return;
      }
      done.outputs().forEach(decisions::emit);
      published = true;
      decisions.published();
    } else if (message instanceof Message.PublishFailed failed) {
      if (publishing && !published) {
        publishing = false;
        decisions.stop(failed.failure());
      }
    } else if (message instanceof Message.Settled settled) {
      if (settling) {
        settled(settled);
      }
    } else if (message instanceof Message.Stop stop) {
      if (!publishing) {
        decisions.stop(stop.failure());
      }
    } else if (!settling && !(message instanceof Message.Alarm) && !ofStage(message)) {
      ofMachine(message);
    }
  }

  private boolean ofStage(Message message) {
    if (message instanceof Message.Expanded expanded) {
      stageDecisions.expanded(expanded);
    } else if (message instanceof Message.LookedUp found) {
      stageDecisions.lookedUp(found);
    } else if (message instanceof Message.StageBroken broken) {
      decisions.stop(broken.failure());
    } else if (message instanceof Message.UntilSaid said) {
      stageDecisions.untilSaid(said);
    } else if (message instanceof Message.Merged merged) {
      stageDecisions.merged(merged);
    } else {
      return false;
    }
    return true;
  }

  private void ofMachine(Message message) {
    if (message instanceof Message.RentalOpened opened) {
      renting.opened(opened);
    } else if (message instanceof Message.RentalFailed failed) {
      renting.failed(failed);
    } else if (message instanceof Message.RentalLost lost) {
      renting.lost(lost);
    } else if (message instanceof Message.RentalClosed closed) {
      for (var batch : fleet.leftOn(closed.rental())) {
        fleet.take(batch.id);
        stageDecisions.broken(
            batch, Failure.of(FailureKind.CANCELLED, "Its machine was let go before it answered."));
      }
      fleet.closed(closed);
    } else if (message instanceof Message.BatchReturned returned) {
      var batch = fleet.take(returned.batch());
      if (batch != null) {
        stageDecisions.returned(batch, returned);
      }
    } else if (message instanceof Message.Withdrawn withdrawn) {
      fleet.withdrawn(withdrawn.batch());
    } else if (message instanceof Message.BatchBroken broken) {
      var batch = fleet.take(broken.batch());
      if (batch != null) {
        if (broken.failure().kind() == FailureKind.PROVIDER) {
          renting.failedByItself(batch.rental);
        }
        stageDecisions.broken(batch, broken.failure());
      }
    } else if (message instanceof Message.FragmentOverdue overdue) {
      var batch = fleet.take(overdue.batch());
      if (batch != null) {
        stageDecisions.overdue(batch, overdue);
      }
    } else {
      throw new AssertionError(message);
    }
  }

  private void schedule() {
    if (!decisions.stopping()) {
      work();
    }
    if (decisions.stopping() || stageDecisions.allDone()) {
      windUp();
    }
  }

  private void work() {
    stageDecisions.expandStages();
    stageDecisions.lookAhead();
    if (network == Network.NOT_NEEDED && stageDecisions.needMachines()) {
      network = Network.OPENING;
      decisions.emit(setup.allocation());
      decisions.act(new Action.OpenNetwork());
    }
    if (network == Network.OPEN) {
      sending.limitRunning();
      sending.assign();
      withdrawals.takeBack();
      sending.copyStragglers();
    }
    stageDecisions.finishStages();
    if (stageDecisions.allDone() && !publishing) {
      publishing = true;
      decisions.emit(new RunEvent.PublishStarted(stages.size()));
      decisions.act(new Action.Publish());
    }
    if (network == Network.OPEN && !stageDecisions.allDone()) {
      renting.rentAndRelease();
      sending.checkBudget();
      var alarm = nextAlarm();
      if (alarm != null) {
        decisions.act(new Action.WakeAt(alarm));
      } else if (!decisions.stopping() && fleet.nothingLeft() && !stageDecisions.awaitSomething()) {
        throw new IllegalStateException("nothing is on its way and the run is not over");
      }
    }
  }

  /** When something is due that no message will announce. */
  private @Nullable Instant nextAlarm() {
    var next = decisions.earlier(sending.nextAlarm(), renting.nextAlarm());
    return decisions.earlier(next, withdrawals.nextLook());
  }

  private void windUp() {
    var failure = decisions.failure();
    if (!ending) {
      ending = true;
      fleet.endAll(failure == null, failure == null ? "all work is done" : failure.message());
    }
    if (failure == null && !published) {
      return;
    }
    if (network == Network.NOT_NEEDED) {
      finish(BigDecimal.ZERO, 0);
    } else if (network == Network.OPEN && fleet.nothingLeft() && !settling) {
      settling = true;
      decisions.act(new Action.Settle(setup.policy().settleLimit()));
    }
  }

  private void settled(Message.Settled settled) {
    decisions.emit(
        new RunEvent.SettlementFinished(
            settled.accepted(), settled.agreements(), settled.outstanding()));
    finish(settled.accepted(), settled.outstanding().size());
  }

  private void finish(BigDecimal accepted, int outstanding) {
    finished = true;
    var failure = decisions.failure();
    var exitCode =
        failure != null
            ? failure.kind().exitCode()
            : stageDecisions.lackFailed() ? RunEvent.RunFinished.IN_PART : outstanding > 0 ? 5 : 0;
    decisions.emit(
        new RunEvent.RunFinished(
            exitCode,
            failure,
            stageDecisions.done(),
            stageDecisions.failed(),
            stageDecisions.missing(),
            sending.providersWorked(),
            accepted,
            Duration.between(begun, decisions.now()).toMillis()));
    decisions.act(new Action.Finish());
  }
}
