package org.golempipeline.spec;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What a share of something is, exactly: `29%` of 100 is 29, which no binary fraction comes to. */
final class Shares {
  private Shares() {}

  /** The whole part of {@code share} of {@code total}. */
  static long of(BigDecimal share, long total) {
    return wholePart(share.multiply(BigDecimal.valueOf(total)));
  }

  /** The same of something that was measured. */
  static long of(BigDecimal share, double measured) {
    return wholePart(share.multiply(BigDecimal.valueOf(measured)));
  }

  /** Whether {@code part} is at least {@code share} of {@code total}. */
  static boolean isReached(BigDecimal share, long part, long total) {
    return BigDecimal.valueOf(part).compareTo(share.multiply(BigDecimal.valueOf(total))) >= 0;
  }

  private static long wholePart(BigDecimal number) {
    return number.setScale(0, RoundingMode.DOWN).longValueExact();
  }
}
