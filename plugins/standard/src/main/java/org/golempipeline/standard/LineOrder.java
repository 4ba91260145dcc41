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
 *
 * <p>A line also has a mark: how it differs from another that comes before it, in one number. It is
 * made of how many words their first keys share and of the word behind those. Of two lines marked
 * against the same one, that with the smaller mark comes first, since it shares more, or as much
 * and then has the smaller word. So what lines have in common is looked at once for each, not each
 * time that it is compared.
 */
final class LineOrder {
  private static final int MOST_SHOWN = 80;

  /** Bytes in a word of a mark. */
  private static final int WORD = 6;

  /**
   * From so many shared words on, a mark is zero. So is that of a line whose first key is equal.
   */
  private static final int MOST_SHARED = Short.MAX_VALUE - 1;

  /** Instead of where two keys begin to differ. */
  private static final int EQUAL = -1;

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

  static LineOrder from(Options options) throws StrategyException {
    var keys = options.at("key").items();
    var columns = new int[keys.size()];
    for (var i = 0; i < columns.length; i++) {
      columns[i] = Columns.number(keys.get(i));
    }
    return new LineOrder(
        columns, options.at("numeric").flag(), Delimiter.from(options.at("delimiter")));
  }

  /** How outputs get into this order: {@code sort -n} knows no exponents, {@code -g} does. */
  String cure() {
    var words = new StringBuilder("LC_ALL=C sort");
    if (numeric) {
      words.append(" -g");
    }
    for (var column : columns) {
      words.append(" -k ").append(column).append(',').append(column);
    }
    return "Sort it in `run` with `%s`%s."
        .formatted(
            words, columns.length == 0 ? "" : ", and `-t` for what stands between the columns");
  }

  /**
   * Finds the keys of a line.
   *
   * @param where names the line at the start of a message
   */
  void prepare(Line line, Supplier<String> where) throws StrategyException {
    if (columns.length > 0 || numeric) {
      findKeys(line, where);
    } else {
      line.keyEnd = line.to - line.from;
    }
  }

  /** Marks {@code line} against {@code before}, new or prepared; whether it may come after that. */
  boolean follows(Line before, Line line) {
    var at = mismatch(before, line, 0);
    mark(line, at);
    return compare(before, line, at) <= 0;
  }

  /**
   * Whether {@code a} comes before {@code b}, where both are marked against the same line. The
   * other one is then marked against it.
   *
   * @param ifEqual what to answer if their keys are equal
   */
  boolean isBefore(Line a, Line b, boolean ifEqual) {
    if (a.mark != b.mark) {
      return a.mark < b.mark;
    }
    if (a.isEnd()) {
      return ifEqual;
    }
    var at = mismatch(a, b, shared(a));
    var order = compare(a, b, at);
    var before = order < 0 || (order == 0 && ifEqual);
    mark(before ? b : a, at);
    return before;
  }

  /** Whether the keys of {@code line}, marked against an equal of {@code other}, equal its keys. */
  boolean repeats(Line other, Line line) {
    return line.mark == 0 && compare(other, line, mismatch(other, line, shared(line))) == 0;
  }

  private static void mark(Line line, int mismatch) {
    var shared = mismatch == EQUAL ? MOST_SHARED : mismatch / WORD;
    line.mark =
        shared >= MOST_SHARED
            ? 0
            : (long) (MOST_SHARED - shared) << WORD * Byte.SIZE | line.word(shared * WORD);
  }

  /** How many bytes at least the first key shares with what the line is marked against, or all. */
  private static int shared(Line line) {
    return WORD * (MOST_SHARED - (int) (line.mark >>> WORD * Byte.SIZE));
  }

