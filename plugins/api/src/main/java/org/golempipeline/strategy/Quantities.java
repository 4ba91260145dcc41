package org.golempipeline.strategy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers with units, as pipeline files write them. */
public final class Quantities {
  /** What a size looks like. */
  public static final String SIZE_PATTERN =
      "^[0-9]+(\\.[0-9]+)?\\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$";

  /** What a duration looks like. */
  public static final String DURATION_PATTERN = "^[0-9]+(\\.[0-9]+)?\\s*(ms|s|m|h|d)$";

  private static final Pattern PARTS = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]+)");

  private static final Map<String, Long> SIZES =
      Map.of(
          "B", 1L,
          "kB", 1_000L,
          "KB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30,
          "TiB", 1L << 40);

  private static final Map<String, Long> MILLISECONDS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Quantities() {}

  /** A size such as {@code 64MiB} or {@code 1.5 GB}, in bytes. */
  public static long bytes(String text) {
    return parse(text, SIZES, "a size");
  }

  /** A duration such as {@code 90s}, {@code 10m} or {@code 1.5h}. */
  public static Duration duration(String text) {
    return Duration.ofMillis(parse(text, MILLISECONDS, "a duration"));
  }

  private static long parse(String text, Map<String, Long> units, String what) {
    var matcher = PARTS.matcher(text.strip());
    if (matcher.matches()) {
      var unit = units.get(matcher.group(2));
      if (unit != null) {
        try {
          return new BigDecimal(matcher.group(1))
              .multiply(BigDecimal.valueOf(unit))
              .setScale(0, java.math.RoundingMode.DOWN)
              .longValueExact();
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException(text + " is too large for " + what, e);
        }
      }
    }
    throw new IllegalArgumentException(text + " is not " + what);
  }
}
