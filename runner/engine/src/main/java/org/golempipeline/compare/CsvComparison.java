package org.golempipeline.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Compares tables cell by cell: the same number of rows and cells, each cell with the same bytes or
 * with a number near enough. The delimiter is whichever of comma, semicolon, tab and bar stands
 * most often in the two first rows.
 */
final class CsvComparison {
  private static final String DELIMITERS = ",;\t|";

  /** Where a delimiter is looked for. */
  private static final int HEAD = 1 << 16;

  private CsvComparison() {}

  static Likeness compare(InputStream first, InputStream second, BigDecimal tolerance)
      throws IOException {
    var plain = LineFeeds.withoutMark(first, HEAD);
    var otherPlain = LineFeeds.withoutMark(second, HEAD);
    var delimiter = delimiter(head(plain), head(otherPlain));
    var one = new Cells(plain, delimiter);
    var other = new Cells(otherPlain, delimiter);
    try {
      return same(one, other, new Numbers(tolerance)) ? Likeness.SAME : Likeness.DIFFERENT;
    } catch (UnreadableException e) {
      return one.endsWell() || other.endsWell() ? Likeness.DIFFERENT : Likeness.UNKNOWN;
    }
  }

  private static boolean same(Cells one, Cells other, Numbers numbers) throws IOException {
    while (true) {
      var more = one.next();
      if (more != other.next()) {
        return false;
      }
      if (!more) {
        return true;
      }
      if (!one.endsLike(other)
          || !one.hasTextOf(other)
              && !(one.isWhole() && other.isWhole() && numbers.same(one.text(), other.text()))) {
        return false;
      }
    }
  }

  private static byte[] head(PushbackInputStream stream) throws IOException {
    var head = stream.readNBytes(HEAD);
    stream.unread(head);
    return head;
  }

  private static int delimiter(byte[]... heads) {
    var counts = new int[DELIMITERS.length()];
    for (var head : heads) {
      var quoted = false;
      for (var b : head) {
        if (b == '"') {
          quoted = !quoted;
        } else if (!quoted && (b == '\n' || b == '\r')) {
          break;
        } else if (!quoted && DELIMITERS.indexOf(b) >= 0) {
          counts[DELIMITERS.indexOf(b)]++;
        }
      }
    }
    var best = 0;
    for (var i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return DELIMITERS.charAt(best);
  }

  /**
   * Reads RFC 4180 cell by cell, a long cell in pieces: those of two cells with the same text are
   * cut at the same places. Rows may end in LF, CRLF or CR; within quotes those are what they are.
   * A line end behind the last row makes no further row. A quote counts as one only at the start of
   * a cell; it must be closed, and nothing may stand behind that.
   */
  private static final class Cells {
    private enum State {
      START,
      PLAIN,
      QUOTED,
      QUOTE_IN_QUOTED
    }

    private final LineFeeds bytes;
    private final int delimiter;
    private final byte[] piece = new byte[1 << 13];
    private int length;
    private State state = State.START;
    private boolean startsCell;
    private boolean endsCell = true;
    private boolean endsRow = true;
    private boolean broken;

    Cells(InputStream stream, int delimiter) {
      this.bytes = new LineFeeds(stream);
      this.delimiter = delimiter;
    }

    /** Goes on to the next piece; false if there is none. */
    boolean next() throws IOException {
      var startsRow = endsRow;
      startsCell = endsCell;
      endsCell = false;
      endsRow = false;
      length = 0;
      while (length < piece.length) {
        var b = state == State.QUOTED ? bytes.readExactly() : bytes.read();
        if (startsRow && b < 0 && state == State.START) {
          endsRow = true;
          return false;
        }
        if (state == State.START && b == '"') {
          state = State.QUOTED;
        } else if (state == State.QUOTED && b != '"') {
          if (b < 0) {
            throw broken("a quote is not closed");
          }
          piece[length++] = (byte) b;
        } else if (state == State.QUOTED) {
          state = State.QUOTE_IN_QUOTED;
        } else if (b == delimiter || b == '\n' || b < 0) {
          state = State.START;
          endsCell = true;
          endsRow = b != delimiter;
          return true;
        } else if (state != State.QUOTE_IN_QUOTED) {
          state = State.PLAIN;
          piece[length++] = (byte) b;
        } else if (b == '"') {
          state = State.QUOTED;
          piece[length++] = (byte) b;
        } else {
          throw broken("text follows a closing quote");
        }
      }
      return true;
    }

    /** Reads on to the end; whether all of it can be read. */
    boolean endsWell() throws IOException {
      try {
        while (!broken && next()) {
          // it can be read so far
        }
      } catch (UnreadableException e) {
        return false;
      }
      return !broken;
    }

    private UnreadableException broken(String how) {
      broken = true;
      return new UnreadableException(how);
    }

    boolean endsLike(Cells other) {
      return endsCell == other.endsCell && endsRow == other.endsRow;
    }

    boolean hasTextOf(Cells other) {
      return Arrays.equals(piece, 0, length, other.piece, 0, other.length);
    }

    boolean isWhole() {
      return startsCell && endsCell;
    }

    String text() {
      return new String(piece, 0, length, StandardCharsets.ISO_8859_1);
    }
  }
}
