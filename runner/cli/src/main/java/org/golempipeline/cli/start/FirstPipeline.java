package org.golempipeline.cli.start;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of a first pipeline file: what the user gave, and where nothing was given something that
 * runs. A {@code #} before a blank is prose; one before a key is a setting that is switched off.
 *
 * @param target where it will be
 */
record FirstPipeline(
    Path target,
    List<String> inputs,
    @Nullable String split,
    @Nullable String run,
    @Nullable String merge,
    @Nullable String output) {
  private static final String USUAL = "pipeline";

  String text() {
    return """
        # yaml-language-server: $schema=%1$s
        #   golem-pipeline run %2$s     runs it on this machine, where nothing is paid
        #   golem-pipeline check %2$s   finds mistakes
        #   golem-pipeline plan %2$s    shows the fragments
        # Where a `#` stands right before a word, a setting is switched off: remove the `#` to use it.
        version: 1
        name: %3$s

        %4$s

        %5$s

        %6$s

        # Values that commands see as variables, here $limit, and `run ... -p limit=5` sets.
        #params: { limit: 10 }

        # How often a fragment is tried, each time on another provider, and how long one try may take.
        #retry: { attempts: 3, backoff: 5s }
        #timeout: 10m

        # A command for this machine that looks at each output: if it fails, another provider tries again.
        #accept: test -s "$in"

        # Every fragment on two providers, which must agree.
        #verify: { copies: 2 }

        # The most providers at a time, and the least that each must have.
        #workers: 4
        #resources: { threads: 1, memory: 1GiB, storage: 2GiB }

        # For `run ... --on golem`: the image that providers start, and the most that the run may cost.
        #image: golem/alpine:latest
        #budget: 1 GLM
        """
        .formatted(SchemaFile.NAME, shown(), name(), work(), command(), result());
  }

  /** What it is called in comments: in its folder, and without surprises. */
  private String shown() {
    var name = fileName();
    return name.matches("[A-Za-z0-9_.-]+") ? name : "FILE";
  }

  private String fileName() {
    return Objects.requireNonNull(target.getFileName()).toString();
  }

  /** After the file, or after the folder if the file is called as most are. */
  private String name() {
    var stem = fileName().replaceAll("\\.ya?ml$", "");
    var folder = Objects.requireNonNull(target.getParent()).getFileName();
    var from = stem.equals(USUAL) && folder != null ? folder.toString() : stem;
    var name =
        from.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-$", "");
    return name.isEmpty() ? USUAL : name;
  }

  // ---- what is done

  private String work() {
    if (inputs.isEmpty() && split == null) {
      return run == null
          ? """
          # The work is cut into fragments, which run at the same time, each on some machine: here the numbers
          # from 0 to 99,999, ten thousand in each. `golem-pipeline init --input 'texts/*.txt'` begins with files.
          split: { range: { from: 0, to: 100000, step: 10000, as: [first, size] } }"""
          : """
          # Without an input: one fragment for each combination of these values.
          matrix: { number: 1..10 }""";
    }
    var lines = new StringBuilder();
    if (!inputs.isEmpty()) {
      lines.append("# Your files, from the folder of this one on.\ninput: ").append(globs());
      lines.append("\n\n");
    }
    lines.append(
        split == null
            ? "# Each file is a fragment. `split: { lines: 1000 }` makes pieces of files instead."
            : "# How it is cut into fragments, which run at the same time, each on some machine.");
    return lines.append("\nsplit: ").append(split == null ? "files" : strategy(split)).toString();
  }

  private String command() {
    if (run != null) {
      return "# What runs for each fragment, in a shell that stops at the first error.\nrun: |\n"
          + indented(run.strip());
    }
    if (!inputs.isEmpty() && split == null) {
      return """
          # What runs for each fragment: reads "$in" and writes "$out". To be replaced: this counts lines.
          run: |
            wc -l < "$in" | tr -d ' ' > "$out\"""";
    }
    if (split != null) {
      return """
          # What runs for each fragment, and writes "$out". To be replaced: this writes the fragment's number.
          run: |
            echo "$index" > "$out\"""";
    }
    return """
        # What runs for each fragment, and writes "$out". This counts primes.
        run: |
          awk -v first="$first" -v size="$size" 'BEGIN {
            for (n = first; n < first + size; n++) {
              prime = n > 1
              for (d = 2; d * d <= n && prime; d++) prime = n % d
              if (prime) count++
            }
            print count + 0
          }' > "$out\"""";
  }

  private String result() {
    var how = merge == null ? (run == null ? "sum" : "collect") : strategy(merge);
    var name = how.replaceAll("^\\{\\s*", "").replaceAll("[:\\s].*", "");
    var what =
        switch (name) {
          case "collect" -> "The outputs are the result, a file each.";
          case "sum" -> "The outputs are numbers, and their sum is the result.";
          default -> "How the outputs become one result.";
        };
    var where = output == null ? place(name) : output;
    return "# "
        + what
        + " Others: concat, csv, aggregate; `golem-pipeline plugins list`.\nmerge: "
        + how
        + (where.isEmpty() ? "" : "\noutput: " + scalar(where));
  }

  /**
   * Where a result goes if nobody says it; a value is printed. Pipelines of one folder must not
   * meet there.
   */
  private String place(String merge) {
    var place = "result/" + name();
    return switch (merge) {
      case "value" -> "";
      case "collect" -> place + "/";
      case "csv" -> place + ".csv";
      case "json" -> place + ".json";
      default -> place + ".txt";
    };
  }

  // ---- how YAML writes it

  private String globs() {
    var globs = inputs.stream().map(FirstPipeline::scalar).toList();
    return globs.size() == 1 ? globs.get(0) : "[" + String.join(", ", globs) + "]";
  }

  /** A name, or what stands in the braces of a map. */
  private static String strategy(String text) {
    var given = text.strip();
    return given.contains(":") && !given.startsWith("{") ? "{ " + given + " }" : given;
  }

  private static String scalar(String text) {
    var plain = text.matches("[A-Za-z0-9_./][A-Za-z0-9_./*?-]*") && !text.matches("[0-9.]+");
    return plain
        ? text
        : "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  private static String indented(String text) {
    return text.lines()
        .map(line -> line.isBlank() ? "" : "  " + line)
        .collect(Collectors.joining("\n"));
  }
}
