package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;

/**
 * Decides what a run does next: a state machine that is told what happened and when, and answers
 * with events and actions. It reads no clock, starts no thread and draws no random number, so the
 * same messages at the same times always give the same decisions.
 */
public final class Scheduler {
  private final RunEvent.RunStarted started;
  private final RunEvent.AllocationRequested allocation;
  private final Policy policy;
  private final Decisions decisions = new Decisions();
  private final List<StageState> stages = new ArrayList<>();
  private final StageDecisions stageDecisions;
  private final MachineDecisions machines;
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

  public Scheduler(
      RunEvent.RunStarted started,
      RunEvent.AllocationRequested allocation,
      List<StageSetup> setups,
      List<PoolSetup> pools,
      Policy policy,
      FragmentLabels labels) {
    this.started = started;
    this.allocation = allocation;
    this.policy = policy;
    for (var setup : setups) {
      stages.add(new StageState(stages.size(), setup));
    }
    var setbacks = new Setbacks(decisions, policy);
    this.machines = new MachineDecisions(decisions, policy, setbacks, pools, stages);
    this.stageDecisions = new StageDecisions(decisions, policy, stages, machines, setbacks, labels);
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
      decisions.emit(started);
    } else if (message instanceof Message.NetworkOpened) {
      network = Network.OPEN;
    } else if (message instanceof Message.NetworkFailed failed) {
      if (network == Network.OPENING) {
        decisions.stop(failed.failure());
        finish(BigDecimal.ZERO, 0);
      }
    } else if (message instanceof Message.Noted noted) {
      decisions.emit(noted.event());
      machines.noted(noted.event());
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
      machines.opened(opened);
    } else if (message instanceof Message.RentalFailed failed) {
      machines.failed(failed);
    } else if (message instanceof Message.RentalLost lost) {
      machines.lost(lost);
    } else if (message instanceof Message.RentalClosed closed) {
      for (var batch : machines.leftOn(closed.rental())) {
        machines.take(batch.id);
        stageDecisions.broken(
            batch, Failure.of(FailureKind.CANCELLED, "Its machine was let go before it answered."));
      }
      machines.closed(closed);
    } else if (message instanceof Message.BatchReturned returned) {
      var batch = machines.take(returned.batch());
      if (batch != null) {
        stageDecisions.returned(batch, returned);
      }
    } else if (message instanceof Message.Withdrawn withdrawn) {
      machines.withdrawn(withdrawn.batch());
    } else if (message instanceof Message.BatchBroken broken) {
      var batch = machines.take(broken.batch());
      if (batch != null) {
        machines.failed(batch, broken.failure());
        stageDecisions.broken(batch, broken.failure());
      }
    } else if (message instanceof Message.FragmentOverdue overdue) {
      var batch = machines.take(overdue.batch());
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
      decisions.emit(allocation);
      decisions.act(new Action.OpenNetwork());
    }
    if (network == Network.OPEN) {
      machines.limitRunning();
      machines.assign();
      machines.takeBack();
      machines.copyStragglers();
    }
    stageDecisions.finishStages();
    if (stageDecisions.allDone() && !publishing) {
      publishing = true;
      decisions.emit(new RunEvent.PublishStarted(stages.size()));
      decisions.act(new Action.Publish());
    }
    if (network == Network.OPEN && !stageDecisions.allDone()) {
      machines.rentAndRelease();
      machines.checkBudget();
      var alarm = machines.nextAlarm();
      if (alarm != null) {
        decisions.act(new Action.WakeAt(alarm));
      } else if (!decisions.stopping()
          && machines.nothingLeft()
          && !stageDecisions.awaitSomething()) {
        throw new IllegalStateException("nothing is on its way and the run is not over");
      }
    }
  }

  private void windUp() {
    var failure = decisions.failure();
    if (!ending) {
      ending = true;
      machines.endAll(failure == null, failure == null ? "all work is done" : failure.message());
    }
    if (failure == null && !published) {
      return;
    }
    if (network == Network.NOT_NEEDED) {
      finish(BigDecimal.ZERO, 0);
    } else if (network == Network.OPEN && machines.nothingLeft() && !settling) {
      settling = true;
      decisions.act(new Action.Settle(policy.settleLimit()));
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
            machines.providersWorked(),
            accepted,
            Duration.between(begun, decisions.now()).toMillis()));
    decisions.act(new Action.Finish());
  }
}
