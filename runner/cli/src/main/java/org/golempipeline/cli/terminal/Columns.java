package org.golempipeline.cli.terminal;

import java.io.PrintStream;
import java.util.List;
import org.golempipeline.report.TerminalText;

/** Rows of text side by side, in columns as wide as what is in them. */
public final class Columns {
  private static final String GAP = "  ";

  private Columns() {}

  /** Prints rows that all have as many columns; the last one ends where it ends. */
  public static void print(PrintStream out, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    var widths = new int[rows.get(0).size()];
    for (var row : rows) {
      for (var i = 0; i < row.size() - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (var row : rows) {
      var line = new StringBuilder();
      for (var i = 0; i < row.size(); i++) {
        line.append(TerminalText.safe(row.get(i)));
        if (i < row.size() - 1) {
          line.append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
        }
      }
      out.println(line);
    }
  }
}
