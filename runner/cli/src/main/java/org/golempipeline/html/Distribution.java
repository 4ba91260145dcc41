package org.golempipeline.html;

import java.time.Duration;

/** Durations by their size, in spans that grow by a twelfth of an octave: six percent. */
final class Distribution {
  private static final int PER_OCTAVE = 12;
  private static final int SPANS = 40 * PER_OCTAVE;

  private final long[] counts = new long[SPANS];
  private long number;
  private double shortest = Double.MAX_VALUE;
  private double longest;

  /** {@code count} things that took so many milliseconds each. */
  void add(double milliseconds, long count) {
    counts[span(milliseconds)] += count;
    number += count;
    shortest = Math.min(shortest, milliseconds);
    longest = Math.max(longest, milliseconds);
  }

  private static int span(double milliseconds) {
    var octaves = Math.log(Math.max(1, milliseconds)) / Math.log(2);
    return Math.min(SPANS - 1, (int) (octaves * PER_OCTAVE));
  }

  long number() {
    return number;
  }

  Duration shortest() {
    return duration(shortest);
  }

  Duration longest() {
    return duration(longest);
  }

  /** What the given share of all did not exceed, to a few percent. */
  Duration quantile(double share) {
    var wanted = Math.max(1, (long) Math.ceil(share * number));
    var seen = 0L;
    for (var span = 0; span < SPANS; span++) {
      seen += counts[span];
      if (seen >= wanted) {
        var middle = Math.pow(2, (span + 0.5) / PER_OCTAVE);
        return duration(Math.max(shortest, Math.min(longest, middle)));
      }
    }
    return longest();
  }

  /** Counts from the shortest to the longest in at most {@code most} spans of equal ratio. */
  long[] bars(int most) {
    if (number == 0) {
      return new long[0];
    }
    var first = span(shortest);
    var length = span(longest) - first + 1;
    var together = (length + most - 1) / most;
    var bars = new long[(length + together - 1) / together];
    for (var i = 0; i < length; i++) {
      bars[i / together] += counts[first + i];
    }
    return bars;
  }

  private static Duration duration(double milliseconds) {
    return Duration.ofNanos((long) (milliseconds * 1e6));
  }
}
