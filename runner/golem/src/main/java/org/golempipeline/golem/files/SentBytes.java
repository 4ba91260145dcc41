package org.golempipeline.golem.files;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How much providers fetched through this machine's line, and while how much time at least one of
 * them did: what the line carried. A first part of a file says nothing of that, since nobody waited
 * for it. Safe for any thread.
 */
public final class SentBytes {
  /** Who pauses for longer is not kept waiting by the line. */
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

  private long bytes;
  private long nanos;

  /** Until when {@link #nanos} counts, if it does. */
  private long covered;

  /**
   * Somebody came back for a further part of a file.
   *
   * @param before when that file was asked for last, on {@link System#nanoTime}
   * @param now when it was asked for this time
   */
  synchronized void fetched(int size, long before, long now) {
    if (now - before <= LONGEST_PAUSE) {
      nanos += bytes == 0 ? now - before : Math.max(0, now - Math.max(before, covered));
      covered = bytes == 0 ? now : Math.max(covered, now);
      bytes += size;
    }
  }

  public synchronized long bytes() {
    return bytes;
  }

  public synchronized Duration time() {
    return Duration.ofNanos(nanos);
  }
}
