package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.BitSet;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over JSON of any size without building it: says where values begin and end in bytes, copies
 * them as they are written, and refuses what is not JSON, with the line. A byte order mark at the
 * start is passed over.
 */
final class JsonScanner implements Closeable {
  private static final int DEEPEST = 10_000;
  private static final int END = -1;

  private final InputStream stream;
  private final String label;
  private final byte[] buffer;
  private final BitSet objects = new BitSet();
  private @Nullable OutputStream copy;
  private int copyFrom;
  private long base;
  private int position;
  private int limit;
  private long line = 1;

  /**
   * @param size how much the stream holds, about
   * @param label names the source at the start of messages
   */
  JsonScanner(InputStream stream, long size, String label) {
    this.buffer = new byte[Buffers.sizeFor(size, 1 << 16)];
    this.stream = stream;
    this.label = label;
  }

  /** Passes over blanks and answers the byte behind them without taking it; -1 at the end. */
  int peek() throws IOException, StrategyException {
    if (base == 0 && position == 0 && byteAhead() == 0xef) {
      take(0xef);
      take(0xbb);
      take(0xbf);
    }
    while (true) {
      var next = byteAhead();
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      line += next == '\n' ? 1 : 0;
      position++;
    }
  }

  /** Takes the byte that {@link #peek} answered. */
  void take() {
    position++;
  }

  /** How many bytes were taken. */
  long position() {
    return base + position;
  }

  /** Takes one value. */
  void value() throws IOException, StrategyException {
    var depth = 0;
    while (true) {
      var opened = open(peek());
      if (opened == '{' || opened == '[') {
        if (depth == DEEPEST) {
          throw wrong("nests deeper than %,d levels".formatted(DEEPEST));
        }
        objects.set(depth++, opened == '{');
        if (opened == '{') {
          key();
        }
        continue;
      }
      while (depth > 0) {
        var isObject = objects.get(depth - 1);
        var next = peek();
        if (next == ',') {
          take();
          if (isObject) {
            key();
          }
          break;
        }
        if (next != (isObject ? '}' : ']')) {
          throw wrong(isObject ? "lacks `,` or `}`" : "lacks `,` or `]`");
        }
        take();
        depth--;
      }
      if (depth == 0) {
        return;
      }
    }
  }

  /** Takes one value and writes it to {@code target} as it stands. */
  void copyValue(OutputStream target) throws IOException, StrategyException {
    peek();
    copy = target;
    copyFrom = position;
    value();
    target.write(buffer, copyFrom, position - copyFrom);
    copy = null;
  }

  /** What to say about the place reached. */
  StrategyException wrong(String what) {
    return new StrategyException(
        "%s is not valid JSON: line %d %s.".formatted(label, line, what),
        "Write one JSON array or value; for one value a line in a big file use `lines`.");
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** Takes a whole scalar or empty container, or the bracket that opens a full one. */
  private int open(int first) throws IOException, StrategyException {
    switch (first) {
      case '{', '[' -> {
        take();
        if (peek() == (first == '{' ? '}' : ']')) {
          take();
          return 0;
        }
        return first;
      }
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      case END -> throw wrong("ends where a value is expected");
      default -> number(first);
    }
    return 0;
  }

  private void key() throws IOException, StrategyException {
    if (peek() != '"') {
      throw wrong("lacks a name in quotes");
    }
    string();
    if (peek() != ':') {
      throw wrong("lacks `:` behind a name");
    }
    take();
  }

  private void string() throws IOException, StrategyException {
    take();
    while (true) {
      var next = byteAhead();
      if (next < ' ') {
        throw wrong(
            next == END ? "ends inside a string" : "has a raw control character in a string");
      }
      position++;
      if (next == '"') {
        return;
      }
      if (next == '\\') {
        escape();
      } else if (next >= 0x80) {
        character(next);
      }
    }
  }

  /** The rest of a character that has several bytes in UTF-8. */
  private void character(int first) throws IOException, StrategyException {
    var more = first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    var lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    var highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (var i = 0; i < Math.abs(more); i++) {
      var next = byteAhead();
      if (more < 0 || next < lowest || next > highest) {
        throw wrong("has a string that is not UTF-8");
      }
      position++;
      lowest = 0x80;
      highest = 0xbf;
    }
  }

  private void escape() throws IOException, StrategyException {
    var escaped = byteAhead();
    if (escaped < 0 || "\"\\/bfnrtu".indexOf(escaped) < 0) {
      throw wrong("has an unknown escape in a string");
    }
    position++;
    for (var i = 0; escaped == 'u' && i < 4; i++) {
      if (Character.digit(byteAhead(), 16) < 0) {
        throw wrong("has an unknown escape in a string");
      }
      position++;
    }
  }

  private void word(String word) throws IOException, StrategyException {
    for (var i = 0; i < word.length(); i++) {
      take(word.charAt(i));
    }
    requireEnd("something unknown behind `%s`".formatted(word));
  }

  private void number(int first) throws IOException, StrategyException {
    if (first == '-') {
      take();
    }
    if (byteAhead() == '0') {
      take();
    } else {
      digits();
    }
    if (byteAhead() == '.') {
      take();
      digits();
    }
    if (byteAhead() == 'e' || byteAhead() == 'E') {
      take();
      if (byteAhead() == '+' || byteAhead() == '-') {
        take();
      }
      digits();
    }
    requireEnd("a number that JSON does not know");
  }

  /** Else a date such as 2024-10-12 would be three numbers. */
  private void requireEnd(String otherwise) throws IOException, StrategyException {
    var next = byteAhead();
    if (next != END && " \n\r\t,]}".indexOf(next) < 0) {
      throw wrong("has " + otherwise);
    }
  }

  private void digits() throws IOException, StrategyException {
    if (!isDigit(byteAhead())) {
      throw wrong("has something that JSON does not know");
    }
    while (isDigit(byteAhead())) {
      position++;
    }
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private void take(int expected) throws IOException, StrategyException {
    if (byteAhead() != expected) {
      throw wrong("has something that JSON does not know");
    }
    position++;
  }

  private int byteAhead() throws IOException {
    return position < limit || fill() ? buffer[position] & 0xff : END;
  }

  private boolean fill() throws IOException {
    if (copy != null) {
      copy.write(buffer, copyFrom, position - copyFrom);
      copyFrom = 0;
    }
    base += position;
    position = 0;
    limit = Math.max(0, stream.read(buffer));
    return limit > 0;
  }
}
