package org.golempipeline.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;

/**
 * The bytes of a stream with every line ending in a line feed, whether it ended in that, in CR or
 * in both.
 */
final class LineFeeds {
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream stream;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean afterReturn;

  LineFeeds(InputStream stream) {
    this.stream = stream;
  }

  /** The next byte, -1 at the end. */
  int read() throws IOException {
    var next = take();
    if (afterReturn && next == '\n') {
      next = take();
    }
    afterReturn = next == '\r';
    return afterReturn ? '\n' : next;
  }

  /** The next byte as it is, -1 at the end. */
  int readExactly() throws IOException {
    var next = take();
    if (afterReturn && next == '\n') {
      next = take();
    }
    afterReturn = false;
    return next;
  }

  private int take() throws IOException {
    if (position == limit) {
      limit = Math.max(0, stream.read(buffer));
      position = 0;
      if (limit == 0) {
        return -1;
      }
    }
    return buffer[position++] & 0xff;
  }

  /**
   * The same stream without the byte order mark it may begin with.
   *
   * @param most how many bytes of it can be pushed back
   */
  static PushbackInputStream withoutMark(InputStream stream, int most) throws IOException {
    var pushback = new PushbackInputStream(stream, Math.max(most, MARK.length));
    var start = pushback.readNBytes(MARK.length);
    if (!Arrays.equals(start, MARK)) {
      pushback.unread(start);
    }
    return pushback;
  }
}
