package org.golempipeline.standard;

import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.StrategyException;

/** Columns of tables by their number. */
final class Columns {
  /** The last column that can be asked for; schemas say so, but not of what a stage's value is. */
  private static final int LAST = 1_000_000;

  private Columns() {}

  /** The column that {@code option} gives, from 1. */
  static int number(Options option) throws StrategyException {
    var number = option.integer().orElseThrow();
    if (number < 1 || number > LAST) {
      throw new StrategyException(
          "There is no column %d.".formatted(number),
          "Columns are counted from 1, and up to %,d.".formatted(LAST));
    }
    return number.intValue();
  }
}
