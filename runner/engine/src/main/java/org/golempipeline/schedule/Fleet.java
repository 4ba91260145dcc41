package org.golempipeline.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * The machines that are rented or on their way and the scripts they were given: where each stands,
 * not why.
 */
final class Fleet {
  final List<PoolState> pools;

  /** Scripts whose fragments run elsewhere too. */
  final Set<Batch> raced = new LinkedHashSet<>();

  /** Scripts that are prepared behind one that runs, and were not asked back. */
  final Set<Batch> waiting = new LinkedHashSet<>();

  /** Those that were, as long as nobody knows whether they came. */
  final Set<Batch> askedBack = new LinkedHashSet<>();

  /** A machine was too dear: no other is asked for before a script has ended or was taken back. */
  boolean spent;

  private final Decisions decisions;
  private final Policy policy;
  private final Budget budget;
  private final Map<Integer, RentalState> rentals = new TreeMap<>();
  private final Map<Integer, Batch> batches = new TreeMap<>();
  private int nextRental;
  private int nextBatch;

  Fleet(Decisions decisions, Policy policy, Budget budget, List<PoolSetup> setups) {
    this.decisions = decisions;
    this.policy = policy;
    this.budget = budget;
    var states = new ArrayList<PoolState>();
    setups.forEach(setup -> states.add(new PoolState(states.size(), setup)));
    this.pools = List.copyOf(states);
  }

  // ---- who is there

  @Nullable RentalState rental(int id) {
    return rentals.get(id);
  }

  Collection<RentalState> rentals() {
    return Collections.unmodifiableCollection(rentals.values());
  }

  Collection<Batch> batches() {
    return Collections.unmodifiableCollection(batches.values());
  }

  /** Whether nothing is rented or on its way any more. */
  boolean nothingLeft() {
    return rentals.isEmpty() && batches.isEmpty();
  }

  /** Machines of strangers that work. */
  int busy() {
    var busy = 0;
    for (var pool : pools) {
      busy += pool.setup.local() ? 0 : pool.open - pool.requested - pool.idle.size();
    }
    return busy;
  }

  /** Open machines of strangers. */
  int open() {
    var open = 0;
    for (var pool : pools) {
      open += pool.setup.local() ? 0 : pool.open;
    }
    return open;
  }

  private PoolState pool(RentalState rental) {
    return pools.get(rental.pool);
  }

  // ---- machines

  /** A machine that is asked for from now on. */
  RentalState requested(PoolState pool) {
    var rental = new RentalState(nextRental++, pool.number, pool.setup.local(), decisions.now());
    rentals.put(rental.id, rental);
    pool.requested++;
    pool.open++;
    return rental;
  }

  /** A machine that was asked for is there, and idle. */
  void opened(RentalState rental) {
    pool(rental).requested--;
    rental.phase = RentalState.Phase.BUSY;
    idle(rental);
  }

  /** A machine that was asked for will not come, or one that was let go is gone. */
  void gone(RentalState rental) {
    rentals.remove(rental.id);
    budget.closed(rental, decisions.now());
    if (rental.phase == RentalState.Phase.REQUESTED) {
      pool(rental).requested--;
      pool(rental).open--;
    }
  }

  /** The provider ended it. */
  void lost(RentalState rental, String reason) {
    rental.lost = true;
    end(rental, false, reason);
  }

  /** Scripts of a machine that is gone and that nobody said anything of. */
  List<Batch> leftOn(int id) {
    var rental = rentals.get(id);
    return rental == null || rental.phase != RentalState.Phase.ENDING
        ? List.of()
        : List.copyOf(rental.batches);
  }

  void closed(Message.RentalClosed closed) {
    var rental = rentals.get(closed.rental());
    if (rental != null && rental.phase == RentalState.Phase.ENDING) {
      gone(rental);
      decisions.emit(new RunEvent.RentalClosed(rental.id));
    }
  }

