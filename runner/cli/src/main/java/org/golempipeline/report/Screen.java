package org.golempipeline.report;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * Where a report is shown.
 *
 * @param out buffered; flushed by whoever writes
 * @param live whether it is a terminal whose lines can be drawn again
 * @param coloured whether colours are wanted
 * @param size how large it is at the moment
 */
public record Screen(PrintStream out, boolean live, boolean coloured, Supplier<Size> size) {
  /** How many characters stand in a line, and how many lines below one another. */
  public record Size(int columns, int lines) {
    /** What is assumed where nothing is known. */
    public static final Size USUAL = new Size(80, 24);

    /**
     * Columns that text may take: the last one is left free, for some terminals break lines there.
     */
    public int room() {
      return Math.max(20, columns - 1);
    }
  }

  /** The same for lines that stay, as where there is no terminal. */
  public Screen plain() {
    return new Screen(out, false, coloured, size);
  }
}
