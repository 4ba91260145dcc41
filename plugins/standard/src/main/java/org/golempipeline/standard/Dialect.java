package org.golempipeline.standard;

import java.util.function.Supplier;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The delimiter of tables that belong together: named by the user, or guessed from the first row of
 * the first of them, and then held against the rows that follow.
 */
final class Dialect {
  private final boolean guessed;
  private @Nullable Delimiter delimiter;

  /** Columns of the first row, by each delimiter. */
  private final int[] columns = new int[Delimiter.values().length];

  /**
   * @param delimiter null to guess it
   */
  Dialect(@Nullable Delimiter delimiter) {
    this.delimiter = delimiter;
    this.guessed = delimiter == null;
  }

  /** The delimiter; null while nothing was read. */
  @Nullable Delimiter delimiter() {
    return delimiter;
  }

  /** The delimiter, guessed from {@code line} if nothing was read before. */
  Delimiter delimiter(String line, Supplier<String> where) throws StrategyException {
    if (delimiter == null) {
      if (Delimiter.isNote(line)) {
        throw new StrategyException(
            "%s is `%s`, which tells a spreadsheet the delimiter and is no row."
                .formatted(where.get(), line),
            "Remove the line.");
      }
      delimiter = Delimiter.of(line);
      for (var each : Delimiter.values()) {
        columns[each.ordinal()] = each.columns(line);
      }
    }
    return delimiter;
  }

  /**
   * Refuses a row that has another number of columns than the first, and the same by another
   * delimiter.
   */
  void check(int count, String line, Supplier<String> where) throws StrategyException {
    if (!guessed || delimiter == null || count == columns[delimiter.ordinal()]) {
      return;
    }
    for (var other : Delimiter.values()) {
      var same = columns[other.ordinal()];
      if (other != delimiter && same > 1 && same == other.columns(line)) {
        throw new StrategyException(
            "%s has %s between %s, but %,d between %s, as many as the first row."
                .formatted(
                    where.get(),
                    Words.count(count, "column"),
                    delimiter.shown(),
                    same,
                    other.shown()),
            "Set `delimiter` to what stands between the columns: without it, the first row tells.");
      }
    }
  }
}
