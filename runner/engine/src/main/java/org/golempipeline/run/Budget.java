package org.golempipeline.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

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

  Budget(Policy policy) {
    this.policy = policy;
  }

  /** The machine is let go: it costs nothing more. */
  void closed(RentalState rental, Instant now) {
    closedCost = closedCost.add(rental.spent(now));
  }

  /**
   * How long a script on {@code rental} may run so that the budget holds, whatever happens.
   * Machines that work at the same time get equal shares of what is left, unless that is too little
   * for anything.
   *
   * @param rentals all that are open
   * @param running how many of them work
   */
  Duration affordableTime(
      RentalState rental, Collection<RentalState> rentals, int running, Instant now) {
    if (rental.rate.signum() == 0) {
      return ENDLESS;
    }
    var left = policy.budget().subtract(committed(rentals, now)).max(BigDecimal.ZERO);
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

  private BigDecimal committed(Collection<RentalState> rentals, Instant now) {
    var sum = closedCost;
    for (var rental : rentals) {
      sum = sum.add(rental.spent(now)).add(rental.reserved);
    }
    return sum;
  }
}
