package org.golempipeline.genomes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code genomes/regions}: windows over every sequence of a reference, which is read from its FASTA
 * text or its index. {@code $in} is the fragment's part of the input: of a FASTA file the bases of
 * the window, of an index the sequence's line. It is sent only to a command that names it.
 * Fragments are computed when asked for, so a million of them cost nothing.
 */
public final class RegionsSplit implements SplitStrategy {
  @Override
  public String name() {
    return "genomes/regions";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Cuts the sequences of a FASTA file, or of its index, into windows of so many bases.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How large the windows are.",
          "type": "object",
          "properties": {
            "size": {
              "description": "Bases in a window; the last one of a sequence may have fewer.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            },
            "overlap": {
              "description": "Bases that a window has in common with the next; fewer than `size`. \
        Default: 0.",
              "type": "integer",
              "minimum": 0,
              "maximum": 1000000000000000,
              "default": 0
            }
          },
          "required": ["size"],
          "additionalProperties": false
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    Windows.of(options);
    return List.of("chr", "start", "end", "region");
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var windows = Windows.of(context.options());
    var sequences = new ArrayList<Sequences.Sequence>();
    var names = new HashMap<String, String>();
    for (var file : context.inputs()) {
      for (var sequence : Sequences.of(file)) {
        var other = names.putIfAbsent(sequence.name(), file.path());
        if (other != null) {
          context.warn(
              "`%s` is in `%s` and in `%s`, so there are windows over both."
                  .formatted(sequence.name(), other, file.path()));
        }
        sequences.add(sequence);
      }
    }
    var firsts = new int[sequences.size()];
    var count = 0L;
    for (var i = 0; i < firsts.length; i++) {
      firsts[i] = (int) count;
      count += windows.count(sequences.get(i).length());
      if (count > Integer.MAX_VALUE) {
        throw new StrategyException(
            "Windows of %s are more than %,d fragments."
                .formatted(Words.count(windows.size(), "base"), Integer.MAX_VALUE),
            "Raise `size`.");
      }
    }
    return Fragments.computed(
        (int) count,
        index -> {
          var number = sequence(firsts, index);
          return windows.get(sequences.get(number), index - firsts[number]);
        });
  }

  /** The last sequence that begins at or before {@code index}: those before it may be empty. */
  private static int sequence(int[] firsts, int index) {
    var found = Arrays.binarySearch(firsts, index);
    if (found < 0) {
      return -found - 2;
    }
    while (found + 1 < firsts.length && firsts[found + 1] == index) {
      found++;
    }
    return found;
  }

  /**
   * The options.
   *
   * @param step from the start of a window to that of the next
   */
  private record Windows(long size, long step) {
    static Windows of(Options options) throws StrategyException {
      var size = options.at("size").integer().orElseThrow();
      var overlap = options.at("overlap").integer().orElse(0L);
      if (overlap >= size) {
        throw new StrategyException(
            "`overlap: %d` is not less than `size: %d`.".formatted(overlap, size),
            "Every window must begin behind the one before it: lower `overlap` or raise `size`.");
      }
      return new Windows(size, size - overlap);
    }

    /** None of an empty sequence; no window lies within the one before it. */
    long count(long length) {
      if (length <= size) {
        return length > 0 ? 1 : 0;
      }
      return 2 + (length - size - 1) / step;
    }

    Fragment get(Sequences.Sequence sequence, long number) {
      var from = number * step;
      var to = Math.min(sequence.length(), from + size);
      var region = "%s:%d-%d".formatted(sequence.name(), from + 1, to);
      var variables = new LinkedHashMap<String, String>();
      variables.put("chr", sequence.name());
      variables.put("start", Long.toString(from + 1));
      variables.put("end", Long.toString(to));
      variables.put("region", region);
      return new Fragment(sequence.place().pieces(from, to, region), variables);
    }
  }
}
