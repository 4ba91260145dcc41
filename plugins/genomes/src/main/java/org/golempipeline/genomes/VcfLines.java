package org.golempipeline.genomes;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.NotText;
import org.golempipeline.strategy.StrategyException;

/**
 * Reads the lines of a VCF text without their ends (LF or CRLF); blank ones are left out. A line
 * lies in a buffer that the next {@link #next} may move. As text, a character stands for one byte,
 * so every encoding passes unchanged.
 */
final class VcfLines implements Closeable {
  private static final int BUFFER = 1 << 17;
  private static final int LONGEST = 1 << 29;
  private static final int MOST_SHOWN = 100;

  private final InputStream stream;
  private final String label;
  private byte[] buffer;
  private int limit;
  private int next;
  private int from;
  private int to;
  private long number;

  /**
   * @param size how much the stream holds, about
   * @param label names the source in messages
   */
  VcfLines(InputStream stream, long size, String label) {
    this.stream = stream;
    this.label = label;
    this.buffer = new byte[(int) Math.min(BUFFER, Math.max(size, 14) + 2)];
  }

  /** Moves to the next line; false at the end. */
  boolean next() throws IOException, StrategyException {
    do {
      if (!find()) {
        from = to = limit;
        return false;
      }
      number++;
      if (number == 1) {
        requireText();
      }
    } while (from == to);
    return true;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Where the line begins in the buffer. */
  int from() {
    return from;
  }

  /** Where the line ends in the buffer. */
  int to() {
    return to;
  }

  /** The number of the line, from 1. */
  long number() {
    return number;
  }

  String label() {
    return label;
  }

  String text() {
    return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** The beginning of the line for a message. */
  String shown() {
    return shown(text(from, Math.min(to, from + 4 * MOST_SHOWN)));
  }

  String text(int begin, int end) {
    return new String(buffer, begin, end - begin, StandardCharsets.ISO_8859_1);
  }

  /** The beginning of {@code text} for a message, as the UTF-8 that it most likely is. */
  static String shown(String text) {
    var real = new String(bytes(text), StandardCharsets.UTF_8);
    return real.length() > MOST_SHOWN ? real.substring(0, MOST_SHOWN) + "..." : real;
  }

  /** The bytes of {@code text}, a character for each. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private boolean find() throws IOException, StrategyException {
    var scanned = next;
    while (true) {
      var end = LineFeeds.find(buffer, scanned, limit);
      if (end < limit) {
        setLine(end, end + 1);
        return true;
      }
      var seen = limit - next;
      if (!fill()) {
        if (seen == 0) {
          return false;
        }
        setLine(limit, limit);
        return true;
      }
      scanned = next + seen;
    }
  }

  private void setLine(int end, int behind) {
    from = next;
    to = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
    next = behind;
  }

  /** Reads more behind what comes next, which moves to the front if there is no room. */
  private boolean fill() throws IOException, StrategyException {
    if (limit == buffer.length) {
      var length = limit - next;
      if (length > LONGEST) {
        throw new StrategyException(
            "Line %,d of %s is longer than %,d bytes.".formatted(number + 1, label, LONGEST),
            "Check that the command writes VCF text.");
      }
      var target = length > buffer.length / 2 ? new byte[2 * buffer.length] : buffer;
      System.arraycopy(buffer, next, target, 0, length);
      buffer = target;
      next = 0;
      limit = length;
    }
    var read = stream.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, read);
    return read > 0;
  }

  private void requireText() throws StrategyException {
    var head = Arrays.copyOfRange(buffer, from, Math.min(limit, from + NotText.HEAD));
    var other = NotText.in(head, head.length);
    if (other.isPresent() || text(from, to).startsWith("BCF\2")) {
      throw new StrategyException(
          "The output of %s is %s, not VCF text."
              .formatted(label, other.map(NotText::what).orElse("BCF")),
          "Let the command write plain text: `bcftools` does with `-Ov`.");
    }
  }
}
