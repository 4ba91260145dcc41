package org.golempipeline.standard;

import java.util.Arrays;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the rows of a CSV file end: at line feeds outside quotes, where a quote opens only at
 * the start of a field and is doubled within. Feed it buffers one after the other; it remembers
 * where it is. What shows that the file was written in another dialect is refused, since rows of
 * that would be cut within: text behind a closing quote, quotes that open behind a blank and stay
 * open, backslashes before quotes and line ends, and a delimiter that was guessed and is not what
 * the rows have.
 */
final class CsvRows {
  /** What a delimiter is guessed among. */
  private static final String CANDIDATES = ",;\t|";

  /** What a byte is; from {@link #CANDIDATE} on the candidates, in their order. */
  private static final byte ORDINARY = 0;

  private static final byte DELIMITER = 1;
  private static final byte FEED = 2;
  private static final byte QUOTE = 3;
  private static final byte BLANK = 4;
  private static final byte RETURN = 5;
  private static final byte CANDIDATE = 6;

  private enum State {
    FIELD_START,
    /** Nothing but blanks so far. */
    BLANKS,
    PLAIN,
    /** Behind something that might be the delimiter. */
    CANDIDATE_IN_PLAIN,
    /** Behind blanks, which for others belong to no field. */
    QUOTED_BEHIND_BLANKS,
    /** Within such quotes, and behind a delimiter. */
    DELIMITER_BEHIND_BLANKS,
    QUOTED,
    QUOTE_IN_QUOTED,
    /** Behind the closing quote and blanks. */
    CLOSED
  }

  private final String label;
  private final byte[] kinds = new byte[256];

  /** The header that told the delimiter; null while that is read. */
  private final @Nullable CsvHeader header;

  /** Of the current row: delimiters, and candidates that are not taken for delimiters. */
  private long delimiters;

  private final long[] candidates = new long[CANDIDATES.length()];

  private State state = State.FIELD_START;
  private long lines;
  private long rowLine;
  private long rows;
  private byte last;

  /** Whether a backslash stood before a quote or a line end, in this row and in the one before. */
  private boolean escapes;

  private boolean escapedBefore;

  /** Of the first row, if its delimiters are those of the header that has none. */
  private long @Nullable [] suspicion;

  /** Reads what follows {@code header}. */
  CsvRows(String label, CsvHeader header) {
    this(label, header, header.delimiter(), header.isGuessed(), header.lines());
  }

  private CsvRows(
      String label,
      @Nullable CsvHeader header,
      @Nullable Byte delimiter,
      boolean guess,
      long lines) {
    this.label = label;
    this.header = header;
    this.lines = lines;
    this.rowLine = lines + 1;
    kinds['\n'] = FEED;
    kinds['"'] = QUOTE;
    kinds[' '] = BLANK;
    kinds['\t'] = BLANK;
    kinds['\r'] = RETURN;
    for (var i = 0; guess && i < CANDIDATES.length(); i++) {
      kinds[CANDIDATES.charAt(i)] = (byte) (CANDIDATE + i);
    }
    if (delimiter != null) {
      kinds[delimiter & 0xff] = DELIMITER;
    }
  }

  /**
   * Reads a header row.
   *
   * @param delimiter null to take every candidate for one
   * @param lines how many come before it
   */
  static CsvRows ofHeader(String label, @Nullable Byte delimiter, long lines) {
    return new CsvRows(label, null, delimiter, delimiter == null, lines);
  }

  /** The candidate that stands most often in the row, and a comma if there is none. */
  byte likeliest() {
    var best = 0;
    for (var i = 1; i < candidates.length; i++) {
      best = candidates[i] > candidates[best] ? i : best;
    }
    return (byte) CANDIDATES.charAt(best);
  }

  /** How often each candidate stands in the row. */
  long[] candidates() {
    return candidates.clone();
  }

  long delimiters() {
    return delimiters;
  }

  /** The index behind the first row that ends in {@code bytes} between the two, or -1. */
  int rowEnd(byte[] bytes, int from, int to) throws StrategyException {
    var now = state;
    for (var i = from; i < to; i++) {
      var kind = kinds[bytes[i] & 0xff];
      switch (now) {
        case PLAIN -> {
          if (kind == ORDINARY) {
            continue;
          }
          if (kind == FEED) {
            return rowEnded(bytes, from, i);
          }
          if (kind == DELIMITER) {
            delimiters++;
            now = State.FIELD_START;
          } else if (kind >= CANDIDATE) {
            now = candidate(kind);
          }
        }
        case QUOTED -> {
          if (kind == QUOTE) {
            escapes |= before(bytes, from, i) == '\\';
            now = State.QUOTE_IN_QUOTED;
          } else if (kind == FEED) {
            lines++;
          }
        }
        case QUOTE_IN_QUOTED, CLOSED -> {
          if (kind == FEED) {
            return rowEnded(bytes, from, i);
          }
          now = behindQuote(now, kind);
        }
        case FIELD_START, BLANKS -> {
          if (kind == FEED) {
            return rowEnded(bytes, from, i);
          }
          now = fieldStart(now, kind);
        }
        case CANDIDATE_IN_PLAIN -> {
          if (kind == FEED) {
            return rowEnded(bytes, from, i);
          }
          now = behindCandidate(kind);
        }
        case QUOTED_BEHIND_BLANKS, DELIMITER_BEHIND_BLANKS -> now = behindBlanks(now, kind);
      }
    }
    state = now;
    last = to > from ? bytes[to - 1] : last;
    return -1;
  }

