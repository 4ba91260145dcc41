package org.golempipeline.cli.market;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.golempipeline.golem.market.Relaxation;

/** Writes terms of the market as a pipeline file says them. */
final class MarketTerms {
  private static final BigDecimal MIB_OF_GIB = BigDecimal.valueOf(1024);

  /** Nobody wants to read more of a price. */
  private static final MathContext PRICE = new MathContext(4, RoundingMode.CEILING);

  private MarketTerms() {}

  /** With a value that is at least as far-reaching as the relaxation's, and short. */
  static String say(Relaxation relaxation) {
    var value = relaxation.value();
    return switch (relaxation.term()) {
      case THREADS -> "resources: { threads: " + value.toPlainString() + " }";
      case MEMORY -> "resources: { memory: " + size(value) + " }";
      case STORAGE -> "resources: { storage: " + size(value) + " }";
      case START_PRICE -> price("start", value, "GLM");
      case CPU_PRICE -> price("cpu", value, "GLM/h");
      case ENV_PRICE -> price("env", value, "GLM/h");
    };
  }

  private static String size(BigDecimal gib) {
    var mib = gib.multiply(MIB_OF_GIB).setScale(0, RoundingMode.FLOOR);
    return mib.remainder(MIB_OF_GIB).signum() == 0
        ? mib.divide(MIB_OF_GIB).toPlainString() + "GiB"
        : mib.toPlainString() + "MiB";
  }

  private static String price(String key, BigDecimal value, String unit) {
    var most = value.round(PRICE).stripTrailingZeros().toPlainString();
    return "golem: { price: { %s: %s %s } }".formatted(key, most, unit);
  }
}
