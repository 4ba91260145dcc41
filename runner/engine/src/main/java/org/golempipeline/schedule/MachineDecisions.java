package org.golempipeline.schedule;

import java.time.Instant;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about machines: which to rent and to let go, and what each is sent. Of a stage it
 * knows what waits to be sent, not what became of it.
 */
final class MachineDecisions {
  private final Decisions decisions;
  private final Fleet fleet;
  private final Renting renting;
  private final Sending sending;
  private final Withdrawals withdrawals;

  MachineDecisions(
      Decisions decisions,
      Policy policy,
      Setbacks setbacks,
      List<PoolSetup> setups,
      List<StageState> stages) {
    var budget = new Budget(policy);
    this.decisions = decisions;
    this.fleet = new Fleet(decisions, policy, budget, setups);
    this.renting = new Renting(decisions, policy, budget, setbacks, stages, fleet);
    this.sending = new Sending(decisions, policy, budget, stages, fleet);
    this.withdrawals = new Withdrawals(decisions, policy, fleet);
  }

  /** Whether nothing is rented or on its way any more. */
  boolean nothingLeft() {
    return fleet.nothingLeft();
  }

  boolean isThisMachine(String provider) {
    return renting.isThisMachine(provider);
  }

  int providersWorked() {
    return sending.providersWorked();
  }

  // ---- what happened

  void opened(Message.RentalOpened opened) {
    renting.opened(opened);
  }

  /** Something between the daemon, the providers and us. */
  void noted(RunEvent event) {
    if (event instanceof RunEvent.DebitNoteAccepted note) {
      renting.billed(note);
    } else if (event instanceof RunEvent.StartFailed failed) {
      renting.startFailed(failed);
    }
  }

  void failed(Message.RentalFailed failed) {
    renting.failed(failed);
  }

  /** Nothing is asked of a daemon that does not answer for a while. */
  void daemonSilent(Failure reason) {
    renting.daemonSilent(reason);
  }

  void lost(Message.RentalLost lost) {
    var rental = fleet.rental(lost.rental());
    if (rental != null) {
      renting.failedByItself(rental);
    }
    fleet.lost(lost);
  }

  /** The machine did not go through with a script. */
  void failed(Batch batch, Failure failure) {
    if (failure.kind() == FailureKind.PROVIDER) {
      renting.failedByItself(batch.rental);
    }
  }

  /** Scripts of a machine that is gone and that nobody said anything of. */
  List<Batch> leftOn(int id) {
    return fleet.leftOn(id);
  }

  void closed(Message.RentalClosed closed) {
    fleet.closed(closed);
  }

  /** A script is over, whatever came of it; null if nobody waits for it any more. */
  @Nullable Batch take(int id) {
    return fleet.take(id);
  }

  /** A script that was only prepared will not be sent: others get its fragments. */
  void withdrawn(int id) {
    fleet.withdrawn(id);
  }

  /** A script on the machine went through: it has what the stage's providers get once. */
  void prepared(Batch batch) {
    batch.rental.prepared.add(batch.stage.number);
  }

  /** Keeps a machine that works supplied. */
  void supply(Batch returned) {
    sending.supply(returned);
  }

  /** A script did not go through: the machine is not used again. */
  void broken(Batch batch, String reason) {
    sending.broken(batch, reason);
  }

  // ---- decisions that others ask for

  /** Ends the machines that work for a stage whose rest is not needed. */
  void cancel(StageState stage, String reason) {
    fleet.cancel(stage, reason);
  }

  boolean isBanned(String provider) {
    return renting.isBanned(provider);
  }

  void ban(String provider) {
    renting.ban(provider);
  }

  void endAll(boolean success, String reason) {
    fleet.endAll(success, reason);
  }

  // ---- what is decided in turn

  /** Holds scripts on their way to what is known by now of how long a fragment takes. */
  void limitRunning() {
    sending.limitRunning();
  }

  /** Gives every idle machine a script, later stages first so that little lies about. */
  void assign() {
    sending.assign();
  }

  /** Takes scripts back that wait for a late one, or while others have nothing to do. */
  void takeBack() {
    withdrawals.takeBack();
  }

  /** Lets machines that have nothing to do compute what stragglers are late with. */
  void copyStragglers() {
    sending.copyStragglers();
  }

  void rentAndRelease() {
    renting.rentAndRelease();
  }

  /** Stops the run if no machine can be paid for another script. */
  void checkBudget() {
    sending.checkBudget();
  }

  /** When something is due that no message will announce. */
  @Nullable Instant nextAlarm() {
    var next = decisions.earlier(sending.nextAlarm(), renting.nextAlarm());
    return decisions.earlier(next, withdrawals.nextLook());
  }
}
