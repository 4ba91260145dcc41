package org.golempipeline.cli.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast this machine sends.
 *
 * @param text as somebody wrote it
 * @param bits a second
 */
record Uplink(String text, BigDecimal bits) {
  private static final Pattern RATE =
      Pattern.compile("(?<number>\\d{1,9}(\\.\\d{1,3})?) ?(?<unit>[kMG]bit)(/s)?");

  /** The time that {@code bytes} take, to the second. */
  Duration time(BigDecimal bytes) {
    var seconds = bytes.multiply(BigDecimal.valueOf(8)).divide(bits, 0, RoundingMode.CEILING);
    return Duration.ofSeconds(seconds.longValue());
  }

  /** Reads {@code 20Mbit}. */
  static final class Converter implements ITypeConverter<Uplink> {
    @Override
    public Uplink convert(String value) {
      var rate = RATE.matcher(value);
      if (rate.matches()) {
        var zeros = 3 * (1 + "kMG".indexOf(rate.group("unit").charAt(0)));
        var bits = new BigDecimal(rate.group("number")).movePointRight(zeros);
        if (bits.signum() > 0) {
          return new Uplink(value, bits);
        }
      }
      throw new TypeConversionException("`%s` is no rate such as 20Mbit".formatted(value));
    }
  }
}
