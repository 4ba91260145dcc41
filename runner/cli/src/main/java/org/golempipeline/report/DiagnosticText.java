package org.golempipeline.report;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Severity;
import org.golempipeline.diagnostic.Source;

/**
 * Diagnostics for people: file, line and column, the line itself with a mark under what is meant,
 * the remedy, and the other places that belong to it.
 */
public final class DiagnosticText {
  /** A longer line is cut on both sides of what is marked. */
  private static final int SHOWN_COLUMNS = 160;

  private static final int BEFORE_MARK = 60;

  private final boolean coloured;

  public DiagnosticText(boolean coloured) {
    this.coloured = coloured;
  }

  /** All of them, with an empty line between and their number at the end; empty for none. */
  public String of(List<Diagnostic> diagnostics) {
    if (diagnostics.isEmpty()) {
      return "";
    }
    var text = new StringBuilder();
    diagnostics.forEach(each -> text.append(of(each)).append('\n'));
    return text.append(count(diagnostics)).append('\n').toString();
  }

  /** One diagnostic, several lines, each with its end. */
  String of(Diagnostic diagnostic) {
    var error = diagnostic.severity() == Severity.ERROR;
    var text = new StringBuilder();
    text.append(place(diagnostic.source(), diagnostic.range()))
        .append(error ? Style.RED.of("error:", coloured) : Style.YELLOW.of("warning:", coloured))
        .append(' ')
        .append(TerminalText.safe(diagnostic.message()))
        .append(' ')
        .append(Style.FAINT.of("[" + diagnostic.id() + "]", coloured))
        .append('\n');
    appendExcerpt(text, diagnostic.source(), diagnostic.range(), error ? Style.RED : Style.YELLOW);
    if (diagnostic.hint() != null) {
      text.append("  ")
          .append(Style.CYAN.of("hint:", coloured))
          .append(' ')
          .append(TerminalText.safe(diagnostic.hint()))
          .append('\n');
    }
    for (var related : diagnostic.related()) {
      text.append("  ")
          .append(place(diagnostic.source(), related.range()))
          .append(TerminalText.safe(related.message()))
          .append('\n');
      appendExcerpt(text, diagnostic.source(), related.range(), Style.CYAN);
    }
    return text.toString();
  }

  private String place(Source source, Range range) {
    var name = TerminalText.safe(range.in(source).name());
    return Style.BOLD.of("%s:%d:%d:".formatted(name, range.line(), range.column()), coloured) + " ";
  }

  private void appendExcerpt(StringBuilder text, Source source, Range range, Style style) {
    var line = range.in(source).line(range.line());
    if (line.isBlank()) {
      return;
    }
    var end = range.endLine() == range.line() ? range.endColumn() : Integer.MAX_VALUE;
    var excerpt = Excerpt.of(line, range.column(), end);
    var number = Integer.toString(range.line());
    text.append(Style.FAINT.of(number + " | ", coloured)).append(excerpt.line()).append('\n');
    text.append(" ".repeat(number.length()))
        .append(Style.FAINT.of(" | ", coloured))
        .append(" ".repeat(excerpt.indent()))
        .append(style.of("^".repeat(excerpt.marks()), coloured))
        .append('\n');
  }

  private static String count(List<Diagnostic> diagnostics) {
    var errors = diagnostics.stream().filter(d -> d.severity() == Severity.ERROR).count();
    var warnings = diagnostics.size() - errors;
    var parts = new ArrayList<String>();
    if (errors > 0) {
      parts.add(Words.count(errors, "error"));
    }
    if (warnings > 0) {
      parts.add(Words.count(warnings, "warning"));
    }
    return String.join(", ", parts) + ".";
  }

  /**
   * A line as it is shown.
   *
   * @param indent columns in front of the marks
   * @param marks how many columns are marked, at least one
   */
  private record Excerpt(String line, int indent, int marks) {
    static Excerpt of(String line, int column, int endColumn) {
      var points = line.codePoints().toArray();
      var first = Math.min(Math.max(column - 1, 0), points.length);
      var end = Math.min(Math.max(endColumn - 1, first), points.length);
      var from = points.length <= SHOWN_COLUMNS ? 0 : Math.max(0, first - BEFORE_MARK);
      var to = Math.min(points.length, from + SHOWN_COLUMNS);
      var shown = new StringBuilder(from > 0 ? "…" : "");
      var indent = from > 0 ? 1 : 0;
      var marks = 0;
      for (var i = from; i < to; i++) {
        var character = points[i] == '\t' ? "    " : TerminalText.safe(points[i]);
        var width = TerminalText.width(character);
        indent += i < first ? width : 0;
        marks += i >= first && i < end ? width : 0;
        shown.append(character);
      }
      return new Excerpt(
          shown.append(to < points.length ? "…" : "").toString().stripTrailing(),
          indent,
          Math.max(1, marks));
    }
  }
}
