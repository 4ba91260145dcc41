package org.golempipeline.compare;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as they are written. One that is too long or too large to reckon with in little time is
 * no number, so is one with leading zeros: it may be a code.
 *
 * @param tolerance how far two may be apart, relative to the larger one
 */
record Numbers(BigDecimal tolerance) {
  private static final int LONGEST = 1000;
  private static final int LARGEST_EXPONENT = 10_000;
  private static final Pattern NUMBER =
      Pattern.compile(
          "[ \t]*+([+-]?(?:(?:0|[1-9][0-9]*+)(?:\\.[0-9]*+)?|\\.[0-9]++)"
              + "(?:[eE][+-]?[0-9]++)?)[ \t]*+");

  /**
   * Whether two texts are equal, or numbers that count as the same.
   *
   * @throws UncertainException if both are numbers, and too long or too large to reckon with
   */
  boolean same(String first, String second) throws UncertainException {
    if (first.equals(second)) {
      return true;
    }
    var one = parse(first);
    var other = parse(second);
    if (one != null && other != null) {
      return near(one, other);
    }
    if (one == null && other == null && isNumber(first) && isNumber(second)) {
      throw new UncertainException("numbers that are too long or too large");
    }
    return false;
  }

  private boolean near(BigDecimal one, BigDecimal other) {
    if (one.compareTo(other) == 0) {
      return true;
    }
    if (tolerance.signum() == 0) {
      return false;
    }
    // The exact difference of a large and a tiny number would have thousands of digits.
    var apart = one.subtract(other, MathContext.DECIMAL128).abs();
    var allowed = tolerance.multiply(one.abs().max(other.abs()), MathContext.DECIMAL128);
    return apart.compareTo(allowed) <= 0;
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  private static @Nullable BigDecimal parse(String text) {
    var matcher = NUMBER.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      return null;
    }
    try {
      var number = new BigDecimal(matcher.group(1));
      return Math.abs((long) number.scale()) > LARGEST_EXPONENT ? null : number;
    } catch (NumberFormatException e) {
      return null; // its exponent has too many digits
    }
  }
}
