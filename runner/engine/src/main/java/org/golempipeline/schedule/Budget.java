package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;

/**
 * Keeps a run inside its budget: whatever is rented counts with the worst it can cost until it is
 * let go, and the clock of a script is set to what is left.
 */
final class Budget {
  private static final Duration ENDLESS = Duration.ofDays(365);

  private final Policy policy;

  /** What everything that was rented has cost, or can cost at the most. */
  private BigDecimal committed = BigDecimal.ZERO;

  /** What the machine that was opened last can cost before it has done anything. */
  private BigDecimal lastIdle = BigDecimal.ZERO;

  /** What a short script on it costs. */
  private BigDecimal lastLeast = BigDecimal.ZERO;

  Budget(Policy policy) {
    this.policy = policy;
  }

  /**
   * A machine is asked for, and what it may cost before it is heard of is set aside.
   *
   * @return the most it may ask for its start
   */
  BigDecimal requested(RentalState rental, boolean first) {
    // Who comes first may need all; while nobody knows what machines cost, others get their share.
    rental.most =
        first || lastLeast.signum() > 0
            ? left().max(BigDecimal.ZERO)
            : share(left(), policy.workers());
    var mostStart = share(left(), first ? 2 : 2 * policy.workers());
    set(rental, mostStart.max(lastIdle));
    return mostStart;
  }

  /** Whether what it may cost is known to be too little by now. */
  boolean isUnderpriced(RentalState rental) {
    return rental.most.compareTo(lastLeast) < 0;
  }

  /**
   * It says what it has cost until now. If that is more than was reckoned, more of its threads work
   * than were asked for, and all of them may.
   */
  void billed(RentalState rental, BigDecimal total, Instant now) {
    var longest = Duration.between(rental.openedAt, now).plus(policy.moneyGrace());
    if (total.compareTo(rental.start.add(rental.costOf(longest))) > 0
        && rental.rate.compareTo(rental.fullRate) < 0) {
      rental.rate = rental.fullRate;
      keptUntil(rental, rental.keptUntil);
    }
  }

  /**
   * It is open, and idle.
   *
   * @return whether it is dearer than the last one
   */
  boolean opened(RentalState rental) {
    keptUntil(rental, rental.openedAt.plus(policy.idleRelease()));
    lastIdle = rental.committed;
    var before = lastLeast;
    lastLeast = rental.start.add(rental.costOf(policy.leastTime()));
    return lastLeast.compareTo(before) > 0;
  }

  /** It is not let go before {@code until}, unless by itself. */
  void keptUntil(RentalState rental, Instant until) {
    if (rental.free()) {
      set(rental, BigDecimal.ZERO);
      return;
    }
    rental.keptUntil = until;
    var longest = Duration.between(rental.openedAt, until).plus(policy.moneyGrace());
    set(rental, rental.start.add(rental.costOf(longest)));
  }

  /** The machine is let go: it costs nothing more. */
  void closed(RentalState rental, Instant now) {
    var cost =
        rental.opened
            ? rental.start.add(rental.costOf(Duration.between(rental.openedAt, now)))
            : BigDecimal.ZERO;
    set(rental, cost);
  }

  private void set(RentalState rental, BigDecimal cost) {
    committed = committed.subtract(rental.committed).add(cost);
    rental.committed = cost;
  }

  boolean passed() {
    return left().signum() < 0;
  }

  /**
   * How long the next script on {@code rental} may take so that the budget holds, whatever happens.
   *
   * @param shares among so many machines what is left is shared
   */
  Duration affordableTime(RentalState rental, int shares, Instant now) {
    if (rental.rate.signum() == 0) {
      return ENDLESS;
    }
    var left = left();
    if (rental.batches.isEmpty()) {
      left = left.add(rental.costOf(Duration.between(now, rental.keptUntil)));
    }
    var seconds =
        share(left, shares)
            .divide(rental.rate, MathContext.DECIMAL64)
            .min(BigDecimal.valueOf(ENDLESS.toSeconds()));
    return Duration.ofSeconds(seconds.longValue());
  }

  /** How many machines like the last one what is left pays for. */
  int feedsMore() {
    return lastLeast.signum() == 0
        ? policy.workers()
        : left()
            .max(BigDecimal.ZERO)
            .divideToIntegralValue(lastLeast)
            .min(BigDecimal.valueOf(policy.workers()))
            .intValue();
  }

  /** Whether a machine like the last one could be paid for a script. */
  boolean paysForAnother() {
    return left().compareTo(lastLeast) >= 0;
  }

  /** What a script must be given to be worth its price: twice what is expected. */
  static Duration needed(StageState stage, int fragments) {
    var expected = Duration.ofMillis((long) (2 * stage.typicalMillis() * fragments));
    return expected.compareTo(Policy.LEAST_SCRIPT) > 0 ? expected : Policy.LEAST_SCRIPT;
  }

  boolean hasMoreThan(BigDecimal amount) {
    return left().compareTo(amount) > 0;
  }

  private BigDecimal left() {
    return policy.budget().subtract(committed);
  }

  private static BigDecimal share(BigDecimal left, int shares) {
    return left.max(BigDecimal.ZERO)
        .divide(BigDecimal.valueOf(Math.max(1, shares)), MathContext.DECIMAL64);
  }
}
