package org.golempipeline.diagnostic;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of a source, counted for people: lines and columns (Unicode code points) from 1; the
 * end is the column after the last character.
 *
 * @param other the source, where that is not the one at hand: a file that it includes
 */
public record Range(int line, int column, int endLine, int endColumn, @Nullable Source other) {
  /** Where a whole file is meant. */
  public static final Range START = new Range(1, 1, 1, 1);

  /** In the source at hand. */
  public Range(int line, int column, int endLine, int endColumn) {
    this(line, column, endLine, endColumn, null);
  }

  /** The text it is a stretch of, for a reader who has {@code atHand}. */
  public Source in(Source atHand) {
    return other == null ? atHand : other;
  }

  /** Another stretch of the same text. */
  public Range to(int newLine, int newColumn, int newEndLine, int newEndColumn) {
    return new Range(newLine, newColumn, newEndLine, newEndColumn, other);
  }
}
