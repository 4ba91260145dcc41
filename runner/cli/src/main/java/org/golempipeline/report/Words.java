package org.golempipeline.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;

/** Numbers in words that people read. */
public final class Words {
  private static final MathContext READ = new MathContext(6, RoundingMode.HALF_UP);

  private Words() {}

  /** {@code 1 error}, {@code 2 errors}. */
  public static String count(long number, String noun) {
    return number(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code inside the image `golem/alpine:latest`}. */
  public static String programs(RunEvent.ProgramsChosen chosen, boolean onGolem) {
    return (onGolem ? "audits on this machine run " : "")
        + (chosen.instead() == null
            ? "inside the image `%s`".formatted(chosen.image())
            : "with this machine's own programs: the image `%s` %s"
                .formatted(chosen.image(), chosen.instead()));
  }

  /** {@code 0-499,502}, not all of very many spans: about so many characters. */
  public static String spans(FragmentSet fragments, int most) {
    var text = fragments.toString();
    return text.length() <= most ? text : text.substring(0, text.lastIndexOf(',', most) + 1) + "…";
  }

  /** {@code 1,234,567}. */
  public static String number(long number) {
    var digits = new StringBuilder(Long.toString(number));
    var first = number < 0 ? 1 : 0;
    for (var comma = digits.length() - 3; comma > first; comma -= 3) {
      digits.insert(comma, ',');
    }
    return digits.toString();
  }

  /** {@code 0.4 s}, {@code 41 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
  public static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "-" + duration(duration.negated());
    }
    var seconds = duration.toSeconds();
    if (seconds < 10) {
      var tenths = (duration.toMillis() + 50) / 100;
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
    return "%d h %02d min".formatted(seconds / 3600, seconds % 3600 / 60);
  }

  /** {@code 00:41}, {@code 2:10:05}: does not change its width from second to second. */
  static String clock(Duration duration) {
    var seconds = Math.max(0, duration.toSeconds());
    var minutes = "%02d:%02d".formatted(seconds % 3600 / 60, seconds % 60);
    return seconds < 3600 ? minutes : seconds / 3600 + ":" + minutes;
  }

  /** {@code 512 B}, {@code 60.5 kB}, {@code 1.2 GB}. */
  public static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    var units = "kMGTPE";
    var value = bytes / 1000.0;
    var unit = 0;
    while (value >= 999.95 && unit < units.length() - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %sB", value, units.charAt(unit));
  }

  /** {@code 42.0 MB of 90.0 MB (46 %)}. */
  static String part(long bytes, long size) {
    return "%s of %s (%d %%)".formatted(size(bytes), size(size), bytes * 100 / Math.max(1, size));
  }

  /** {@code 0.0312 GLM}: six digits, which is more than anybody reads, and no zeros at the end. */
  public static String glm(BigDecimal amount) {
    var read = amount.round(READ).stripTrailingZeros();
    return (read.signum() == 0 ? "0" : read.toPlainString()) + " GLM";
  }

  /** As much of {@code text} as fits into {@code most} characters. */
  public static String beginning(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
  }
}
