package org.golempipeline.diagnostic;

/**
 * A stretch of a source, counted for people: lines and columns (Unicode code points) from 1; the
 * end is the column after the last character.
 */
public record Range(int line, int column, int endLine, int endColumn) {
  /** Where a whole file is meant. */
  public static final Range START = new Range(1, 1, 1, 1);
}
