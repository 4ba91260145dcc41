package org.golempipeline.standard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.golempipeline.strategy.StrategyException;

/**
 * Finds where the rows of a CSV file end: at line feeds outside quotes, where a quote opens only at
 * the start of a field. Feed it buffers one after the other; it remembers where it is.
 */
final class CsvRows {
  /** The longest first row that is read. */
  static final int LONGEST_HEADER = 1 << 20;

  private static final String CANDIDATES = ",;\t|";

  private enum State {
    FIELD_START,
    PLAIN,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  private final byte delimiter;
  private State state = State.FIELD_START;
  private long lines;
  private long rowLine = 1;

  CsvRows(byte delimiter) {
    this.delimiter = delimiter;
  }

  /** The index behind the first row that ends in {@code bytes} between the two, or -1. */
  int rowEnd(byte[] bytes, int from, int to) {
    for (var i = from; i < to; i++) {
      var b = bytes[i];
      switch (state) {
        case PLAIN -> {
          if (b == delimiter) {
            state = State.FIELD_START;
          } else if (b == '\n') {
            return rowEnded(i);
          }
        }
        case QUOTED -> {
          if (b == '"') {
            state = State.QUOTE_IN_QUOTED;
          } else if (b == '\n') {
            lines++;
          }
        }
        case FIELD_START, QUOTE_IN_QUOTED -> {
          if (b == '\n') {
            return rowEnded(i);
          }
          state = b == '"' ? State.QUOTED : b == delimiter ? State.FIELD_START : State.PLAIN;
        }
      }
    }
    return -1;
  }

  /** Whether a quoted field is open. */
  boolean isInQuotes() {
    return state == State.QUOTED;
  }

  /** The line in which the row begins that has not ended yet, from 1. */
  long rowLine() {
    return rowLine;
  }

  private int rowEnded(int at) {
    lines++;
    rowLine = lines + 1;
    state = State.FIELD_START;
    return at + 1;
  }

  /**
   * The first row of a file.
   *
   * @param bytes with a byte order mark and the line's end, if it has them
   * @param delimiter the likeliest of comma, semicolon, tab and bar
   */
  record Header(byte[] bytes, byte delimiter) {
    /** Reads the first row and no more than that and one buffer behind it. */
    static Header read(InputStream stream, String label) throws IOException, StrategyException {
      var head = new ByteArrayOutputStream();
      var counts = new int[CANDIDATES.length()];
      var quoted = false;
      for (var b = stream.read(); b >= 0; b = stream.read()) {
        if (head.size() >= LONGEST_HEADER) {
          throw new StrategyException(
              "The first row of %s is longer than %,d bytes.".formatted(label, LONGEST_HEADER),
              "Check that it is a CSV file with a header.");
        }
        head.write(b);
        if (b == '"') {
          quoted = !quoted;
        } else if (b == '\n' && !quoted) {
          break;
        } else if (!quoted && CANDIDATES.indexOf(b) >= 0) {
          counts[CANDIDATES.indexOf(b)]++;
        }
      }
      if (quoted) {
        throw unclosed(label, 1);
      }
      return new Header(head.toByteArray(), likeliest(counts));
    }

    /** Without what does not belong to the names: the byte order mark and the line's end. */
    String names() {
      var text = new String(bytes, StandardCharsets.ISO_8859_1);
      var from = text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
      var to = text.length();
      to -= text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
      return text.substring(from, Math.max(from, to));
    }

    /** The line's end, a plain line feed if it has none. */
    String end() {
      var crlf =
          bytes.length > 1 && bytes[bytes.length - 1] == '\n' && bytes[bytes.length - 2] == '\r';
      return crlf ? "\r\n" : "\n";
    }

    /** How many it takes, as there may be line ends in quotes. */
    long lines() {
      var lines = 0L;
      for (var b : bytes) {
        lines += b == '\n' ? 1 : 0;
      }
      return lines;
    }

    private static byte likeliest(int[] counts) {
      var best = 0;
      for (var i = 1; i < counts.length; i++) {
        best = counts[i] > counts[best] ? i : best;
      }
      return (byte) CANDIDATES.charAt(best);
    }
  }

  /** What to say about a quote that is open at the end. */
  static StrategyException unclosed(String label, long line) {
    return new StrategyException(
        "The row that begins in line %d of %s opens a quote and never closes it."
            .formatted(line, label),
        "Close the quote; double one that belongs to the text, in a field that is in quotes.");
  }
}
