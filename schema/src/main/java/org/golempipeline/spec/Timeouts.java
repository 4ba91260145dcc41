package org.golempipeline.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long each part of the work may take: five clocks, so that a slow download is never taken for
 * a slow program.
 *
 * @param negotiate from asking the market for a provider to an approved agreement
 * @param deploy from there to a started image
 * @param transfer one archive in or out
 * @param run one fragment's command
 * @param runShare instead of {@code run}, once enough is known: a multiple of the median so far
 * @param idle without any sign of life while a transfer or script goes on
 */
public record Timeouts(
    Duration negotiate,
    Duration deploy,
    Duration transfer,
    Duration run,
    @Nullable BigDecimal runShare,
    Duration idle) {
  /** What holds when a stage says nothing. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          null,
          Duration.ofMinutes(5));

  /** How long a command may run where {@code runShare} is set and the median is known. */
  public Duration run(double medianMillis) {
    return Duration.ofMillis(Shares.of(Objects.requireNonNull(runShare), medianMillis));
  }

  /** A duration as pipeline files write it. */
  public static String say(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return time.toMillis() + "ms";
    }
    var seconds = time.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
