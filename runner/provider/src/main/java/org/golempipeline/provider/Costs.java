package org.golempipeline.provider;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/** What usage costs by the prices of an agreement: exact decimals, as requestors reckon it. */
final class Costs {
  private static final int DECIMALS = 18;

  /** What a double is worth. */
  private static final MathContext DIGITS = new MathContext(16, RoundingMode.HALF_UP);

  private final List<BigDecimal> coefficients;

  private Costs(List<BigDecimal> coefficients) {
    this.coefficients = coefficients;
  }

  /**
   * @param offer the agreed offer's properties
   */
  static Costs of(Map<String, Object> offer) {
    return new Costs(
        offer.get(PropertyNames.COEFFICIENTS) instanceof List<?> prices
            ? prices.stream().map(Costs::decimal).toList()
            : List.of());
  }

  /** The cost of an activity that used so much; counters beyond the prices are free. */
  BigDecimal of(List<Double> usage) {
    if (coefficients.isEmpty()) {
      return BigDecimal.ZERO;
    }
    int counters = coefficients.size() - 1;
    BigDecimal sum = coefficients.get(counters);
    for (int i = 0; i < Math.min(counters, usage.size()); i++) {
      sum = sum.add(coefficients.get(i).multiply(decimal(usage.get(i))));
    }
    return plain(sum);
  }

  static BigDecimal plain(BigDecimal amount) {
    BigDecimal rounded = amount.setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
  }

  private static BigDecimal decimal(@Nullable Object number) {
    return number instanceof Number value
        ? BigDecimal.valueOf(value.doubleValue()).round(DIGITS)
        : BigDecimal.ZERO;
  }
}
