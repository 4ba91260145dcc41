package org.golempipeline.html;

import java.util.Arrays;

/**
 * An amount that only grows, at the moments when it grew. However often that is, a bounded number
 * of moments is kept: every other one goes when they are too many.
 */
final class Curve {
  static final int MOST = 400;

  private final long[] moments = new long[MOST];
  private final double[] amounts = new double[MOST];
  private int size;
  private double last;

  /** It is so much since this millisecond; less than before is the same. */
  void add(long moment, double amount) {
    if (amount <= last) {
      return;
    }
    last = amount;
    if (size == MOST) {
      for (var i = 0; i < MOST / 2; i++) {
        moments[i] = moments[2 * i + 1];
        amounts[i] = amounts[2 * i + 1];
      }
      size = MOST / 2;
    }
    moments[size] = moment;
    amounts[size++] = amount;
  }

  long[] moments() {
    return Arrays.copyOf(moments, size);
  }

  double[] amounts() {
    return Arrays.copyOf(amounts, size);
  }
}
