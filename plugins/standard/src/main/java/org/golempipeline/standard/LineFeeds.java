package org.golempipeline.standard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Counts line feeds in a buffer eight bytes at a time, close to the speed of memory: a byte of
 * {@link #marks} has its high bit set exactly where the word has a line feed.
 */
final class LineFeeds {
  private static final long PATTERN = 0x0a0a0a0a0a0a0a0aL;
  private static final long LOW = 0x7f7f7f7f7f7f7f7fL;
  private static final long ONES = 0x0101010101010101L;
  private static final int STRIDE = 4 * Long.BYTES;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer buffer;
  private final int limit;
  private int position;
  private long seen;

  /** Looks at {@code buffer} from 0 to its limit. */
  LineFeeds(ByteBuffer buffer) {
    this.buffer = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.limit = buffer.limit();
  }

  /**
   * Moves behind the {@code count}-th line feed from here. If there are fewer, moves to the end and
   * answers false; {@link #seen} then says how many there were.
   */
  boolean skip(long count) {
    seen = 0;
    skipStrides(count);
    while (position + Long.BYTES <= limit) {
      var marks = marks(buffer.getLong(position));
      var found = Long.bitCount(marks);
      if (seen + found >= count) {
        position += nth(marks, (int) (count - seen));
        return true;
      }
      seen += found;
      position += Long.BYTES;
    }
    while (position < limit) {
      if (buffer.get(position++) == '\n' && ++seen == count) {
        return true;
      }
    }
    return false;
  }

  /** The offset in the buffer of what comes next. */
  int position() {
    return position;
  }

  /** How many line feeds the last {@link #skip} that answered false went over. */
  long seen() {
    return seen;
  }

  /** The index of the first line feed in {@code bytes} between the two, or {@code to}. */
  static int find(byte[] bytes, int from, int to) {
    var at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      // Like marks, but shorter: behind the first line feed it may have more.
      var difference = (long) WORDS.get(bytes, at) ^ PATTERN;
      var marks = (difference - ONES) & ~difference & ~LOW;
      if (marks != 0) {
        return at + (Long.numberOfTrailingZeros(marks) >>> 3);
      }
    }
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private void skipStrides(long count) {
    var at = position;
    var total = 0L;
    for (var end = limit - STRIDE; at <= end; at += STRIDE) {
      var found =
          Long.bitCount(marks(buffer.getLong(at)))
              + Long.bitCount(marks(buffer.getLong(at + 8)))
              + Long.bitCount(marks(buffer.getLong(at + 16)))
              + Long.bitCount(marks(buffer.getLong(at + 24)));
      if (total + found >= count) {
        break;
      }
      total += found;
    }
    position = at;
    seen = total;
  }

  private static long marks(long word) {
    var difference = word ^ PATTERN;
    return ~(((difference & LOW) + LOW) | difference | LOW);
  }

  /** How many bytes reach up to and including the {@code n}-th mark. */
  private static int nth(long marks, int n) {
    var left = marks;
    for (var i = 1; i < n; i++) {
      left &= left - 1;
    }
    return (Long.numberOfTrailingZeros(left) >>> 3) + 1;
  }
}
