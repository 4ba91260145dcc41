package org.golempipeline.standard;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Exact numbers out of text that strangers wrote. */
final class Decimals {
  private static final int LONGEST = 1000;

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][-+]?\\d++)?");

  private Decimals() {}

  /** The number {@code text} is; null if it is none, or one with more than a thousand digits. */
  static @Nullable BigDecimal parse(String text) {
    var small = small(text);
    if (small != null) {
      return small;
    }
    if (text.length() > LONGEST) {
      return null;
    }
    try {
      var number = new BigDecimal(text);
      return Math.abs((long) number.scale()) > LONGEST ? null : number;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether {@code text}, which was not parsed, is a number all the same. */
  static boolean isTooLong(String text) {
    return NUMBER.matcher(text).matches();
  }

  private static @Nullable BigDecimal small(String text) {
    var length = text.length();
    if (length == 0 || length > 18) {
      return null;
    }
    var value = 0L;
    for (var i = 0; i < length; i++) {
      var digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      value = 10 * value + digit;
    }
    return BigDecimal.valueOf(value);
  }
}
