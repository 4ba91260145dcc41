package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.golempipeline.strategy.StrategyException;

/**
 * Reads lines and checks that each comes in order after the one before. The line lies in a buffer
 * that the next {@link #advance} may move, and has a line feed behind it.
 */
final class SortedLines implements Closeable {
  /** More than an output's stream buffers itself, so that it need not. */
  private static final int BUFFER = 1 << 17;

  private final InputStream stream;
  private final String label;
  private final LineOrder order;
  private final Supplier<String> where = this::where;
  private byte[] buffer;
  private int limit;
  private int next;
  private long number;
  private LineOrder.Line line = new LineOrder.Line();
  private LineOrder.Line previous = new LineOrder.Line();

  /**
   * @param size how much the stream holds, about
   * @param label names the source in messages
   */
  SortedLines(InputStream stream, long size, String label, LineOrder order) {
    this.buffer = new byte[Buffers.sizeFor(size, BUFFER)];
    this.stream = stream;
    this.label = label;
    this.order = order;
  }

  /** Moves to the next line or to the end. */
  void advance() throws IOException, StrategyException {
    var kept = previous;
    previous = line;
    line = kept;
    var end = endOfLine();
    if (end < 0) {
      line.markAsEnd();
      return;
    }
    number++;
    line.bytes = buffer;
    line.from = next;
    line.to = end;
    next = end + 1;
    order.prepare(line, where);
    if (!order.follows(previous, line)) {
      throw new StrategyException(
          "%s is out of order: `%s` comes after `%s`."
              .formatted(where(), line.shown(), previous.shown()),
          order.cure());
    }
  }

  /** The line reached, marked against the one before it; at the end one that comes last. */
  LineOrder.Line line() {
    return line;
  }

  /** Whether there was no further line. */
  boolean isAtEnd() {
    return line.isEnd();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private String where() {
    return "Line %d of %s".formatted(number, label);
  }

  /** Where the line that begins at {@link #next} ends, with a line feed; -1 if there is none. */
  private int endOfLine() throws IOException {
    var scanned = next;
    while (true) {
      var end = LineFeeds.find(buffer, scanned, limit);
      if (end < limit) {
        return end;
      }
      var seen = limit - next;
      if (!fill()) {
        if (seen == 0) {
          return -1;
        }
        buffer[limit++] = '\n';
        return limit - 1;
      }
      scanned = next + seen;
    }
  }

  /** Reads more, keeping the previous line and what comes next; leaves room for a line feed. */
  private boolean fill() throws IOException {
    var keep = number == 0 ? next : previous.from;
    if (limit >= buffer.length - 1) {
      var length = limit - keep;
      var target = length > buffer.length / 2 ? new byte[2 * buffer.length] : buffer;
      System.arraycopy(buffer, keep, target, 0, length);
      buffer = target;
      previous.bytes = target;
      previous.from -= keep;
      previous.to -= keep;
      next -= keep;
      limit = length;
    }
    var read = stream.read(buffer, limit, buffer.length - 1 - limit);
    limit += Math.max(0, read);
    return read > 0;
  }
}