  private void idle(RentalState rental) {
    if (rental.phase == RentalState.Phase.BUSY && rental.batches.isEmpty()) {
      rental.phase = RentalState.Phase.IDLE;
      rental.idleSince = decisions.now();
      budget.keptUntil(rental, decisions.now().plus(policy.idleRelease()));
      pool(rental).idle.add(rental);
    }
  }

  void end(RentalState rental, boolean success, String reason) {
    if (rental.phase == RentalState.Phase.ENDING) {
      return;
    }
    var pool = pool(rental);
    pool.open--;
    pool.requested -= rental.phase == RentalState.Phase.REQUESTED ? 1 : 0;
    pool.idle.remove(rental);
    rental.phase = RentalState.Phase.ENDING;
    if (rental.opened) {
      budget.keptUntil(rental, decisions.now());
    }
    decisions.emit(new RunEvent.RentalEnding(rental.id, reason));
    decisions.act(new Action.CloseRental(rental.id, success, reason));
    dropPrepared(rental);
  }

  /** What was only prepared was not tried: it goes to somebody else as if nothing had been. */
  private void dropPrepared(RentalState rental) {
    while (rental.batches.size() > 1) {
      var batch = rental.batches.removeLast();
      batches.remove(batch.id);
      raced.remove(batch);
      waiting.remove(batch);
      askedBack.remove(batch);
      batch.stage.back(batch.fragments);
      neverSent(batch);
    }
  }

  private void neverSent(Batch batch) {
    decisions.emit(RunEvent.BatchFinished.unsent(batch.id));
    if (batch.stage.active()) {
      for (var fragment : batch.fragments) {
        if (!batch.stage.over.get(fragment)) {
          batch.stage.trouble(fragment);
          batch.stage.retries.add(fragment, decisions.now());
        }
      }
    }
  }

  /** What was prepared will not be sent, and its machine goes on with what it has. */
  void withdrawn(int id) {
    var batch = take(id);
    if (batch != null) {
      neverSent(batch);
    }
  }

  void endAll(boolean success, String reason) {
    List.copyOf(rentals.values()).forEach(rental -> end(rental, success, reason));
  }

  /** Ends the machines that work for a stage whose rest is not needed. */
  void cancel(StageState stage, String reason) {
    for (var batch : List.copyOf(batches.values())) {
      if (batch.stage == stage) {
        end(batch.rental, true, reason);
      }
    }
  }

  // ---- scripts

  /** A script for the machine: it runs, or is prepared for when the one before it ends. */
  Batch given(
      RentalState rental,
      StageState stage,
      List<Integer> fragments,
      Duration limit,
      Duration fragmentLimit) {
    var now = decisions.now();
    var batch = new Batch(nextBatch++, rental, stage, fragments, limit, fragmentLimit, now);
    budget.keptUntil(rental, (rental.batches.isEmpty() ? now : rental.keptUntil).plus(limit));
    batches.put(batch.id, batch);
    if (!rental.batches.isEmpty()) {
      waiting.add(batch);
    }
    rental.batches.add(batch);
    if (stage.sent(fragments)) {
      raced.add(batch);
    }
    if (rental.phase == RentalState.Phase.IDLE) {
      rental.phase = RentalState.Phase.BUSY;
      pool(rental).idle.remove(rental);
    }
    return batch;
  }

  /** A script is over, whatever came of it; null if nobody waits for it any more. */
  @Nullable Batch take(int id) {
    var batch = batches.remove(id);
    if (batch == null) {
      return null;
    }
    var rental = batch.rental;
    var ran = batch.runs();
    rental.batches.remove(batch);
    raced.remove(batch);
    waiting.remove(batch);
    askedBack.remove(batch);
    spent = false;
    batch.stage.back(batch.fragments);
    var next = rental.batches.peekFirst();
    if (next != null) {
      next.begun = ran ? decisions.now() : next.begun;
      waiting.remove(next);
      budget.keptUntil(rental, next.begun.plus(next.limit));
    } else {
      idle(rental);
    }
    return batch;
  }
}