  /** Where their first keys begin to differ, looking from {@code start}, or {@link #EQUAL}. */
  private static int mismatch(Line a, Line b, int start) {
    var fromA = a.from + a.keyBegin;
    var fromB = b.from + b.keyBegin;
    var lengthA = a.keyEnd - a.keyBegin;
    var lengthB = b.keyEnd - b.keyBegin;
    var length = Math.min(lengthA, lengthB);
    var at = start;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      var difference =
          (long) WORDS.get(a.bytes, fromA + at) ^ (long) WORDS.get(b.bytes, fromB + at);
      if (difference != 0) {
        return at + Long.numberOfLeadingZeros(difference) / Byte.SIZE;
      }
    }
    while (at < length && a.bytes[fromA + at] == b.bytes[fromB + at]) {
      at++;
    }
    return at < length || lengthA != lengthB ? at : EQUAL;
  }

  /** Compares two lines whose first keys differ at {@code mismatch}. */
  private int compare(Line a, Line b, int mismatch) {
    if (mismatch != EQUAL) {
      return Integer.compare(a.keyByte(mismatch), b.keyByte(mismatch));
    }
    for (var i = 0; i < a.numbers.length; i++) {
      var order = a.numbers[i].compareTo(b.numbers[i]);
      if (order != 0) {
        return order;
      }
    }
    for (var i = 2; !numeric && i < a.keys.length; i += 2) {
      var order =
          Arrays.compareUnsigned(
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

  private void findKeys(Line line, Supplier<String> where) throws StrategyException {
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
      line.keyBegin = line.keys[0];
      line.keyEnd = line.keys[1];
    }
  }

  private void findColumn(Line line, int index, Supplier<String> where) throws StrategyException {
    if (delimiter == null) {
      delimiter = Delimiter.of(line.string(0, line.to - line.from));
    }
    var blanks = delimiter == Delimiter.WHITESPACE;
    var separator = delimiter.separator().charAt(0);
    var at = line.from;
    for (var column = 1; ; column++) {
      while (blanks && at < line.to && Delimiter.isBlank(line.bytes[at])) {
        at++;
      }
      var end = at;
      while (end < line.to
          && !(blanks ? Delimiter.isBlank(line.bytes[end]) : line.bytes[end] == separator)) {
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
          "%s has `%s` where a number%s is expected."
              .formatted(
                  where.get(),
                  text.isEmpty() ? line.shown() : TableReader.shown(text),
                  Decimals.isTooLong(text) ? " of at most 1,000 digits" : ""),
          "Let the command write plain numbers, or leave out `numeric`.");
    }
    return number;
  }

  /** A line within a buffer; the line feed behind it is no part of it. */
  static final class Line {
    byte[] bytes = {};
    int from;
    int to;

    /** Pairs of where a key begins and ends, counted from {@link #from}. */
    private int[] keys = {};

    private BigDecimal[] numbers = {};

    /** Where the first key lies, counted from {@link #from}; nowhere if it is a number. */
    private int keyBegin;

    private int keyEnd;

    /** How it differs from the line it is marked against. */
    private long mark;

    /** Smaller than the mark of a line that comes after this one. */
    long mark() {
      return mark;
    }

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
      keyBegin = other.keyBegin;
      keyEnd = other.keyEnd;
    }

    /** Becomes what comes after all lines. */
    void markAsEnd() {
      mark = Long.MAX_VALUE;
    }

    boolean isEnd() {
      return mark == Long.MAX_VALUE;
    }

    /** Its beginning, for a message. */
    String shown() {
      var text = LineReader.text(string(0, Math.min(to - from, MOST_SHOWN)));
      return to - from > MOST_SHOWN ? text + "..." : text;
    }

    /** Bytes of the first key, zeros behind its end: what differs here orders as keys do. */
    private long word(int at) {
      var start = from + keyBegin + at;
      var missing = Math.max(0, WORD - (from + keyEnd - start));
      if (missing < WORD && start + Long.BYTES <= bytes.length) {
        var read = (long) WORDS.get(bytes, start) >>> Byte.SIZE * (Long.BYTES - WORD);
        return read & -1L << Byte.SIZE * missing;
      }
      var word = 0L;
      for (var i = 0; i < WORD; i++) {
        word = word << Byte.SIZE | (i < WORD - missing ? bytes[start + i] & 0xff : 0);
      }
      return word;
    }

    /** A byte of the first key, or -1 behind its end. */
    private int keyByte(int at) {
      return keyBegin + at < keyEnd ? bytes[from + keyBegin + at] & 0xff : -1;
    }

    private String string(int begin, int end) {
      return new String(bytes, from + begin, end - begin, StandardCharsets.ISO_8859_1);
    }
  }
}
