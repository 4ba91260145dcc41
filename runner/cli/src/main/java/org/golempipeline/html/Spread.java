package org.golempipeline.html;

import java.util.Arrays;

/**
 * How much of something there was in each of a bounded number of equal spans of time. However long
 * it goes on the number stays: when time runs out the spans double.
 */
final class Spread {
  static final int SPANS = 240;

  private long[] sums = new long[SPANS];
  private int shift;

  Spread() {}

  /** The same, to go on on its own. */
  Spread(Spread other) {
    sums = other.sums.clone();
    shift = other.shift;
  }

  /** Something that lasted from one millisecond to before another. */
  void add(long from, long end) {
    if (end <= from) {
      return;
    }
    coarsen(end - 1);
    for (var span = (int) (from >> shift); span <= (end - 1) >> shift; span++) {
      var begin = (long) span << shift;
      sums[span] += Math.min(end, begin + (1L << shift)) - Math.max(from, begin);
    }
  }

  /** Makes the spans so long that {@code millisecond} is in one of them. */
  void coarsen(long millisecond) {
    while (millisecond >> shift >= SPANS) {
      var halved = new long[SPANS];
      for (var i = 0; i < SPANS; i++) {
        halved[i / 2] += sums[i];
      }
      sums = halved;
      shift++;
    }
  }

  void addAll(Spread other) {
    var end = other.spanMilliseconds() * SPANS;
    coarsen(end - 1);
    for (var i = 0; i < SPANS; i++) {
      sums[(int) (i * other.spanMilliseconds() >> shift)] += other.sums[i];
    }
  }

  long spanMilliseconds() {
    return 1L << shift;
  }

  /** How many there were on average in each span. */
  double[] averages() {
    return Arrays.stream(sums).mapToDouble(sum -> sum / (double) spanMilliseconds()).toArray();
  }
}
