package org.golempipeline.genomes;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * {@code genomes/vcf}: VCF texts as one, under one header, by contig and position. An output is
 * opened when its first record is due, so that windows in order are read one after the other; as
 * many as overlap are merged at once, through files when they are more than 64. Memory holds a
 * buffer for each of those and the header, whatever the number of records.
 */
public final class VcfMerge implements MergeStrategy {
  private static final int FAN_IN = 64;

  @Override
  public String name() {
    return "genomes/vcf";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Merges sorted VCF texts into one with a single header, by contig and position.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "What is done about records that several outputs have.",
          "type": "object",
          "properties": {
            "unique": {
              "description": "Whether to keep only the first of several identical records, which \
        windows that overlap give. Default: false.",
              "type": "boolean",
              "default": false
            }
          },
          "additionalProperties": false
        }
        """;
  }

  @Override
  public Result result() {
    return Result.FILE;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Vcf(context);
  }

  /** Something that can be opened as a VCF text. */
  private interface Text {
    VcfLines open() throws IOException;
  }

  /**
   * An output with records, or several as one.
   *
   * @param index of the first of them
   * @param rank of its first record, once all contigs are known
   * @param position of its first record
   */
  private record Source(Text text, int index, int rank, long position) {
    /** By first record, then as they were added. */
    static final Comparator<Source> ORDER =
        Comparator.comparingInt(Source::rank)
            .thenComparingLong(Source::position)
            .thenComparingInt(Source::index);

    boolean isDueBefore(VcfRecords records) {
      return rank < records.rank() || (rank == records.rank() && position <= records.position());
    }
  }

  private static final class Vcf implements Merger {
    private final Path folder;
    private final boolean unique;
    private final FileChannel channel;
    private final VcfHeader header = new VcfHeader();
    private final List<Source> sources = new ArrayList<>();
    private int added;

    Vcf(MergeContext context) throws IOException {
      this.folder = context.workingFolder();
      this.unique = context.options().at("unique").flag();
      this.channel =
          FileChannel.open(
              context.target(), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      added++;
      if (output.size() == 0) {
        return;
      }
      Text text = () -> new VcfLines(output.open(), output.size(), output.label());
      try (var lines = text.open()) {
        header.add(lines);
        // A contig keeps its rank, so the place of the first record is known for good.
        var records = new VcfRecords(lines, header, sources.size());
        if (records.next()) {
          sources.add(new Source(text, sources.size(), records.rank(), records.position()));
        }
      }
    }

    @Override
    public void finish() throws IOException, StrategyException {
      var lines = header.lines();
      if (lines.isEmpty() && added > 0) {
        throw new StrategyException(
            "No fragment wrote a VCF header.",
            "Let every fragment write the header, also if it finds nothing.");
      }
      var target = buffered(channel);
      for (var line : lines) {
        target.write(VcfLines.bytes(line));
        target.write('\n');
      }
      target.flush();
      var start = channel.position();
      if (!merge(sources, target)) {
        channel.truncate(start);
        var runs = runs();
        target = buffered(channel);
        if (!merge(runs, target)) {
          throw new IllegalStateException("more runs than can be merged at once");
        }
      }
      target.flush();
      channel.close();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private static OutputStream buffered(FileChannel channel) {
      return new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 18);
    }

    /** The sources as at most {@link #FAN_IN}: neighbours are merged into files, in rounds. */
    private List<Source> runs() throws IOException, StrategyException {
      List<Source> runs = sources;
      for (var round = 0; runs.size() > FAN_IN; round++) {
        var merged = new ArrayList<Source>();
        for (var from = 0; from < runs.size(); from += FAN_IN) {
          var neighbours = runs.subList(from, Math.min(runs.size(), from + FAN_IN));
          merged.add(run(neighbours, folder.resolve(round + "-" + merged.size()), merged.size()));
        }
        if (round > 0) {
          for (var i = 0; i < runs.size(); i++) {
            Files.delete(folder.resolve((round - 1) + "-" + i));
          }
        }
        runs = merged;
      }
      return runs;
    }

    private Source run(List<Source> neighbours, Path file, int index)
        throws IOException, StrategyException {
      try (var target = new BufferedOutputStream(Files.newOutputStream(file), 1 << 18)) {
        merge(neighbours, target);
      }
      var first = neighbours.stream().min(Source.ORDER).orElseThrow();
      return new Source(
          () -> new VcfLines(Files.newInputStream(file), Files.size(file), file.toString()),
          index,
          first.rank(),
          first.position());
    }

    /** Merges records to {@code target}; gives up with false if too many sources overlap. */
    private boolean merge(List<Source> sources, OutputStream target)
        throws IOException, StrategyException {
      var due = new ArrayDeque<Source>(sources.stream().sorted(Source.ORDER).toList());
      var writer = new Writer(target, unique);
      var queue = new PriorityQueue<VcfRecords>(FAN_IN, VcfRecords::compareTo);
      var opened = new HashSet<VcfRecords>();
      try {
        while (!queue.isEmpty() || !due.isEmpty()) {
          while (isDue(due.peek(), queue.peek())) {
            if (queue.size() == FAN_IN) {
              return false;
            }
            var records = open(due.remove());
            opened.add(records);
            records.next();
            queue.add(records);
          }
          var records = queue.remove();
          if (writeWhileFirst(records, due.peek(), queue.peek(), writer)) {
            queue.add(records);
          } else {
            records.close();
            opened.remove(records);
          }
        }
        return true;
      } finally {
        for (var records : opened) {
          records.close();
        }
      }
    }

    private VcfRecords open(Source source) throws IOException {
      return new VcfRecords(source.text().open(), header, source.index());
    }

    /** Writes records until one of another source is due; false if there are no more. */
    private static boolean writeWhileFirst(
        VcfRecords records, @Nullable Source due, @Nullable VcfRecords other, Writer writer)
        throws IOException, StrategyException {
      do {
        writer.write(records);
        if (!records.next()) {
          return false;
        }
      } while (!isDue(due, records) && (other == null || records.compareTo(other) < 0));
      return true;
    }

    private static boolean isDue(@Nullable Source source, @Nullable VcfRecords first) {
      return source != null && (first == null || source.isDueBefore(first));
    }
  }

  /** Writes records, each only once if that is asked for. */
  private static final class Writer {
    private final OutputStream target;
    private final boolean unique;

    /** What was written for the place reached. */
    private final Set<String> written = new HashSet<>();

    private int rank = -1;
    private long position;

    Writer(OutputStream target, boolean unique) {
      this.target = target;
      this.unique = unique;
    }

    void write(VcfRecords records) throws IOException {
      if (unique) {
        if (records.rank() != rank || records.position() != position) {
          rank = records.rank();
          position = records.position();
          written.clear();
        }
        if (!written.add(records.text())) {
          return;
        }
      }
      records.writeTo(target);
    }
  }
}
