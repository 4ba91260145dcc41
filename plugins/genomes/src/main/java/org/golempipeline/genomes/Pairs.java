package org.golempipeline.genomes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Regex;
import org.golempipeline.strategy.StrategyException;

/** The option {@code pairs}: a pattern that tells which files hold the mates of each other. */
final class Pairs {
  private static final String MATE = "mate";
  private static final Pattern VARIABLE = Pattern.compile("[a-z][a-z0-9_]*");
  private static final int MOST_SHOWN = 5;

  private final Regex pattern;
  private final List<String> names;

  /**
   * Two files whose records belong together.
   *
   * @param captures what the pattern captured beside the mate, by name
   */
  record Pair(InputFile first, InputFile second, Map<String, String> captures) {}

  private Pairs(Regex pattern, List<String> names) {
    this.pattern = pattern;
    this.names = names;
  }

  /**
   * @param taken names that no capture may have
   */
  static Pairs of(String regex, List<String> taken) throws StrategyException {
    var pattern = Regex.of("pairs", regex);
    var groups = new ArrayList<>(pattern.groups());
    groups.removeIf(String::isEmpty);
    if (!groups.remove(MATE)) {
      throw new StrategyException(
          "`pairs: %s` does not say which mate a file holds.".formatted(regex),
          "Put that part into `(?<mate>…)`, as in `(?<sample>.+)_R(?<mate>[12])\\.fastq$`.");
    }
    for (var name : groups) {
      if (!VARIABLE.matcher(name).matches() || taken.contains(name)) {
        throw new StrategyException(
            "The capture `%s` cannot be a variable.".formatted(name),
            "Use lower-case letters, digits and `_`, a letter first, but none of `%s`."
                .formatted(String.join("`, `", taken)));
      }
    }
    return new Pairs(pattern, List.copyOf(groups));
  }

  /** The variables that the captures become. */
  List<String> names() {
    return names;
  }

  /** The pairs among {@code files}, in the order of each one's first file. */
  List<Pair> of(List<InputFile> files) throws StrategyException {
    var groups = new LinkedHashMap<Map<String, String>, Map<String, List<InputFile>>>();
    for (var file : files) {
      var match = pattern.captures(file.path());
      if (match.isEmpty()) {
        throw new StrategyException(
            "`%s` does not match `pairs: %s`.".formatted(file.path(), pattern),
            "Correct the pattern, or leave the file out of `input` with a `!` pattern.");
      }
      var captures = new LinkedHashMap<String, String>();
      names.forEach(name -> captures.put(name, captured(match.get(), name)));
      groups
          .computeIfAbsent(captures, key -> new TreeMap<>())
          .computeIfAbsent(captured(match.get(), MATE), key -> new ArrayList<>())
          .add(file);
    }
    var pairs = new ArrayList<Pair>();
    for (var group : groups.entrySet()) {
      var mates = List.copyOf(group.getValue().values());
      if (mates.size() != 2 || mates.get(0).size() != 1 || mates.get(1).size() != 1) {
        throw notTwo(mates.stream().flatMap(List::stream).toList());
      }
      pairs.add(new Pair(mates.get(0).get(0), mates.get(1).get(0), group.getKey()));
    }
    return pairs;
  }

  private StrategyException notTwo(List<InputFile> files) {
    var shown =
        files.stream()
            .limit(MOST_SHOWN)
            .map(file -> "`" + file.path() + "`")
            .collect(Collectors.joining(", "));
    var more =
        files.size() > MOST_SHOWN ? " and %,d more".formatted(files.size() - MOST_SHOWN) : "";
    return new StrategyException(
        "`pairs: %s` does not make a pair of %s%s.".formatted(pattern, shown, more),
        "A pair is two files for which `mate` differs and every other capture is the same.");
  }

  private String captured(List<String> match, String name) {
    return match.get(pattern.groups().indexOf(name));
  }
}
