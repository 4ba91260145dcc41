package org.golempipeline.genomes;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.golempipeline.strategy.StrategyException;

/**
 * Reads the records of a VCF text behind its header and checks that they are in order, complete and
 * on contigs that the header declares.
 */
final class VcfRecords implements Closeable {
  private static final int MOST_DIGITS = 18;

  private final VcfLines lines;
  private final VcfHeader header;
  private final int columns;

  /** Where this source stands among those of equal records. */
  private final int index;

  private int rank = -1;
  private long position = -1;
  private byte[] contig = {};

  VcfRecords(VcfLines lines, VcfHeader header, int index) {
    this.lines = lines;
    this.header = header;
    this.columns = header.columnCount();
    this.index = index;
  }

  /** Moves to the next record; false at the end. */
  boolean next() throws IOException, StrategyException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (isHeader());
    var formerRank = rank;
    var formerPosition = position;
    read();
    if (rank < formerRank || (rank == formerRank && position < formerPosition)) {
      throw new StrategyException(
          "Line %,d of %s, `%s`, belongs before the line above it."
              .formatted(lines.number(), lines.label(), place()),
          "Let the command sort its records, as `bcftools sort` does: by the order of the"
              + " header's contigs, then by position.");
    }
    return true;
  }

  /** The contig's place in the header. */
  int rank() {
    return rank;
  }

  /** The record's position on its contig. */
  long position() {
    return position;
  }

  /** By place; records of one place as their sources come. */
  int compareTo(VcfRecords other) {
    var compared = Integer.compare(rank, other.rank);
    compared = compared != 0 ? compared : Long.compare(position, other.position);
    return compared != 0 ? compared : Integer.compare(index, other.index);
  }

  String text() {
    return lines.text();
  }

  /** Writes the record and a line feed. */
  void writeTo(OutputStream target) throws IOException {
    target.write(lines.buffer(), lines.from(), lines.to() - lines.from());
    target.write('\n');
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** Outputs that were joined repeat their header; another one would give columns other names. */
  private boolean isHeader() throws StrategyException {
    if (lines.buffer()[lines.from()] != '#') {
      return false;
    }
    if (!header.has(lines.text())) {
      throw new StrategyException(
          "Line %,d of %s, `%s`, is behind the records and not in the header."
              .formatted(lines.number(), lines.label(), lines.shown()),
          "Let the command write one header, before all records: `bcftools concat` joins files.");
    }
    return true;
  }

  private void read() throws StrategyException {
    var buffer = lines.buffer();
    var from = lines.from();
    var to = lines.to();
    var tabs = 0;
    var hashes = 0;
    for (var i = from; i < to; i++) {
      tabs += buffer[i] == '\t' ? 1 : 0;
      hashes += buffer[i] == '#' ? 1 : 0;
    }
    if (hashes > 1 && lines.text().contains(VcfHeader.FORMAT)) {
      throw new StrategyException(
          "Line %,d of %s has a header behind its record: `%s`."
              .formatted(lines.number(), lines.label(), lines.shown()),
          "A file lacked the line feed at its end when another was joined to it: `bcftools concat`"
              + " joins files.");
    }
    if (tabs + 1 != columns) {
      throw new StrategyException(
          "Line %,d of %s, `%s`, has %s instead of %,d."
              .formatted(
                  lines.number(),
                  lines.label(),
                  lines.shown(),
                  Words.count(tabs + 1, "column"),
                  columns),
          "Check that the command writes whole VCF records, with a tab between columns.");
    }
    var end = tab(buffer, from);
    readContig(buffer, from, end);
    readPosition(buffer, end + 1, tab(buffer, end + 1));
  }

  private void readContig(byte[] buffer, int from, int end) throws StrategyException {
    if (rank >= 0 && Arrays.equals(buffer, from, end, contig, 0, contig.length)) {
      return;
    }
    contig = Arrays.copyOfRange(buffer, from, end);
    rank = header.rank(lines.text(from, end));
    if (rank < 0) {
      throw new StrategyException(
          "Line %,d of %s is on `%s`, which no `##contig` line declares."
              .formatted(lines.number(), lines.label(), VcfLines.shown(lines.text(from, end))),
          "The header's contigs give the order of the result. `bcftools reheader --fai` adds"
              + " those of a reference.");
    }
  }

  private void readPosition(byte[] buffer, int from, int end) throws StrategyException {
    var value = 0L;
    for (var i = from; i < end; i++) {
      var digit = buffer[i] - '0';
      if (digit < 0 || digit > 9 || end - from > MOST_DIGITS) {
        throw wrongPosition(from, end);
      }
      value = 10 * value + digit;
    }
    if (from == end) {
      throw wrongPosition(from, end);
    }
    position = value;
  }

  private StrategyException wrongPosition(int from, int end) {
    return new StrategyException(
        "The position in line %,d of %s is `%s`."
            .formatted(lines.number(), lines.label(), VcfLines.shown(lines.text(from, end))),
        "The second column of a record must be a whole number.");
  }

  private String place() {
    return "%s:%d"
        .formatted(VcfLines.shown(new String(contig, StandardCharsets.ISO_8859_1)), position);
  }

  private static int tab(byte[] buffer, int from) {
    var at = from;
    while (buffer[at] != '\t') {
      at++;
    }
    return at;
  }
}
