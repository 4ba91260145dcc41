package org.golempipeline.compare;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads lines without what does not count: how they end, blanks and tabs at their ends, and empty
 * lines at the end of all. Of more than {@value #MOST_BLANKS} blanks in a row the first ones count.
 */
final class TrimmedText {
  private static final int MOST_BLANKS = 1 << 16;
  private static final int NONE = -2;

  private final LineFeeds bytes;

  /** What counts only if {@code content} follows: line ends, then blanks. */
  private long lineEnds;

  private final byte[] blanks = new byte[MOST_BLANKS];
  private int held;
  private int given;

  /** Whether blanks counted without anybody knowing what follows them. */
  private boolean overflows;

  private int content = NONE;

  private TrimmedText(InputStream stream) {
    this.bytes = new LineFeeds(stream);
  }

  static Likeness compare(InputStream first, InputStream second) throws IOException {
    var one = new TrimmedText(first);
    var other = new TrimmedText(second);
    while (true) {
      var next = one.read();
      if (next != other.read()) {
        return one.overflows || other.overflows ? Likeness.UNKNOWN : Likeness.DIFFERENT;
      }
      if (next < 0) {
        return Likeness.SAME;
      }
    }
  }

  private int read() throws IOException {
    while (content == NONE) {
      var next = bytes.read();
      switch (next) {
        case -1 -> {
          return -1;
        }
        case '\n' -> {
          lineEnds++;
          held = 0;
        }
        case ' ', '\t' -> {
          if (held < MOST_BLANKS) {
            blanks[held++] = (byte) next;
          } else {
            overflows = true;
            content = next;
          }
        }
        default -> content = next;
      }
    }
    if (lineEnds > 0) {
      lineEnds--;
      return '\n';
    }
    if (given < held) {
      return blanks[given++];
    }
    held = 0;
    given = 0;
    var next = content;
    content = NONE;
    return next;
  }
}
