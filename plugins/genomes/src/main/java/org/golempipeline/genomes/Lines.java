package org.golempipeline.genomes;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.NotText;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the lines of an input file, of any length: a line is where it begins and how long it
 * is, and its first {@value #SHOWN} bytes. It ends with LF or CRLF; the last one may lack that.
 */
final class Lines implements Closeable {
  /** How much of a line can be looked at. */
  static final int SHOWN = 1 << 12;

  private static final int BUFFER = 1 << 18;

  private final InputFile file;
  private final FileChannel channel;
  private final byte[] buffer;

  /** Where the buffer begins in the file, how much it holds, and where the next line begins. */
  private long base;

  private int limit;
  private int next;

  /** The current line: where it begins in the file, its bytes with and without its end. */
  private long offset;

  private long width;
  private long length;
  private long number;

  /** Where in the line its first byte is that may not be in it, and which that is. */
  private long strayAt;

  private byte stray;

  /** Where its first bytes are, and how many of them. */
  private byte[] head;

  private int from;
  private int shown;

  private Lines(InputFile file) throws IOException {
    this.file = file;
    this.buffer = new byte[(int) Math.min(BUFFER, file.size() + 1)];
    this.head = buffer;
    this.channel = file.open();
  }

  /**
   * Opens {@code file} before its first line.
   *
   * @param cure what to do if it is packed
   */
  static Lines open(InputFile file, String cure) throws IOException, StrategyException {
    if (file.remote() != null) {
      throw new StrategyException(
          "`%s` is fetched by the providers, so it cannot be looked at here."
              .formatted(file.path()),
          "Download it and name the file.");
    }
    var lines = new Lines(file);
    try {
      lines.fill();
      var other = NotText.in(lines.buffer, lines.limit);
      if (other.isPresent()) {
        var encoding = other.get().encoding();
        throw new StrategyException(
            "`%s` is %s, so it cannot be cut.".formatted(file.path(), other.get().what()),
            encoding == null
                ? cure
                : "Convert it with `iconv -f %s -t UTF-8`.".formatted(encoding));
      }
      return lines;
    } catch (IOException | StrategyException | RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /** Moves to the next line; false at the end of the file. */
  boolean next() throws IOException {
    return next(Alphabet.ANYTHING);
  }

  /**
   * Moves to the next line, and has {@link #stray} know of the first byte that is not of {@code
   * alphabet}; false at the end of the file.
   */
  boolean next(Alphabet alphabet) throws IOException {
    if (limit - next < SHOWN) {
      fill();
    }
    if (next == limit) {
      return false;
    }
    number++;
    head = buffer;
    from = next;
    offset = base + next;
    strayAt = -1;
    var end = LineFeeds.find(buffer, next, limit);
    if (end == limit && base + limit < file.size()) {
      walkBeyondTheBuffer(alphabet);
      return true;
    }
    see(alphabet, from, end, 0);
    shown = Math.min(SHOWN, end - from);
    next = Math.min(limit, end + 1);
    width = (long) next - from;
    length = (long) end - from;
    if (length > 0 && buffer[end - 1] == '\r') {
      length--;
      shown = (int) Math.min(shown, length);
    }
    return true;
  }

  /** The line began in the buffer and ends in a later one. */
  private void walkBeyondTheBuffer(Alphabet alphabet) throws IOException {
    see(alphabet, from, limit, 0);
    shown = Math.min(SHOWN, limit - from);
    head = Arrays.copyOfRange(buffer, from, from + shown);
    from = 0;
    var last = buffer[limit - 1];
    var end = limit;
    while (end == limit && base + limit < file.size()) {
      next = limit;
      fill();
      end = LineFeeds.find(buffer, 0, limit);
      see(alphabet, 0, end, base - offset);
      last = end > 0 ? buffer[end - 1] : last;
    }
    next = Math.min(limit, end + 1);
    width = base + next - offset;
    length = base + end - offset - (last == '\r' ? 1 : 0);
    shown = (int) Math.min(shown, length);
  }

  /**
   * @param before how many bytes of the line come before {@code begin}
   */
  private void see(Alphabet alphabet, int begin, int end, long before) {
    if (strayAt >= 0) {
      return;
    }
    var found = alphabet.firstOther(buffer, begin, end);
    if (found < end) {
      strayAt = before + found - begin;
      stray = buffer[found];
    }
  }

  /** What is in the line, without its end, that may not be: shown with its place; or null. */
  @Nullable String stray() {
    if (strayAt < 0 || strayAt >= length) {
      return null;
    }
    var shown =
        switch (stray) {
          case '\r' -> "a carriage return";
          case ' ', '\t' -> "a blank";
          default ->
              stray > ' ' && stray < 0x7f ? "`" + (char) stray + "`" : "byte " + (stray & 0xff);
        };
    return "%s in place %,d".formatted(shown, strayAt + 1);
  }

  /** Whether the lines seem to end in carriage returns alone, as far as this one shows. */
  boolean hasReturns() {
    for (var i = from; i < from + shown; i++) {
      if (head[i] == '\r') {
        return true;
      }
    }
    return false;
  }

  /** Where the line begins in the file. */
  long offset() {
    return offset;
  }

  /** How many bytes the line has with its end. */
  long width() {
    return width;
  }

  /** How many bytes the line has without its end. */
  long length() {
    return length;
  }

  /** The number of the line, from 1. */
  long number() {
    return number;
  }

  /** Whether the line begins with {@code c}. */
  boolean startsWith(char c) {
    return shown > 0 && head[from] == c;
  }

  /** How many bytes there are from the one at {@code at} to the first blank, tab or the end. */
  int word(int at) {
    var end = from + at;
    while (end < from + shown && head[end] != ' ' && head[end] != '\t') {
      end++;
    }
    return Math.max(0, end - from - at);
  }

  /** Copies {@code count} of the line's first bytes from the one at {@code at} on. */
  void copy(int at, int count, byte[] target) {
    System.arraycopy(head, from + at, target, 0, count);
  }

  /** The first bytes of the line as text. */
  String text() {
    return new String(head, from, shown, StandardCharsets.UTF_8);
  }

  InputFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Moves what comes next to the front of the buffer and fills the rest from the file. */
  private void fill() throws IOException {
    System.arraycopy(buffer, next, buffer, 0, limit - next);
    base += next;
    limit -= next;
    next = 0;
    var wanted = (int) Math.min(buffer.length - limit, file.size() - base - limit);
    var target = ByteBuffer.wrap(buffer, limit, wanted);
    while (target.hasRemaining()) {
      if (channel.read(target, file.offset() + base + target.position()) < 0) {
        throw new IOException(file.path() + " has become shorter while it was read");
      }
    }
    limit += wanted;
  }
}
