package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a table as fields, whichever delimiter it has; blank lines are left out, and
 * what stands in quotes is kept to the byte. Fields are byte strings in the sense of {@link
 * LineReader}.
 */
final class TableReader implements Closeable {
  private static final int LONGEST_LINE = 1 << 24;

  private final LineReader lines;
  private final Dialect dialect;
  private long firstLine;

  /**
   * @param size how much the stream holds, about
   * @param label names the source in messages
   * @param dialect of this table and those before it
   */
  TableReader(InputStream stream, long size, String label, Dialect dialect) {
    this.lines = new LineReader(stream, size, label, LONGEST_LINE);
    this.dialect = dialect;
  }

  /** The next row; null at the end. */
  String @Nullable [] next() throws IOException, StrategyException {
    var line = lines.next();
    while (line != null && isBlank(line)) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    firstLine = lines.number();
    var row =
        switch (dialect.delimiter(line, this::where)) {
          case TAB -> cut(line, '\t');
          case COMMA -> line.indexOf('"') < 0 ? cut(line, ',') : quoted(line);
          case WHITESPACE -> words(line);
        };
    dialect.check(row.length, line, this::where);
    return row;
  }

  /** Names the row read last at the start of a message. */
  String where() {
    return "Line %d of %s".formatted(firstLine, lines.label());
  }

  /** A field of the row read last, which is to be UTF-8. */
  String text(String field) throws StrategyException {
    var text = LineReader.strictText(field);
    if (text == null) {
      throw new StrategyException(
          "%s has `%s`, which is not UTF-8.".formatted(where(), shown(field)),
          "Convert the table, for instance with `iconv -f ISO-8859-1 -t UTF-8`.");
    }
    return text;
  }

  /** Column {@code column}, from 0, of {@code row} as a number. */
  BigDecimal number(String[] row, int column) throws StrategyException {
    var number = Decimals.parse(row[column]);
    if (number == null) {
      throw new StrategyException(
          "%s has `%s` in column %d, which %s."
              .formatted(
                  where(),
                  shown(row[column]),
                  column + 1,
                  Decimals.isTooLong(row[column])
                      ? "has more than 1,000 digits"
                      : "is not a number"),
          "Write plain numbers such as `12`, `-0.5` or `1e6` there; a header is only read where"
              + " columns are given by name.");
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** Tabs alone are a row of empty fields, once it is known that the table has tabs. */
  private boolean isBlank(String line) {
    return dialect.delimiter() == Delimiter.TAB ? line.isEmpty() : line.isBlank();
  }

  /** {@code field} in a message. */
  static String shown(String field) {
    return LineReader.text(field.length() > 40 ? field.substring(0, 40) + "..." : field);
  }

  private static String[] cut(String line, char separator) {
    var count = 1;
    for (var i = line.indexOf(separator); i >= 0; i = line.indexOf(separator, i + 1)) {
      count++;
    }
    var fields = new String[count];
    var from = 0;
    for (var i = 0; i < count - 1; i++) {
      var to = line.indexOf(separator, from);
      fields[i] = line.substring(from, to);
      from = to + 1;
    }
    fields[count - 1] = line.substring(from);
    return fields;
  }

  private static String[] words(String line) {
    var fields = new ArrayList<String>();
    var i = 0;
    while (i < line.length()) {
      var from = i;
      while (i < line.length() && !Delimiter.isBlank(line.charAt(i))) {
        i++;
      }
      if (i > from) {
        fields.add(line.substring(from, i));
      }
      i++;
    }
    return fields.toArray(String[]::new);
  }

  /** A row with quoted fields, which may go on over several lines. */
  private String[] quoted(String first) throws IOException, StrategyException {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    var line = first;
    var i = 0;
    while (true) {
      if (i < line.length() && line.charAt(i) == '"') {
        i++;
        for (var end = line.indexOf('"', i); ; end = line.indexOf('"', i)) {
          if (end < 0) {
            field.append(line, i, line.length()).append(lines.end());
            line = continued(field.length());
            i = 0;
          } else if (end + 1 < line.length() && line.charAt(end + 1) == '"') {
            field.append(line, i, end + 1);
            i = end + 2;
          } else {
            field.append(line, i, end);
            i = end + 1;
            break;
          }
        }
        if (i < line.length() && line.charAt(i) != ',') {
          throw new StrategyException(
              where() + " has text behind a closing quote.",
              "Double a quote that belongs to a field (a backslash before it means nothing), and"
                  + " write a comma straight behind a field that is in quotes.");
        }
      }
      var end = line.indexOf(',', i);
      requireNoQuoteBehindBlanks(line, i, end < 0 ? line.length() : end);
      field.append(line, i, end < 0 ? line.length() : end);
      fields.add(field.toString());
      field.setLength(0);
      if (end < 0) {
        return fields.toArray(String[]::new);
      }
      i = end + 1;
    }
  }

  /** For some programs such a field is in quotes, and for others it is not. */
  private void requireNoQuoteBehindBlanks(String line, int from, int to) throws StrategyException {
    var at = from;
    while (at < to && Delimiter.isBlank(line.charAt(at))) {
      at++;
    }
    if (at > from && at < to && line.charAt(at) == '"') {
      throw new StrategyException(
          where() + " has a blank before an opening quote.", "Remove blanks before quotes.");
    }
  }

  private String continued(int soFar) throws IOException, StrategyException {
    var line = soFar > LONGEST_LINE ? null : lines.next();
    if (line == null) {
      throw new StrategyException(
          where() + " opens a quote that is never closed.",
          "Double a quote that belongs to a field, and put the field in quotes.");
    }
    return line;
  }
}
