package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Where a rented machine stands. Changed only by those who decide. */
final class RentalState {
  enum Phase {
    REQUESTED,
    IDLE,
    BUSY,
    ENDING
  }

  final int id;
  final int pool;

  /** It is this machine. */
  final boolean local;

  Phase phase = Phase.REQUESTED;
  String provider = "";
  String wallet = "";
  Instant openedAt;
  Instant idleSince;

  /** Its prices are known. */
  boolean opened;

  /** The provider ended it. */
  boolean lost;

  /** When what it was given must have ended. */
  Instant keptUntil;

  /** What it can cost at the most. */
  BigDecimal committed = BigDecimal.ZERO;

  BigDecimal start = BigDecimal.ZERO;

  /** GLM for a second in which as many of its threads work as were asked for. */
  BigDecimal rate = BigDecimal.ZERO;

  /** The same if all do that it has. */
  BigDecimal fullRate = BigDecimal.ZERO;

  String agreement = "";

  /** What it may cost for the least that is worth it; it is not answered if it costs more. */
  BigDecimal most = BigDecimal.ZERO;

  /** The script that runs, and the one that is prepared for when it ends. */
  final Deque<Batch> batches = new ArrayDeque<>();

  /** Stages whose shared files are there. */
  final Set<Integer> prepared = new HashSet<>();

  RentalState(int id, int pool, boolean local, Instant now) {
    this.id = id;
    this.pool = pool;
    this.local = local;
    this.openedAt = now;
    this.idleSince = now;
    this.keptUntil = now;
  }

  /** It costs nothing. */
  boolean free() {
    return rate.signum() == 0 && start.signum() == 0;
  }

  BigDecimal costOf(Duration time) {
    return rate.multiply(
        BigDecimal.valueOf(time.toMillis()).movePointLeft(3), MathContext.DECIMAL64);
  }
}
