package org.golempipeline.document;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** What plain scalars mean in YAML 1.2, core schema. */
final class CoreScalars {
  /** Answered for {@code .inf} and {@code .nan}, and for numbers no one can mean. */
  static final Object UNUSABLE = new Object();

  private static final int MOST_DIGITS = 100;
  private static final int LARGEST_EXPONENT = 400;

  private CoreScalars() {}

  static @Nullable Object resolve(String text) {
    switch (text) {
      case "", "~", "null", "Null", "NULL":
        return null;
      case "true", "True", "TRUE":
        return Boolean.TRUE;
      case "false", "False", "FALSE":
        return Boolean.FALSE;
      case ".nan", ".NaN", ".NAN":
        return UNUSABLE;
      default:
        return number(text);
    }
  }

  private static Object number(String text) {
    var first = text.charAt(0);
    if (!(first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.')) {
      return text;
    }
    var unsigned = first == '-' || first == '+' ? text.substring(1) : text;
    if (unsigned.equals(".inf") || unsigned.equals(".Inf") || unsigned.equals(".INF")) {
      return UNUSABLE;
    }
    if (text.startsWith("0o") && allDigits(text, 2, 8)) {
      return radix(text, 8);
    }
    if (text.startsWith("0x") && allDigits(text, 2, 16)) {
      return radix(text, 16);
    }
    return isDecimal(unsigned) ? decimal(text) : text;
  }

  private static Object radix(String text, int radix) {
    return text.length() > MOST_DIGITS
        ? UNUSABLE
        : new BigDecimal(new BigInteger(text.substring(2), radix));
  }

  private static Object decimal(String text) {
    if (text.length() > MOST_DIGITS) {
      return UNUSABLE;
    }
    try {
      var value = new BigDecimal(text);
      return Math.abs((long) value.scale()) > LARGEST_EXPONENT ? UNUSABLE : value;
    } catch (NumberFormatException e) {
      return UNUSABLE;
    }
  }

  /** Whether it is {@code (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?}. */
  private static boolean isDecimal(String text) {
    var at = digits(text, 0);
    var whole = at;
    if (at < text.length() && text.charAt(at) == '.') {
      var end = digits(text, at + 1);
      if (whole == 0 && end == at + 1) {
        return false;
      }
      at = end;
    } else if (whole == 0) {
      return false;
    }
    if (at == text.length()) {
      return true;
    }
    if (text.charAt(at) != 'e' && text.charAt(at) != 'E') {
      return false;
    }
    at++;
    if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    return at < text.length() && digits(text, at) == text.length();
  }

  private static int digits(String text, int from) {
    var at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static boolean allDigits(String text, int from, int radix) {
    for (var i = from; i < text.length(); i++) {
      if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), radix) < 0) {
        return false;
      }
    }
    return text.length() > from;
  }
}
