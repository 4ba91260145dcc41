package org.golempipeline.genomes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Reads which sequences a reference has, from its FASTA text or from its index ({@code .fai}, or
 * any table that begins with names and lengths between tabs). The content tells which it is.
 */
final class Sequences {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private Sequences() {}

  /**
   * A sequence of a reference.
   *
   * @param length in bases
   */
  record Sequence(String name, long length, Place place) {}

  /** Where a sequence stands in its file. */
  sealed interface Place {
    /**
     * What a fragment reads for some of its bases.
     *
     * @param from the first base, from 0
     * @param to behind the last base
     * @param region names them
     */
    List<Piece> pieces(long from, long to, String region);
  }

  /**
   * Lines of bases that are equally long but for the last one, as {@code samtools faidx} wants.
   *
   * @param offset where the first base is
   * @param bases in each line
   * @param width of each line in bytes, with its end
   */
  private record Bases(InputFile file, long offset, long bases, long width) implements Place {
    @Override
    public List<Piece> pieces(long from, long to, String region) {
      var start = position(from);
      return List.of(
          new Piece.Literal(">" + region + "\n"),
          new Piece.Slice(file, start, position(to - 1) + 1 - start),
          new Piece.Literal("\n"));
    }

    private long position(long base) {
      return offset + base / bases * width + base % bases;
    }
  }

  /** A line of an index. */
  private record Entry(InputFile file, long offset, long width) implements Place {
    @Override
    public List<Piece> pieces(long from, long to, String region) {
      return List.of(new Piece.Slice(file, offset, width));
    }
  }

  /** The sequences of {@code file}, in its order. */
  static List<Sequence> of(InputFile file) throws IOException, StrategyException {
    try (var lines =
        Lines.open(file, "Decompress it, or name its index (`.fai`) as the input instead.")) {
      if (!lines.next()) {
        throw new StrategyException(
            "`%s` is empty.".formatted(file.path()), "Name a FASTA file or its index (`.fai`).");
      }
      var sequences = lines.startsWith('>') ? fasta(lines) : index(lines);
      var names = new HashSet<String>();
      for (var sequence : sequences) {
        if (!names.add(sequence.name())) {
          throw new StrategyException(
              "`%s` has two sequences called `%s`.".formatted(file.path(), sequence.name()),
              "Rename one of them: a region must mean one place.");
        }
      }
      return sequences;
    }
  }

  private static List<Sequence> index(Lines lines) throws IOException, StrategyException {
    var sequences = new ArrayList<Sequence>();
    do {
      requireLineFeeds(lines);
      var columns = lines.text().split("\t", -1);
      if (columns.length < 2 || columns[0].isEmpty() || !LENGTH.matcher(columns[1]).matches()) {
        throw new StrategyException(
            "Line %,d of `%s` is neither a FASTA header nor a name and a length with a tab between."
                .formatted(lines.number(), lines.file().path()),
            "Name a FASTA file, or an index that `samtools faidx` wrote.");
      }
      sequences.add(
          new Sequence(
              columns[0],
              Long.parseLong(columns[1]),
              new Entry(lines.file(), lines.offset(), lines.width())));
    } while (lines.next());
    return sequences;
  }

  private static List<Sequence> fasta(Lines lines) throws IOException, StrategyException {
    var sequences = new ArrayList<Sequence>();
    var scan = new Scan(lines);
    while (lines.next(Alphabet.SEQUENCE)) {
      if (lines.startsWith('>')) {
        sequences.add(scan.sequence());
        scan = new Scan(lines);
      } else {
        scan.add();
      }
    }
    sequences.add(scan.sequence());
    return sequences;
  }

  /** A file of the old Mac would be one line, and all but its first record lost. */
  private static void requireLineFeeds(Lines lines) throws StrategyException {
    if (lines.hasReturns()) {
      throw new StrategyException(
          "Line %,d of `%s` has a carriage return without a line feed in it."
              .formatted(lines.number(), lines.file().path()),
          "Lines must end in LF or CRLF: `tr '\\r' '\\n'` converts them.");
    }
  }

  /** A sequence while its lines are read. */
  private static final class Scan {
    private final Lines lines;
    private final String name;
    private final long offset;
    private long bases;
    private long width;
    private long length;

    /** Why no more bases may follow; null while they may. */
    private @Nullable String ended;

    /** Begins at a header. */
    Scan(Lines lines) throws StrategyException {
      requireLineFeeds(lines);
      var word = lines.word(1);
      if (word == 0 || word == Lines.SHOWN - 1) {
        throw new StrategyException(
            "The header in line %,d of `%s` has no name, or one of more than %,d bytes."
                .formatted(lines.number(), lines.file().path(), Lines.SHOWN - 2),
            "Write a short name straight behind the `>`.");
      }
      var bytes = new byte[word];
      lines.copy(1, word, bytes);
      this.lines = lines;
      this.name = new String(bytes, StandardCharsets.UTF_8);
      this.offset = lines.offset() + lines.width();
    }

    /** Takes a line of bases, or a blank one. */
    void add() throws StrategyException {
      if (lines.length() == 0) {
        ended = "a blank one";
        return;
      }
      var stray = lines.stray();
      if (stray != null) {
        throw new StrategyException(
            "Line %,d of `%s` has %s among the bases of `%s`."
                .formatted(lines.number(), lines.file().path(), stray, name),
            "Every record must begin with a line of its own, and only letters, `*`, `-` and `.` are"
                + " bases. Where files were joined, one may lack the line feed at its end.");
      }
      if (ended != null) {
        throw uneven("comes after " + ended);
      }
      if (length == 0) {
        bases = lines.length();
        width = lines.width();
      } else if (lines.length() > bases) {
        throw uneven(
            "has %s after lines of %,d".formatted(Words.count(lines.length(), "base"), bases));
      }
      if (lines.length() < bases || lines.width() != width) {
        ended = "a shorter one, or one that ends in another way";
      }
      length += lines.length();
    }

    Sequence sequence() {
      return new Sequence(name, length, new Bases(lines.file(), offset, bases, width));
    }

    private StrategyException uneven(String how) {
      return new StrategyException(
          "Line %,d of `%s` %s, so places in `%s` cannot be computed."
              .formatted(lines.number(), lines.file().path(), how, name),
          "All lines of a sequence but the last must be equally long: `seqtk seq -l 60` writes"
              + " them so.");
    }
  }
}
