package org.golempipeline.spec;

import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Style;

/** Leads from offsets in a shell text back to the file. */
record ShellPlaces(Source source) {

  /** What stands in a line from a column on, in the file of {@code text}. */
  String rest(Range text, int number, int column) {
    var line = text.in(source).line(number);
    return line.codePointCount(0, line.length()) < column - 1
        ? ""
        : line.substring(line.offsetByCodePoints(0, column - 1));
  }

  /** Where that line of a shell text stands, counted from 1; the last one if there are fewer. */
  Range line(Scalar scalar, int number) {
    var text = scalar.text();
    var from = 0;
    for (var i = 1; i < number && text.indexOf('\n', from) >= 0; i++) {
      var next = text.indexOf('\n', from) + 1;
      if (text.substring(next).isBlank()) {
        break;
      }
      from = next;
    }
    var end = text.indexOf('\n', from) < 0 ? text.length() : text.indexOf('\n', from);
    while (from < end && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    return number == 0 ? scalar.range() : locate(scalar, from, end);
  }

  /** Where a part of a shell text stands in the file; the whole text if that cannot be told. */
  Range locate(Scalar scalar, int from, int to) {
    var text = scalar.text();
    var range = scalar.range();
    if (scalar.style() == Style.LITERAL) {
      var lineStart = text.lastIndexOf('\n', from - 1) + 1;
      var lineEnd =
          text.indexOf('\n', lineStart) < 0 ? text.length() : text.indexOf('\n', lineStart);
      var number =
          range.line()
              + 1
              + (int) text.substring(0, lineStart).chars().filter(c -> c == '\n').count();
      var line = range.in(source).line(number);
      var indent = line.indexOf(text.substring(lineStart, lineEnd));
      if (indent >= 0) {
        var column = line.codePointCount(0, indent + from - lineStart) + 1;
        var length = text.codePointCount(from, Math.min(to, lineEnd));
        return range.to(number, column, number, column + length);
      }
    } else if (range.line() == range.endLine()) {
      var quote = scalar.style() == Style.PLAIN ? 0 : 1;
      var line = rest(range, range.line(), range.column() + quote);
      if (line.startsWith(text)) {
        var column = range.column() + quote + text.codePointCount(0, from);
        return range.to(range.line(), column, range.line(), column + text.codePointCount(from, to));
      }
    }
    return range;
  }
}
