package org.golempipeline.spec;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a fragment is tried and when the run gives up.
 *
 * @param attempts in all, the first included
 * @param backoff before the second attempt; doubled for each one after it
 * @param failCount failed fragments that are tolerated, if set as a number
 * @param failShare failed fragments that are tolerated as a share of the stage, 0 to 1, if set so
 * @param keepGoing whether any number of failed fragments is tolerated
 */
public record Retry(
    int attempts,
    Duration backoff,
    @Nullable Integer failCount,
    @Nullable BigDecimal failShare,
    boolean keepGoing) {
  /** Three attempts, one second, no failures tolerated. */
  public static final Retry DEFAULT = new Retry(3, Duration.ofSeconds(1), null, null, false);

  /** How many of so many fragments may fail before the run stops. */
  public int tolerated(int fragments) {
    if (keepGoing) {
      return fragments;
    }
    if (failCount != null) {
      return failCount;
    }
    return failShare == null ? 0 : (int) Shares.of(failShare, fragments);
  }
}
