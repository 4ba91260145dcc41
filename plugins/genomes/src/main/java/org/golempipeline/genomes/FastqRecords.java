package org.golempipeline.genomes;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.StrategyException;

/**
 * Walks over the records of a FASTQ file and checks that each has four lines: only their number
 * tells a header from qualities that begin with {@code @}. Blank lines may follow the last one.
 */
final class FastqRecords implements Closeable {
  private final Lines lines;
  private final byte[] name = new byte[Lines.SHOWN];
  private int nameLength;

  /** The name of the record before, as long as it is of use. */
  private final byte[] before = new byte[Lines.SHOWN];

  private int beforeLength = -1;
  private long number;
  private long start;

  private FastqRecords(Lines lines) {
    this.lines = lines;
  }

  static FastqRecords open(InputFile file) throws IOException, StrategyException {
    return new FastqRecords(
        Lines.open(file, "Set `decompress: true`, which takes gzip, or decompress it beforehand."));
  }

  /** Moves to the next record; false at the end. */
  boolean next() throws IOException, StrategyException {
    if (!lines.next()) {
      return false;
    }
    if (lines.length() == 0) {
      requireOnlyBlankLines();
      return false;
    }
    number++;
    start = lines.offset();
    if (!lines.startsWith('@')) {
      throw wrong("begins with `%s`, not with `@` and a name".formatted(shown(lines.text())));
    }
    if (number == 2) {
      System.arraycopy(name, 0, before, 0, nameLength);
      beforeLength = bareLength();
    }
    nameLength = lines.word(1);
    lines.copy(1, nameLength, name);
    var bases = lines.next(Alphabet.READ) ? lines.length() : -1;
    refuseStray("bases");
    if (bases < 0 || !lines.next()) {
      throw wrong("is cut short: the file ends within it");
    }
    if (!lines.startsWith('+')) {
      throw wrong("has `%s` as its third line, not `+`".formatted(shown(lines.text())));
    }
    // The qualities of an empty read at the end of a file may be no line at all.
    var qualities = lines.next(Alphabet.QUALITIES) ? lines.length() : 0;
    refuseStray("qualities");
    if (qualities != bases) {
      throw wrong("has %s but %,d qualities".formatted(Words.count(bases, "base"), qualities));
    }
    return true;
  }

  /** The number of the record, from 1; how many there are once {@link #next} answered false. */
  long number() {
    return number;
  }

  /** Where the record begins in the file. */
  long start() {
    return start;
  }

  /** The record's name, up to the first blank. */
  String name() {
    return shown(new String(name, 0, nameLength, StandardCharsets.UTF_8));
  }

  /** Whether both records are of one read: equal names, but for {@code /1} and {@code /2}. */
  boolean isMateOf(FastqRecords other) {
    return Arrays.equals(name, 0, bareLength(), other.name, 0, other.bareLength());
  }

  /** Whether both records say that they are the same mate of the read: {@code r/1} twice. */
  boolean isSameMateAs(FastqRecords other) {
    return bareLength() < nameLength
        && Arrays.equals(name, 0, nameLength, other.name, 0, other.nameLength);
  }

  /** Of the second record, whether it and the first are of one read. */
  boolean followsItsMate() {
    return number == 2 && Arrays.equals(name, 0, bareLength(), before, 0, beforeLength);
  }

  InputFile file() {
    return lines.file();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private int bareLength() {
    var numbered =
        nameLength > 2
            && name[nameLength - 2] == '/'
            && (name[nameLength - 1] == '1' || name[nameLength - 1] == '2');
    return numbered ? nameLength - 2 : nameLength;
  }

  private void refuseStray(String among) throws StrategyException {
    var stray = lines.stray();
    if (stray != null) {
      throw wrong("has %s among its %s".formatted(stray, among));
    }
  }

  private void requireOnlyBlankLines() throws IOException, StrategyException {
    var blank = lines.number();
    while (lines.next()) {
      if (lines.length() > 0) {
        throw new StrategyException(
            "Line %,d of `%s` is blank, and more follows it.".formatted(blank, file().path()),
            "Remove blank lines: a record is four lines, one after the other.");
      }
    }
  }

  private StrategyException wrong(String what) {
    return new StrategyException(
        "Record %,d of `%s`, near line %,d, %s."
            .formatted(number, file().path(), lines.number(), what),
        "Each record must have four lines: `@name`, bases, `+`, qualities. `seqtk seq` writes"
            + " records that take more lines in that form.");
  }

  private static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
