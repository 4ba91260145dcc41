package org.golempipeline.report;

import java.io.PrintStream;
import java.util.function.IntSupplier;

/**
 * Where a report is shown.
 *
 * @param out buffered; flushed by whoever writes
 * @param live whether it is a terminal whose lines can be drawn again
 * @param coloured whether colours are wanted
 * @param columns how wide it is at the moment
 */
public record Screen(PrintStream out, boolean live, boolean coloured, IntSupplier columns) {
  /** The same for lines that stay, as where there is no terminal. */
  public Screen plain() {
    return new Screen(out, false, coloured, columns);
  }
}
