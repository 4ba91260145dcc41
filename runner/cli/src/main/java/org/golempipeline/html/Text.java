package org.golempipeline.html;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import org.golempipeline.report.Words;

/** Words and numbers as the page has them. */
final class Text {
  private static final MathContext SIX_DIGITS = new MathContext(6, RoundingMode.HALF_UP);

  private Text() {}

  /** {@code 312 ms}, then as elsewhere. */
  static String time(long milliseconds) {
    return milliseconds > 0 && milliseconds < 1000
        ? milliseconds + " ms"
        : Words.duration(Duration.ofMillis(milliseconds));
  }

  static String time(Duration duration) {
    var micros = duration.toNanos() / 1000;
    return micros < 10_000 && micros > 0
        ? String.format(Locale.ROOT, "%.1f ms", micros / 1000.0)
        : time(duration.toMillis());
  }

  /** {@code 37 %}, and never 0 or 100 if it is not. */
  static String share(double part, double whole) {
    if (whole <= 0 || part <= 0) {
      return "0 %";
    }
    var percent = Math.round(100 * part / whole);
    if (percent == 0) {
      return "under 1 %";
    }
    return percent == 100 && part < whole ? "over 99 %" : percent + " %";
  }

  /** An amount of GLM to six digits: {@code 0.0182255}. */
  static String about(BigDecimal amount) {
    var rounded = amount.round(SIX_DIGITS).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /** A number for the attribute of a drawing. */
  static String number(double value) {
    var text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceAll("\\.?0+$", "");
  }

  static String shortId(String id) {
    return id.length() <= 14 ? id : id.substring(0, id.offsetByCodePoints(0, 10)) + "…";
  }
}
