package org.golempipeline.rehearse;

import java.math.BigDecimal;
import java.time.Duration;
import org.golempipeline.event.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What one of the two runs came to.
 *
 * @param failure why it did not complete, null if it did
 * @param fragments of all stages that were split
 * @param attempts how often a fragment was sent somewhere
 * @param lost scripts of which nothing came back
 * @param took until the result was there
 * @param settled until everything was let go and paid as well
 * @param work time that providers spent on scripts
 * @param unused the part of it whose outcome was not used
 * @param cost at the providers' prices, in GLM
 * @param unusedCost the part of it for work that was not used
 * @param paid what was accepted of the providers' bills, in GLM
 * @param refused bills that did not add up
 */
public record RunFigures(
    @Nullable Failure failure,
    int exitCode,
    int fragments,
    int done,
    int failed,
    int attempts,
    int scripts,
    int lost,
    Duration took,
    Duration settled,
    Duration work,
    Duration unused,
    BigDecimal cost,
    BigDecimal unusedCost,
    BigDecimal paid,
    int refused) {

  public boolean finished() {
    return failure == null;
  }

  /** Of the time that was worked, 0 to 1. */
  public double unusedShare() {
    return work.isZero() ? 0 : (double) unused.toNanos() / work.toNanos();
  }

  /** How often a fragment was tried on average. */
  public double attemptsEach() {
    return fragments == 0 ? 0 : (double) attempts / fragments;
  }
}
