package org.golempipeline.genomes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code genomes/fastq}: so many reads a fragment. With {@code pairs} two files are cut at the same
 * record numbers, and a fragment is a folder with the slices of both. An empty file or pair is one
 * empty fragment. Every record is looked at: what is not four lines is refused, not cut.
 */
public final class FastqSplit implements SplitStrategy {
  private static final String PART = "part";
  private static final String MATE1 = "mate1";
  private static final String MATE2 = "mate2";

  @Override
  public String name() {
    return "genomes/fastq";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Cuts FASTQ files after every so many reads, files of mates at the same reads.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How many reads a fragment has, and which files hold mates.",
          "type": "object",
          "properties": {
            "reads": {
              "description": "Reads in a fragment; the last one of a file may have fewer. Of a \
        pair so many of each file.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            },
            "pairs": {
              "description": "A regular expression (Java's) looked for in each path. The capture \
        `(?<mate>…)` tells the two files of a pair apart, all other captures with a name are the \
        same for both and become variables. A fragment then arrives as a folder.",
              "type": "string",
              "minLength": 1
            },
            "decompress": {
              "description": "Whether to write files that `gzip` or `bgzip` compressed out in the \
        run's folder first, without `.gz` in their paths, and cut those. Default: false.",
              "type": "boolean",
              "default": false
            }
          },
          "required": ["reads"],
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
    return options.at("pairs").isPresent() ? InputShape.FOLDER : InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    var names = new ArrayList<String>();
    if (options.at("pairs").isPresent()) {
      names.addAll(pairs(options).names());
      names.add(MATE1);
      names.add(MATE2);
    }
    names.add(PART);
    return List.copyOf(names);
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var reads = context.options().at("reads").integer().orElseThrow();
    var files = context.options().at("decompress").flag() ? Unpacked.of(context) : context.inputs();
    return context.options().at("pairs").isPresent()
        ? splitPairs(pairs(context.options()).of(files), reads)
        : splitFiles(files, reads, context);
  }

  private static Pairs pairs(Options options) throws StrategyException {
    return Pairs.of(options.at("pairs").text().orElseThrow(), List.of(PART, MATE1, MATE2));
  }

  private static Fragments splitFiles(List<InputFile> files, long reads, SplitContext context)
      throws IOException, StrategyException {
    var cuts = new Cuts(files.stream().map(List::of).toList());
    for (var file : files) {
      cuts.begin();
      try (var records = FastqRecords.open(file)) {
        var isInterleaved = false;
        while (records.next()) {
          isInterleaved |= records.followsItsMate();
          if (startsPart(records.number(), reads)) {
            cuts.add(records.start());
          }
        }
        if (isInterleaved && reads % 2 == 1 && records.number() > reads) {
          context.warn(
              "`%s` holds mates one behind the other, and `reads: %d` parts some of them; an even"
                      .formatted(file.path(), reads)
                  + " number keeps them together.");
        }
      }
    }
    return Fragments.computed(
        cuts.count(),
        index -> {
          var file = files.get(cuts.group(index));
          var start = cuts.start(index, 0);
          return new Fragment(
              List.of(new Piece.Slice(file, start, cuts.end(index, 0) - start)),
              Map.of(PART, Integer.toString(cuts.numberInGroup(index))));
        });
  }

  private static Fragments splitPairs(List<Pairs.Pair> pairs, long reads)
      throws IOException, StrategyException {
    var cuts = new Cuts(pairs.stream().map(pair -> List.of(pair.first(), pair.second())).toList());
    for (var pair : pairs) {
      cuts.begin();
      try (var first = FastqRecords.open(pair.first());
          var second = FastqRecords.open(pair.second())) {
        while (nextOfBoth(first, second)) {
          if (startsPart(first.number(), reads)) {
            cuts.add(first.start(), second.start());
          }
        }
      }
    }
    return Fragments.computed(cuts.count(), index -> fragment(pairs, cuts, index));
  }

  private static Fragment fragment(List<Pairs.Pair> pairs, Cuts cuts, int index) {
    var pair = pairs.get(cuts.group(index));
    var variables = new LinkedHashMap<String, String>(pair.captures());
    variables.put(MATE1, pair.first().path());
    variables.put(MATE2, pair.second().path());
    variables.put(PART, Integer.toString(cuts.numberInGroup(index)));
    return new Fragment(
        List.of(
            within(pair.first(), cuts.start(index, 0), cuts.end(index, 0)),
            within(pair.second(), cuts.start(index, 1), cuts.end(index, 1))),
        variables);
  }

  /** A folder holds whole files, so the slice becomes one. */
  private static Piece within(InputFile file, long start, long end) {
    return Piece.Slice.whole(
        new InputFile(file.file(), file.offset() + start, end - start, file.path()));
  }

  private static boolean startsPart(long number, long reads) {
    return number > 1 && (number - 1) % reads == 0;
  }

  private static boolean nextOfBoth(FastqRecords first, FastqRecords second)
      throws IOException, StrategyException {
    var one = first.next();
    var other = second.next();
    if (one != other) {
      throw one ? alone(first, second) : alone(second, first);
    }
    if (one && !first.isMateOf(second)) {
      throw new StrategyException(
          "Record %,d is `%s` in `%s` but `%s` in `%s`."
              .formatted(
                  first.number(),
                  first.name(),
                  first.file().path(),
                  second.name(),
                  second.file().path()),
          "Both files must have the same reads in the same order; names may end in `/1` and"
              + " `/2`.");
    }
    if (one && first.isSameMateAs(second)) {
      throw new StrategyException(
          "Record %,d is `%s` in `%s` and in `%s`: both say that they are the same mate."
              .formatted(first.number(), first.name(), first.file().path(), second.file().path()),
          "Let `pairs` choose one file that ends its names in `/1` and one that ends them in"
              + " `/2`.");
    }
    return one;
  }

  private static StrategyException alone(FastqRecords longer, FastqRecords shorter) {
    return new StrategyException(
        "Record %,d of `%s` has no mate: `%s` ends after %s."
            .formatted(
                longer.number(),
                longer.file().path(),
                shorter.file().path(),
                Words.count(shorter.number(), "record")),
        "Both files must have the same reads in the same order; see whether one is incomplete.");
  }
}
