package org.golempipeline.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Where a rented machine stands. Changed only by the scheduler. */
final class RentalState {
  enum Phase {
    REQUESTED,
    IDLE,
    BUSY,
    ENDING
  }

  final int id;
  final int pool;
  Phase phase = Phase.REQUESTED;
  String provider = "";
  Instant since;
  Instant openedAt;
  BigDecimal start = BigDecimal.ZERO;

  /** GLM for a second in which all its processors work. */
  BigDecimal rate = BigDecimal.ZERO;

  /** What is set aside for the script that runs. */
  BigDecimal reserved = BigDecimal.ZERO;

  final Set<Integer> prepared = new HashSet<>();

  RentalState(int id, int pool, Instant now) {
    this.id = id;
    this.pool = pool;
    this.since = now;
    this.openedAt = now;
  }

  BigDecimal costOf(Duration time) {
    return rate.multiply(
        BigDecimal.valueOf(time.toMillis()).movePointLeft(3), MathContext.DECIMAL64);
  }

  /** What it may have cost so far, at the most. */
  BigDecimal spent(Instant now) {
    return phase == Phase.REQUESTED
        ? BigDecimal.ZERO
        : start.add(costOf(Duration.between(openedAt, now)));
  }
}
