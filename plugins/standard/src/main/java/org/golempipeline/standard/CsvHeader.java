package org.golempipeline.standard;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of a CSV file, the last of which names the columns.
 *
 * @param bytes with a byte order mark and the line's end, if it has them
 * @param delimiter what stands between fields
 * @param isGuessed whether that is what the row of names has most of, among {@code candidates}
 * @param candidates how often each of comma, semicolon, tab and bar stands there
 * @param delimiters how many of them the row of names has
 */
record CsvHeader(
    byte[] bytes, byte delimiter, boolean isGuessed, long[] candidates, long delimiters) {
  /** The longest header that is read. */
  static final int LONGEST = 1 << 20;

  /** Part of an options schema: how a file names the delimiter. */
  static final String DELIMITER_SCHEMA =
      """
      {
        "description": "The character between fields. Default: whichever of comma, \
      semicolon, tab and bar the header has most of.",
        "type": "string",
        "pattern": "^[ -~\\\\t]$"
      }
      """;

  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  /** The delimiter that options name; null to guess it. */
  static @Nullable Byte delimiter(Options options) {
    return options
        .at("delimiter")
        .text()
        .filter(text -> !text.isEmpty())
        .map(text -> (byte) text.charAt(0))
        .orElse(null);
  }

  /**
   * Reads so many rows and no more than that.
   *
   * @param delimiter null to guess it
   * @param count how many rows, at least one
   * @param cure what to do about something that stands above the names
   */
  static CsvHeader read(
      BufferedInputStream stream, String label, @Nullable Byte delimiter, long count, String cure)
      throws IOException, StrategyException {
    var head = new ByteArrayOutputStream();
    stream.mark(MARK.length);
    if (Arrays.equals(stream.readNBytes(MARK.length), MARK)) {
      head.writeBytes(MARK);
    } else {
      stream.reset();
    }
    var lines = 0L;
    for (var row = 1L; ; row++) {
      var from = head.size();
      var rows = CsvRows.ofHeader(label, delimiter, lines);
      var ended = readRow(stream, rows, head, label);
      if (row == count || !ended) {
        requireNames(
            head.toString(StandardCharsets.ISO_8859_1).substring(from), lines, label, cure);
        return new CsvHeader(
            head.toByteArray(),
            delimiter == null ? rows.likeliest() : delimiter,
            delimiter == null,
            rows.candidates(),
            delimiter == null
                ? Arrays.stream(rows.candidates()).max().orElse(0)
                : rows.delimiters());
      }
      lines = rows.lines();
    }
  }

  /** How many lines the rows take, as there may be line ends in quotes. */
  long lines() {
    var lines = 0L;
    for (var b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }

  /** Without what does not belong to the names: the byte order mark and the line's end. */
  String names() {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    return withoutEnd(text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text);
  }

  /** The line's end, a plain line feed if it has none. */
  String end() {
    var crlf =
        bytes.length > 1 && bytes[bytes.length - 1] == '\n' && bytes[bytes.length - 2] == '\r';
    return crlf ? "\r\n" : "\n";
  }

  /** Answers whether the row ends before the file does. */
  private static boolean readRow(
      InputStream stream, CsvRows rows, ByteArrayOutputStream head, String label)
      throws IOException, StrategyException {
    var one = new byte[1];
    for (var next = stream.read(); next >= 0; next = stream.read()) {
      if (head.size() >= LONGEST) {
        throw new StrategyException(
            "The header of %s is longer than %,d bytes.".formatted(label, LONGEST),
            "Check that it is a CSV file with a header.");
      }
      head.write(next);
      one[0] = (byte) next;
      if (rows.rowEnd(one, 0, 1) >= 0) {
        return true;
      }
    }
    rows.requireClosed();
    return false;
  }

  private static void requireNames(String row, long lines, String label, String cure)
      throws StrategyException {
    var text = withoutEnd(row);
    if (!row.isEmpty() && text.isBlank()) {
      throw new StrategyException(
          "Line %d of %s is blank, where its header is looked for.".formatted(lines + 1, label),
          cure);
    }
    if (Delimiter.isNote(text)) {
      throw new StrategyException(
          "Line %d of %s is `%s`, which tells a spreadsheet the delimiter and names no columns."
              .formatted(lines + 1, label, LineReader.text(text)),
          cure);
    }
    if (text.indexOf('\r') >= 0 && text.indexOf('"') < 0) {
      throw new StrategyException(
          "Line %d of %s has a carriage return without a line feed in it."
              .formatted(lines + 1, label),
          "Lines must end in LF or CRLF: `tr '\\r' '\\n'` converts them.");
    }
  }

  private static String withoutEnd(String row) {
    var end = row.length() - (row.endsWith("\r\n") ? 2 : row.endsWith("\n") ? 1 : 0);
    return row.substring(0, end);
  }
}
