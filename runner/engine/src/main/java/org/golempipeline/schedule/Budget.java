package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;

/**
 * Keeps a run inside its budget: before a script starts, the worst it can cost is set aside, and
 * its clock is set to what that pays for.
 */
final class Budget {
  /** A script that the budget cannot give this long is not begun. */
  private static final Duration LEAST_SCRIPT = Duration.ofMinutes(1);

  private static final Duration ENDLESS = Duration.ofDays(365);

  private final Policy policy;
  private BigDecimal closedCost = BigDecimal.ZERO;
  private BigDecimal reserved = BigDecimal.ZERO;

  /** Of all open machines together: start prices, prices of a second, and prices × when opened. */
  private BigDecimal starts = BigDecimal.ZERO;

  private BigDecimal rates = BigDecimal.ZERO;
  private BigDecimal rated = BigDecimal.ZERO;

  Budget(Policy policy) {
    this.policy = policy;
  }

  void opened(RentalState rental) {
    if (rental.rate.signum() != 0 || rental.start.signum() != 0) {
      starts = starts.add(rental.start);
      rates = rates.add(rental.rate);
      rated = rated.add(rental.rate.multiply(seconds(rental.openedAt)));
    }
  }

  /** The machine is let go: it costs nothing more. */
  void closed(RentalState rental, Instant now) {
    if (rental.rate.signum() != 0 || rental.start.signum() != 0) {
      closedCost =
          closedCost.add(rental.start).add(rental.costOf(Duration.between(rental.openedAt, now)));
      starts = starts.subtract(rental.start);
      rates = rates.subtract(rental.rate);
      rated = rated.subtract(rental.rate.multiply(seconds(rental.openedAt)));
    }
  }

  /** Sets aside what a script may cost that runs for {@code limit}. */
  BigDecimal reserve(RentalState rental, Duration limit) {
    if (rental.rate.signum() == 0) {
      return BigDecimal.ZERO;
    }
    var cost = rental.costOf(limit.plus(policy.moneyGrace()));
    reserved = reserved.add(cost);
    return cost;
  }

  void release(Batch batch) {
    if (batch.reserved.signum() != 0) {
      reserved = reserved.subtract(batch.reserved);
    }
  }

  /**
   * How long a script on {@code rental} may run so that the budget holds, whatever happens.
   * Machines that work at the same time get equal shares of what is left, unless that is too little
   * for anything.
   *
   * @param running how many scripts are on their way
   */
  Duration affordableTime(RentalState rental, int running, Instant now) {
    if (rental.rate.signum() == 0) {
      return ENDLESS;
    }
    var left = policy.budget().subtract(committed(now)).max(BigDecimal.ZERO);
    var shares = Math.max(1, policy.workers() - running);
    var time = timeFor(left.divide(BigDecimal.valueOf(shares), MathContext.DECIMAL64), rental);
    return running == 0 && time.compareTo(LEAST_SCRIPT) < 0 ? timeFor(left, rental) : time;
  }

  /** What a script must be given to be worth its price: twice what is expected. */
  static Duration needed(StageState stage, int fragments) {
    var expected = Duration.ofMillis((long) (2 * stage.typicalMillis() * fragments));
    return expected.compareTo(LEAST_SCRIPT) > 0 ? expected : LEAST_SCRIPT;
  }

  private Duration timeFor(BigDecimal money, RentalState rental) {
    var seconds =
        money
            .divide(rental.rate, MathContext.DECIMAL64)
            .min(BigDecimal.valueOf(ENDLESS.toSeconds()));
    return Duration.ofSeconds(seconds.longValue()).minus(policy.moneyGrace());
  }

  /** What everything that was rented has cost, and may still cost for what is on its way. */
  private BigDecimal committed(Instant now) {
    return closedCost.add(starts).add(rates.multiply(seconds(now)).subtract(rated)).add(reserved);
  }

  private static BigDecimal seconds(Instant at) {
    return BigDecimal.valueOf(at.toEpochMilli()).movePointLeft(3);
  }
}
