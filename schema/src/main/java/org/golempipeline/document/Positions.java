package org.golempipeline.document;

import java.util.Arrays;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.jspecify.annotations.Nullable;

/** Turns offsets of the YAML library (in code points, from 0) into lines and columns for people. */
final class Positions {
  private final int[] codePoints;
  private final int[] lineStarts;
  private final @Nullable Source other;

  /**
   * @param other the source that the text is of, where readers have another one at hand
   */
  Positions(String text, @Nullable Source other) {
    this.other = other;
    codePoints = text.codePoints().toArray();
    var starts = new int[16];
    var count = 1;
    for (var i = 0; i < codePoints.length; i++) {
      var c = codePoints[i];
      var endsLine = c == '\n' || c == '\r' && at(i + 1) != '\n';
      if (endsLine) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = i + 1;
      }
    }
    lineStarts = Arrays.copyOf(starts, count);
  }

  /** The code point at {@code offset}, or -1 past the end. */
  int at(int offset) {
    return offset >= 0 && offset < codePoints.length ? codePoints[offset] : -1;
  }

  int length() {
    return codePoints.length;
  }

  /** What stands there, as far as there is text. */
  String text(int from, int to) {
    var start = Math.min(from, codePoints.length);
    return new String(codePoints, start, Math.max(0, Math.min(to, codePoints.length) - start));
  }

  /** From one offset to another, as far as there is text. */
  Range range(int from, int to) {
    var first = Math.min(from, codePoints.length);
    var last = Math.min(Math.max(from, to), codePoints.length);
    var start = lineIndex(first);
    var end = lineIndex(last);
    return new Range(
        start + 1, first - lineStarts[start] + 1, end + 1, last - lineStarts[end] + 1, other);
  }

  /** The word at {@code from}: everything up to white space, at least one character. */
  Range word(int from) {
    return range(from, wordEnd(from));
  }

  int wordEnd(int from) {
    var end = from;
    while (end < codePoints.length && !isWhite(codePoints[end])) {
      end++;
    }
    return Math.max(end, from + 1);
  }

  /** The offset at which the line of {@code offset} starts. */
  int lineStart(int offset) {
    return lineStarts[lineIndex(offset)];
  }

  static boolean isWhite(int codePoint) {
    return codePoint == ' ' || codePoint == '\t' || codePoint == '\n' || codePoint == '\r';
  }

  private int lineIndex(int offset) {
    var found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found : -found - 2;
  }
}
