package org.golempipeline.image;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How fast this machine sends.
 *
 * @param bits a second
 * @param text what is known of it and how, to be read behind "at"
 */
public record Uplink(BigDecimal bits, String text) {
  /** Where nothing is known. */
  public static final Uplink USUAL =
      new Uplink(BigDecimal.valueOf(20_000_000), "20 Mbit/s, as many lines at home send");

  /** Less says more of the way to a provider than of the line. */
  private static final long TELLING = 8_000_000;

  private static final BigDecimal BITS = BigDecimal.valueOf(8);
  private static final Pattern RATE =
      Pattern.compile("(?<number>\\d{1,9}(\\.\\d{1,3})?) ?(?<unit>[kMG]bit)(/s)?");

  /** Reads {@code 20Mbit}; empty if it is no rate. */
  public static Optional<Uplink> parse(String rate) {
    var parts = RATE.matcher(rate);
    if (!parts.matches()) {
      return Optional.empty();
    }
    var zeros = 3 * (1 + "kMG".indexOf(parts.group("unit").charAt(0)));
    var bits = new BigDecimal(parts.group("number")).movePointRight(zeros);
    return bits.signum() > 0 ? Optional.of(new Uplink(bits, rate)) : Optional.empty();
  }

  /** What a run that ended {@code at} showed; empty if that was too little to tell anything. */
  public static Optional<Uplink> shown(long bytes, Duration time, Instant at) {
    if (bytes < TELLING || time.toMillis() == 0) {
      return Optional.empty();
    }
    var rate =
        BigDecimal.valueOf(bytes)
            .multiply(BITS)
            .movePointRight(3)
            .divide(BigDecimal.valueOf(time.toMillis()), new MathContext(2, RoundingMode.DOWN));
    var day = at.atZone(ZoneOffset.UTC).toLocalDate();
    var megabits = rate.movePointLeft(6).stripTrailingZeros().toPlainString();
    var words = megabits + " Mbit/s, as in the run of " + day;
    return Optional.of(new Uplink(rate, words));
  }

  /** The time that {@code bytes} take, to the second. */
  public Duration time(BigDecimal bytes) {
    var seconds = bytes.multiply(BITS).divide(bits, 0, RoundingMode.CEILING);
    return Duration.ofSeconds(seconds.longValue());
  }
}