  /** Refuses a file that ends here within quotes. */
  void requireClosed() throws StrategyException {
    if (state == State.QUOTED
        || state == State.QUOTED_BEHIND_BLANKS
        || state == State.DELIMITER_BEHIND_BLANKS) {
      throw wrong(
          "opens a quote and never closes it",
          "Close the quote; double one that belongs to the text, in a field that is in quotes.");
    }
  }

  /** How many lines there were, with those before the first row. */
  long lines() {
    return lines;
  }

  private State fieldStart(State now, byte kind) {
    return switch (kind) {
      case DELIMITER -> {
        delimiters++;
        yield State.FIELD_START;
      }
      case QUOTE -> now == State.FIELD_START ? State.QUOTED : State.QUOTED_BEHIND_BLANKS;
      case BLANK -> State.BLANKS;
      case ORDINARY, RETURN -> State.PLAIN;
      default -> candidate(kind);
    };
  }

  private State behindQuote(State now, byte kind) throws StrategyException {
    if (kind == QUOTE && now == State.QUOTE_IN_QUOTED) {
      return State.QUOTED;
    }
    return switch (kind) {
      case DELIMITER -> {
        delimiters++;
        yield State.FIELD_START;
      }
      case BLANK, RETURN -> State.CLOSED;
      default -> {
        if (kind >= CANDIDATE && header == null) {
          yield candidate(kind);
        }
        throw wrong(
            "has text behind a closing quote",
            "Double a quote that belongs to the text (a backslash before it means nothing), and"
                + " set `delimiter` if fields end in something else.");
      }
    };
  }

  /**
   * For some the field is in quotes, for others it ends at the next delimiter: where that matters.
   */
  private State behindBlanks(State now, byte kind) throws StrategyException {
    if (kind == FEED || kind == QUOTE && now == State.DELIMITER_BEHIND_BLANKS) {
      throw wrong(
          "opens a quote behind a blank and does not close it",
          "Remove blanks before quotes; double a quote that belongs to the text, in a field that is"
              + " in quotes.");
    }
    return switch (kind) {
      case QUOTE -> State.PLAIN;
      case DELIMITER -> State.DELIMITER_BEHIND_BLANKS;
      default -> State.QUOTED_BEHIND_BLANKS;
    };
  }

  private State behindCandidate(byte kind) throws StrategyException {
    return switch (kind) {
      case DELIMITER -> {
        delimiters++;
        yield State.FIELD_START;
      }
      case QUOTE ->
          throw guessedWrong("opens a quote behind something that may well be the delimiter");
      case BLANK -> State.CANDIDATE_IN_PLAIN;
      case ORDINARY, RETURN -> State.PLAIN;
      default -> candidate(kind);
    };
  }

  private State candidate(byte kind) {
    candidates[kind - CANDIDATE]++;
    return header == null ? State.FIELD_START : State.CANDIDATE_IN_PLAIN;
  }

  private byte before(byte[] bytes, int from, int at) {
    return at > from ? bytes[at - 1] : last;
  }

  private int rowEnded(byte[] bytes, int from, int at) throws StrategyException {
    if (header != null) {
      escapes |= before(bytes, from, at) == '\\';
      if (delimiters != header.delimiters()) {
        ragged(header, at == from || at == from + 1 && bytes[from] == '\r');
      }
      if (++rows <= 2 && header.isGuessed()) {
        compareWithHeader(header);
      }
      delimiters = 0;
      if (header.isGuessed()) {
        Arrays.fill(candidates, 0);
      }
      escapedBefore = escapes;
      escapes = false;
    }
    lines++;
    rowLine = lines + 1;
    state = State.FIELD_START;
    return at + 1;
  }

  /** Rows may be short or long, but not where another dialect explains it. */
  private void ragged(CsvHeader header, boolean blank) throws StrategyException {
    if (escapes || escapedBefore && !blank) {
      throw wrong(
          "has %s instead of %,d, by a backslash before a quote or a line end"
              .formatted(Words.count(delimiters + 1, "column"), header.delimiters() + 1),
          "Backslashes mean nothing here: put fields that have line ends into quotes, and double"
              + " the quotes in them.");
    }
    for (var i = 0; header.isGuessed() && i < candidates.length; i++) {
      if (candidates[i] > 0 && candidates[i] == header.candidates()[i]) {
        throw guessedWrong(
            "has %s with %s between, but %,d with %s, as many as the header"
                .formatted(
                    Words.count(delimiters + 1, "column"),
                    shown(header.delimiter()),
                    candidates[i] + 1,
                    shown((byte) CANDIDATES.charAt(i))));
      }
    }
  }

  /** A first row without any delimiter above rows that agree on one is a title. */
  private void compareWithHeader(CsvHeader header) throws StrategyException {
    if (Arrays.stream(header.candidates()).anyMatch(count -> count > 0)) {
      return;
    }
    var counts = candidates.clone();
    counts[CANDIDATES.indexOf(header.delimiter())] = delimiters;
    if (suspicion == null) {
      suspicion = counts;
      return;
    }
    for (var i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && counts[i] == suspicion[i]) {
        throw guessedWrong(
            "has %s with %s between, like the row above it, and the header has one"
                .formatted(
                    Words.count(counts[i] + 1, "column"), shown((byte) CANDIDATES.charAt(i))));
      }
    }
  }

  private static String shown(byte delimiter) {
    return delimiter == '\t' ? "a tab" : "`" + (char) delimiter + "`";
  }

  private StrategyException guessedWrong(String what) {
    return wrong(
        what,
        "Set `delimiter` to what stands between the fields: without it, the header tells, by what"
            + " it has most of. Lines above the header must go.");
  }

  private StrategyException wrong(String what, String cure) {
    return new StrategyException(
        "The row that begins in line %d of %s %s.".formatted(rowLine, label, what), cure);
  }
}
