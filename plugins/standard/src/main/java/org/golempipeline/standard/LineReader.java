package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines without their ends (LF or CRLF) and without a byte order mark. A character of a line
 * stands for one byte, as in ISO 8859-1: so every encoding passes unchanged and strings compare
 * bytewise. {@link #text} and {@link #bytes} lead from and to real text.
 */
final class LineReader implements Closeable {
  private final InputStream stream;
  private final String label;
  private final int longest;
  private byte[] buffer;
  private int position;
  private int limit;
  private long number;
  private String end = "";

  /**
   * @param size how much the stream holds, about
   * @param label names the source in messages
   * @param longest the most bytes a line may have
   */
  LineReader(InputStream stream, long size, String label, int longest) {
    this.buffer = new byte[Buffers.sizeFor(size, 1 << 16)];
    this.stream = stream;
    this.label = label;
    this.longest = longest;
  }

  /** The next line; null at the end. */
  @Nullable String next() throws IOException, StrategyException {
    var scanned = 0;
    while (true) {
      var end = LineFeeds.find(buffer, position + scanned, limit);
      if (end < limit) {
        var line = line(end, "\n");
        position = end + 1;
        return line;
      }
      scanned = limit - position;
      if (scanned > longest) {
        throw new StrategyException(
            "Line %d of %s is longer than %,d bytes.".formatted(number + 1, label, longest),
            "Check that the command writes what this strategy expects.");
      }
      if (!fill()) {
        if (scanned == 0) {
          return null;
        }
        var line = line(limit, "");
        position = limit;
        return line;
      }
    }
  }

  /** What the line read last ends with: LF, CRLF or, at the end, nothing or CR. */
  String end() {
    return end;
  }

  /** The number of the line read last, from 1. */
  long number() {
    return number;
  }

  String label() {
    return label;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** What {@code line} says when its bytes are UTF-8. */
  static String text(String line) {
    return new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The same, or null if its bytes are not UTF-8. */
  static @Nullable String strictText(String line) {
    try {
      var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** {@code text} in UTF-8 as a line of this reader would show it. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private String line(int to, String feed) {
    number++;
    var from = position;
    if (number == 1 && to - from >= 3 && startsWithMark(from)) {
      from += 3;
    }
    var hasReturn = to > from && buffer[to - 1] == '\r';
    end = hasReturn ? "\r" + feed : feed;
    return new String(buffer, from, to - from - (hasReturn ? 1 : 0), StandardCharsets.ISO_8859_1);
  }

  private boolean startsWithMark(int at) {
    return buffer[at] == (byte) 0xef
        && buffer[at + 1] == (byte) 0xbb
        && buffer[at + 2] == (byte) 0xbf;
  }

  private boolean fill() throws IOException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    var read = stream.read(buffer, limit, buffer.length - limit);
    if (read < 0) {
      return false;
    }
    limit += read;
    return true;
  }
}
