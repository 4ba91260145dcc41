package org.golempipeline.standard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code sort}: merges outputs that are each in order into one that is, bytewise as {@code LC_ALL=C
 * sort} orders or by number. Lines of equal keys come in fragment order. Sixty-four outputs at a
 * time, through files when there are more.
 */
public final class SortMerge extends DescribedMerge {
  private static final int FAN_IN = 64;

  public SortMerge() {
    super("sort", "1", "Merges outputs that are sorted into one that is sorted.", Result.FILE);
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "The order every output is in; without options that of `LC_ALL=C sort`.",
          "type": "object",
          "properties": {
            "key": {
              "description": "The column, from 1, or columns to compare; otherwise the whole line.",
              "type": ["integer", "array"],
              "minimum": 1,
              "maximum": 1000000,
              "minItems": 1,
              "uniqueItems": true,
              "items": { "type": "integer", "minimum": 1, "maximum": 1000000 }
            },
            "numeric": {
              "description": "Whether to compare numbers by value rather than text bytewise.",
              "type": "boolean",
              "default": false
            },
            "unique": {
              "description": "Whether to keep only the first of several lines with equal keys.",
              "type": "boolean",
              "default": false
            },
            "delimiter": %s
          },
          "additionalProperties": false
        }
        """
        .formatted(Delimiter.SCHEMA);
  }

  @Override
  public Merger open(MergeContext context) throws IOException, StrategyException {
    return new Sorted(context, LineOrder.from(context.options()));
  }

  /** Something that can be opened as sorted lines. */
  private interface Source {
    SortedLines open() throws IOException, StrategyException;
  }

  private static final class Sorted extends TargetMerger {
    private final Path folder;
    private final LineOrder order;
    private final boolean unique;
    private List<Source> sources = new ArrayList<>();
    private int runs;

    Sorted(MergeContext context, LineOrder order) throws IOException {
      super(context);
      this.folder = context.workingFolder();
      this.order = order;
      this.unique = context.options().at("unique").flag();
    }

    @Override
    public void add(FragmentOutput output) {
      if (output.size() > 0) {
        sources.add(
            () -> new SortedLines(Outputs.openText(output), output.size(), output.label(), order));
      }
    }

    @Override
    void complete() throws IOException, StrategyException {
      List<Path> files = List.of();
      while (sources.size() > FAN_IN) {
        var merged = new ArrayList<Path>();
        for (var from = 0; from < sources.size(); from += FAN_IN) {
          var run = folder.resolve("run-" + runs++);
          try (var stream = new TargetStream(run)) {
            merge(sources.subList(from, Math.min(sources.size(), from + FAN_IN)), stream);
          }
          merged.add(run);
        }
        delete(files);
        files = merged;
        sources = merged.stream().map(this::source).toList();
      }
      merge(sources, stream());
      delete(files);
    }

    private Source source(Path run) {
      return () ->
          new SortedLines(Files.newInputStream(run), Files.size(run), run.toString(), order);
    }

    private static void delete(List<Path> files) throws IOException {
      for (var file : files) {
        Files.delete(file);
      }
    }

    private void merge(List<Source> sources, OutputStream target)
        throws IOException, StrategyException {
      var opened = new ArrayList<SortedLines>();
      try {
        for (var source : sources) {
          var lines = source.open();
          opened.add(lines);
          lines.advance();
        }
        write(new Tournament(order, opened), target);
      } finally {
        for (var lines : opened) {
          lines.close();
        }
      }
    }

    private void write(Tournament tournament, OutputStream target)
        throws IOException, StrategyException {
      var written = new LineOrder.Line();
      var any = false;
      for (var line = tournament.first(); line != null; line = tournament.next()) {
        if (!unique || !any || !order.repeats(written, line)) {
          target.write(line.bytes, line.from, line.to + 1 - line.from);
          any = true;
          if (unique) {
            written.copy(line);
          }
        }
      }
    }
  }
}
