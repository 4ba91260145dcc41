package org.golempipeline.media;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Times as {@code ffmpeg} writes them, in seconds; here they are whole microseconds. */
final class Seconds {
  /** Microseconds in a second. */
  static final long ONE = 1_000_000;

  private static final int DIGITS = 6;

  private Seconds() {}

  /** Microseconds from decimal seconds. */
  static long parse(String seconds) {
    return of(new BigDecimal(seconds));
  }

  /** Microseconds from decimal seconds. */
  static long of(BigDecimal seconds) {
    return seconds.setScale(DIGITS, RoundingMode.HALF_UP).movePointRight(DIGITS).longValueExact();
  }

  /** Decimal seconds without needless zeros. */
  static String text(long microseconds) {
    var decimal = BigDecimal.valueOf(microseconds, DIGITS).stripTrailingZeros();
    return decimal.signum() == 0 ? "0" : decimal.toPlainString();
  }
}
