package org.golempipeline.standard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * How two lines compare: whole or by columns, bytewise or as numbers. Where the columns lie is
 * worked out once a line, by {@link #prepare}. For one thread.
 */
final class LineOrder {
  private static final int MOST_SHOWN = 80;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final int[] columns;
  private final boolean numeric;
  private @Nullable Delimiter delimiter;

  private LineOrder(int[] columns, boolean numeric, @Nullable Delimiter delimiter) {
    this.columns = columns;
    this.numeric = numeric;
    this.delimiter = delimiter;
  }

  static LineOrder from(Options options) {
    return new LineOrder(
        options.at("key").items().stream()
            .mapToInt(column -> column.integer().orElseThrow().intValue())
            .toArray(),
        options.at("numeric").flag(),
        Delimiter.from(options.at("delimiter")));
  }

  /**
   * Finds the keys of a line.
   *
   * @param where names the line at the start of a message
   */
  void prepare(Line line, Supplier<String> where) throws StrategyException {
    if (columns.length == 0 && !numeric) {
      line.prefix = prefix(line.bytes, line.from, line.to);
      return;
    }
    var count = Math.max(1, columns.length);
    if (line.keys.length == 0) {
      line.keys = new int[2 * count];
      line.numbers = new BigDecimal[numeric ? count : 0];
    }
    line.keys[1] = line.to - line.from;
    for (var i = 0; i < columns.length; i++) {
      findColumn(line, i, where);
    }
    for (var i = 0; i < line.numbers.length; i++) {
      line.numbers[i] = number(line, i, where);
    }
    if (!numeric) {
      line.prefix = prefix(line.bytes, line.from + line.keys[0], line.from + line.keys[1]);
    }
  }

  /** Less than, equal to or more than zero as {@code a} comes before, with or after {@code b}. */
  int compare(Line a, Line b) {
    if (a.prefix != b.prefix) {
      return Long.compareUnsigned(a.prefix, b.prefix);
    }
    if (a.keys.length == 0) {
      return Arrays.compareUnsigned(a.bytes, a.from, a.to, b.bytes, b.from, b.to);
    }
    for (var i = 0; i < a.keys.length; i += 2) {
      var order =
          numeric
              ? a.numbers[i / 2].compareTo(b.numbers[i / 2])
              : Arrays.compareUnsigned(
                  a.bytes,
                  a.from + a.keys[i],
                  a.from + a.keys[i + 1],
                  b.bytes,
                  b.from + b.keys[i],
                  b.from + b.keys[i + 1]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The first eight bytes, zeros behind the end: what differs here orders as the whole does. */
  private static long prefix(byte[] bytes, int from, int to) {
    if (from + Long.BYTES <= bytes.length) {
      var word = (long) WORDS.get(bytes, from);
      var missing = Long.BYTES - (to - from);
      return missing <= 0 ? word : missing == Long.BYTES ? 0 : word & -1L << 8 * missing;
    }
    var word = 0L;
    for (var i = 0; i < Long.BYTES; i++) {
      word = word << 8 | (from + i < to ? bytes[from + i] & 0xff : 0);
    }
    return word;
  }

  private void findColumn(Line line, int index, Supplier<String> where) throws StrategyException {
    if (delimiter == null) {
      delimiter = Delimiter.of(line.string(0, line.to - line.from));
    }
    var blanks = delimiter == Delimiter.WHITESPACE;
    var separator = delimiter.separator().charAt(0);
    var at = line.from;
    for (var column = 1; ; column++) {
      while (blanks && at < line.to && isBlank(line.bytes[at])) {
        at++;
      }
      var end = at;
      while (end < line.to && !(blanks ? isBlank(line.bytes[end]) : line.bytes[end] == separator)) {
        end++;
      }
      if (column == columns[index] && !(blanks && at == end)) {
        line.keys[2 * index] = at - line.from;
        line.keys[2 * index + 1] = end - line.from;
        return;
      }
      if (end == line.to) {
        throw new StrategyException(
            "%s has no column %d: `%s`.".formatted(where.get(), columns[index], line.shown()),
            "Check what the command writes, and the `delimiter`.");
      }
      at = end + 1;
    }
  }

  private static BigDecimal number(Line line, int index, Supplier<String> where)
      throws StrategyException {
    var text = line.string(line.keys[2 * index], line.keys[2 * index + 1]).strip();
    var number = Decimals.parse(text);
    if (number == null) {
      throw new StrategyException(
          "%s has `%s` where a number is expected."
              .formatted(where.get(), text.isEmpty() ? line.shown() : LineReader.text(text)),
          "Let the command write plain numbers, or leave out `numeric`.");
    }
    return number;
  }

  private static boolean isBlank(byte b) {
    return b >= 0 && b <= ' ';
  }

  /** A line within a buffer; the line feed behind it is no part of it. */
  static final class Line {
    byte[] bytes = {};
    int from;
    int to;

    /** Pairs of where a key begins and ends, counted from {@link #from}. */
    private int[] keys = {};

    private BigDecimal[] numbers = {};

    /** The beginning of the first key if it is text. */
    private long prefix;

    /** Becomes {@code other}, with bytes of its own. */
    void copy(Line other) {
      var length = other.to - other.from;
      if (bytes.length < length) {
        bytes = new byte[2 * length];
      }
      System.arraycopy(other.bytes, other.from, bytes, 0, length);
      from = 0;
      to = length;
      keys = other.keys.clone();
      numbers = other.numbers.clone();
      prefix = other.prefix;
    }

    /** Its beginning, for a message. */
    String shown() {
      var text = LineReader.text(string(0, Math.min(to - from, MOST_SHOWN)));
      return to - from > MOST_SHOWN ? text + "..." : text;
    }

    private String string(int begin, int end) {
      return new String(bytes, from + begin, end - begin, StandardCharsets.ISO_8859_1);
    }
  }
}
