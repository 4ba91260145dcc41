package org.golempipeline.laws;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a result that shows how its input was cut: the way in which it differs from the
 * result without cuts often tells which merge was meant.
 */
final class Cures {
  static final String TWICE =
      "The command does not always give the same output: look for random numbers, the time, process"
          + " ids, or an order that nobody fixed. Make a seed of `$index` or of a param, and `sort`"
          + " what comes in no order.";

  static final String ORDER =
      "A fragment sees what others left on the same provider, or depends on when it runs. Read only"
          + " `$in` and `files`, and write only to `$out` and `$tmp`.";

  static final String COVER =
      "This is a mistake of the split: tell who made it, and use another one until it is mended.";

  static final String SAME = "The same as for `whole`.";

  private static final String ANY =
      "The command looks at lines or records together that fragments take apart. Choose a merge that"
          + " puts its partial answers together (`sum`, `aggregate`, `sort`, `csv` or `command`), or a"
          + " split that keeps together what belongs together (`records` or `files`).";

  /** Larger results are not read for this. */
  private static final long LARGEST = 4 << 20;

  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern COUNT_FIRST = Pattern.compile("\\s*([+-]?[0-9]{1,30})\\s+(\\S.*)");
  private static final Pattern COUNT_LAST = Pattern.compile("(.*\\S)\\s+([+-]?[0-9]{1,30})\\s*");

  private final List<String> whole;
  private final List<String> cut;

  private Cures(List<String> whole, List<String> cut) {
    this.whole = whole;
    this.cut = cut;
  }

  /**
   * The cure for a result that changes with the cuts.
   *
   * @param whole with fewer cuts
   * @param cut with more of them
   */
  static String of(@Nullable Path whole, @Nullable Path cut) throws IOException {
    if (whole == null || cut == null || Files.size(whole) > LARGEST || Files.size(cut) > LARGEST) {
      return ANY;
    }
    return of(lines(whole), lines(cut));
  }

  /** The cure for these two results. */
  static String of(List<String> whole, List<String> cut) {
    return new Cures(whole, cut).cure();
  }

  private static List<String> lines(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
  }

  private String cure() {
    if (whole.isEmpty() || cut.isEmpty()) {
      return ANY;
    }
    if (sorted(whole).equals(sorted(cut))) {
      return "The lines are the same, in another order: each fragment is sorted by itself. Use"
          + " `merge: sort`.";
    }
    if (areNumbers(whole) && areNumbers(cut)) {
      return sums(whole).equals(sums(cut))
          ? "Every fragment gives a number of its own. Add them up with `merge: sum`."
          : "The numbers of the fragments do not combine to the number of the whole: an average of"
              + " averages is no average. Let the command print what can be combined, such as a sum"
              + " and a count, and use `merge: sum`, or `merge: aggregate` with `min`, `max` or"
              + " `mean`.";
    }
    if (sameTotals(COUNT_FIRST, 2, 1) || sameTotals(COUNT_LAST, 1, 2)) {
      return "Every fragment counts by itself, so a key stands there once for each fragment that has"
          + " it. Print the key, a tab and the number (`awk '{ print $2 \"\\t\" $1 }'` behind"
          + " `uniq -c`), and use `merge: { aggregate: { by: 1, sum: 2 } }`.";
    }
    var first = whole.get(0);
    if (withoutRepeated(cut, first).equals(withoutRepeated(whole, first))) {
      return "The first line stands there once for each fragment. If it is a heading, use"
          + " `merge: csv`, which keeps one, or write it in no fragment.";
    }
    if (new HashSet<>(whole).equals(new HashSet<>(cut))) {
      return "Lines stand there once for each fragment that has them: each fragment is made unique by"
          + " itself. Use `merge: { sort: { unique: true } }`"
          + (sorted(whole).equals(whole)
              ? "."
              : " if their order does not matter, with `LC_ALL=C sort -u` in `run`. If they are a"
                  + " heading, `merge: csv` keeps one line of it; or write it in no fragment.");
    }
    if (cut.size() > whole.size() && isWithin(whole, cut)) {
      return "What the command takes from the beginning or the end of its input (`head`, `tail`, the"
          + " first line of an `awk`), it takes from every fragment. Use `split: { csv: … }`, which"
          + " gives every fragment the header, or do it in a stage of its own with `split: none`.";
    }
    if (cut.size() < whole.size() && isWithin(cut, whole)) {
      return "The command leaves something out of every fragment that it should leave out once, such"
          + " as a header (`tail -n +2`). Use `split: { csv: … }`, which gives every fragment the"
          + " header.";
    }
    return ANY;
  }

  /** Whether all of {@code few} stand in {@code many}, in the same order. */
  private static boolean isWithin(List<String> few, List<String> many) {
    var found = 0;
    for (var line : many) {
      found += found < few.size() && few.get(found).equals(line) ? 1 : 0;
    }
    return found == few.size();
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }

  private static boolean areNumbers(List<String> lines) {
    return lines.stream()
        .allMatch(
            line -> !line.isBlank() && numbers(line).stream().allMatch(NUMBER.asMatchPredicate()));
  }

  private static List<String> numbers(String line) {
    return List.of(BLANKS.split(line.strip(), -1));
  }

  private static List<BigDecimal> sums(List<String> lines) {
    var sums = new ArrayList<BigDecimal>();
    for (var line : lines) {
      var numbers = numbers(line);
      for (var i = 0; i < numbers.size(); i++) {
        if (i == sums.size()) {
          sums.add(BigDecimal.ZERO);
        }
        sums.set(i, sums.get(i).add(new BigDecimal(numbers.get(i))));
      }
    }
    return sums.stream().map(BigDecimal::stripTrailingZeros).toList();
  }

  private boolean sameTotals(Pattern line, int key, int number) {
    var first = totals(whole, line, key, number);
    return first != null && first.equals(totals(cut, line, key, number));
  }

  private static @Nullable Map<String, BigDecimal> totals(
      List<String> lines, Pattern pattern, int key, int number) {
    var totals = new TreeMap<String, BigDecimal>();
    for (var line : lines) {
      var matcher = pattern.matcher(line);
      if (!matcher.matches()) {
        return null;
      }
      totals.merge(matcher.group(key), new BigDecimal(matcher.group(number)), BigDecimal::add);
    }
    return totals;
  }

  private static List<String> withoutRepeated(List<String> lines, String first) {
    var rest = new ArrayList<String>();
    for (var line : lines) {
      if (rest.isEmpty() || !line.equals(first)) {
        rest.add(line);
      }
    }
    return rest;
  }
}
