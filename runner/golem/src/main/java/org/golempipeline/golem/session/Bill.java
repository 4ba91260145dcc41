package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of what a provider may ask for: agreed coefficients times usage, and no more usage
 * than our own clock allows. Pure.
 */
final class Bill {
  /** By how much a provider's clock may begin earlier and end later than ours. */
  private static final BigDecimal SLACK_SECONDS = BigDecimal.valueOf(5);

  /** How old a statement of usage may be when it reaches us. */
  private static final BigDecimal STALE_SECONDS = BigDecimal.valueOf(2);

  private static final BigDecimal SLACK_FACTOR = new BigDecimal("1.01");
  private static final BigDecimal ROUNDING = new BigDecimal("1e-15");
  private static final BigDecimal RELATIVE_ROUNDING = new BigDecimal("1e-9");

  private final Offered terms;

  Bill(Offered terms) {
    this.terms = terms;
  }

  /**
   * Why a debit note is not accepted, or null if it is right.
   *
   * @param usage as the note states it
   * @param wall since we asked for the activity
   */
  @Nullable String objection(BigDecimal amount, @Nullable List<Double> usage, Duration wall) {
    if (amount.signum() < 0) {
      return "the amount " + amount.toPlainString() + " is negative";
    }
    if (usage == null || usage.size() != terms.counters().size()) {
      return "it states "
          + (usage == null ? 0 : usage.size())
          + " counters instead of "
          + terms.counters().size();
    }
    List<BigDecimal> most = most(wall, SLACK_SECONDS);
    List<BigDecimal> counted = new ArrayList<>();
    for (int i = 0; i < usage.size(); i++) {
      double value = usage.get(i);
      if (!Double.isFinite(value) || value < 0) {
        return terms.counters().get(i) + " is " + value;
      }
      BigDecimal exact = BigDecimal.valueOf(value);
      if (terms.coefficients().get(i).signum() != 0 && exact.compareTo(most.get(i)) > 0) {
        return terms.counters().get(i)
            + " is "
            + value
            + ", but cannot be more than "
            + round(most.get(i))
            + " after "
            + seconds(wall)
            + " s";
      }
      counted.add(exact);
    }
    return aboveCost(amount, cost(counted), formula(counted));
  }

  /**
   * Why an invoice is not accepted, or null if it is not too high.
   *
   * @param limits what each activity may have cost at most
   */
  static @Nullable String invoiceObjection(BigDecimal amount, List<BigDecimal> limits) {
    if (amount.signum() < 0) {
      return "the amount " + amount.toPlainString() + " is negative";
    }
    BigDecimal limit = limits.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    String sum =
        limits.isEmpty()
            ? "no activity was started"
            : limits.stream().map(Bill::round).collect(Collectors.joining(" + "));
    return aboveCost(amount, limit, sum);
  }

  /**
   * What an activity may have cost at most.
   *
   * @param wall how long it lived by our clock
   * @param usage the last we were told, null if nothing
   * @param unseen how long it lived after that; null if the usage was its last word
   */
  BigDecimal limit(Duration wall, @Nullable List<Double> usage, @Nullable Duration unseen) {
    List<BigDecimal> most = most(wall, SLACK_SECONDS);
    if (usage != null && usage.size() == most.size()) {
      List<BigDecimal> growth = unseen == null ? null : most(unseen, STALE_SECONDS);
      for (int i = 0; i < most.size(); i++) {
        double value = usage.get(i);
        if (Double.isFinite(value) && value >= 0) {
          BigDecimal grown = growth == null ? BigDecimal.ZERO : growth.get(i);
          most.set(i, most.get(i).min(BigDecimal.valueOf(value).add(grown)));
        }
      }
    }
    return cost(most);
  }

  /** The most that each counter can be after {@code wall}. */
  private List<BigDecimal> most(Duration wall, BigDecimal slack) {
    BigDecimal seconds = seconds(wall).multiply(SLACK_FACTOR).add(slack);
    List<BigDecimal> most = new ArrayList<>();
    for (String counter : terms.counters()) {
      if (counter.equals(PropertyNames.USAGE_CPU)) {
        most.add(seconds.multiply(BigDecimal.valueOf(terms.provider().threads())));
      } else {
        most.add(counter.equals(PropertyNames.USAGE_DURATION) ? seconds : BigDecimal.ZERO);
      }
    }
    return most;
  }

  private BigDecimal cost(List<BigDecimal> usage) {
    BigDecimal cost = terms.pricing().start();
    for (int i = 0; i < usage.size(); i++) {
      cost = cost.add(terms.coefficients().get(i).multiply(usage.get(i)));
    }
    return cost;
  }

  private String formula(List<BigDecimal> usage) {
    StringBuilder text = new StringBuilder(terms.pricing().start().toPlainString());
    for (int i = 0; i < usage.size(); i++) {
      text.append(" + ").append(terms.coefficients().get(i).toPlainString());
      text.append(" × ").append(usage.get(i).toPlainString());
    }
    return text.toString();
  }

  private static @Nullable String aboveCost(BigDecimal amount, BigDecimal cost, String formula) {
    BigDecimal tolerated = cost.add(ROUNDING).add(cost.multiply(RELATIVE_ROUNDING));
    return amount.compareTo(tolerated) <= 0
        ? null
        : amount.toPlainString() + " GLM is more than " + round(cost) + " = " + formula;
  }

  private static BigDecimal seconds(Duration wall) {
    return BigDecimal.valueOf(wall.toMillis(), 3);
  }

  private static String round(BigDecimal value) {
    return value.round(new MathContext(6)).toPlainString();
  }
}
