package org.golempipeline.schedule;

import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes back scripts that are prepared and wait for their turn, when others would begin them
 * sooner: the script before them is late, or somebody has nothing to do. Nothing of them was sent,
 * so that costs nothing.
 */
final class Withdrawals {
  private final Decisions decisions;
  private final Fleet fleet;
  private final Stragglers stragglers;
  private Instant lookAt = Instant.MIN;
  private @Nullable Instant nextLook;

  Withdrawals(Decisions decisions, Policy policy, Fleet fleet) {
    this.decisions = decisions;
    this.fleet = fleet;
    this.stragglers = new Stragglers(policy);
  }

  void takeBack() {
    nextLook = null;
    if (!fleet.waiting.isEmpty()) {
      helpIdle();
      helpBehindLate();
    }
  }

  /** When a script that others wait for may be late; null if none will be. */
  @Nullable Instant nextLook() {
    return nextLook;
  }

  /** For each machine that has nothing to do, what waits elsewhere. */
  private void helpIdle() {
    for (var pool : fleet.pools) {
      var idle = pool.idle.size() - helped(pool);
      for (var waiting = fleet.waiting.iterator(); idle > 0 && waiting.hasNext(); ) {
        var batch = waiting.next();
        if (batch.rental.pool == pool.number && batch.stage.due(decisions.now()) == 0) {
          waiting.remove();
          askBack(batch);
          idle--;
        }
      }
    }
  }

  /** For so many a script is on its way back. */
  private int helped(PoolState pool) {
    return (int)
        fleet.askedBack.stream()
            .filter(batch -> batch.rental.pool == pool.number && !batch.runs())
            .count();
  }

  private void askBack(Batch batch) {
    fleet.askedBack.add(batch);
    decisions.act(new Action.Withdraw(batch.id));
  }

  private void helpBehindLate() {
    if (decisions.now().isBefore(lookAt)) {
      nextLook = fleet.waiting.isEmpty() ? null : lookAt;
      return;
    }
    lookAt = decisions.now().plus(stragglers.lookInterval());
    for (var batch : new ArrayList<>(fleet.waiting)) {
      var running = batch.rental.batches.element();
      if (running.stage.medianMillis() == 0) {
        continue;
      }
      var late = stragglers.lateAt(running);
      if (!decisions.now().isBefore(late)) {
        fleet.waiting.remove(batch);
        askBack(batch);
      } else if (nextLook == null || late.isBefore(nextLook)) {
        nextLook = late;
      }
    }
  }
}
