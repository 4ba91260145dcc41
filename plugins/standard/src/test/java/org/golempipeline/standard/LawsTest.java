package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.standard.Sandbox.utf8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.Laws.Coverage;

/** Whatever the input and however small the fragments: nothing lost, doubled or out of order. */
class LawsTest {
  private static final int TRIES = 200;

  @Property(tries = TRIES)
  void linesThenConcatIsTheInput(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 9) int lines)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      for (var options :
          List.of("%d", "{\"into\": %d}", "{\"every\": %d}", "{\"every\": %d, \"stable\": true}")) {
        var fragments = sandbox.split(new LinesSplit(), options.formatted(lines), text);
        Laws.keepsItemsWhole(utf8(text), fragments, Items::lines);
        assertThat(sandbox.merge(new ConcatMerge(), "null", Laws.contents(fragments)))
            .isEqualTo(text);
      }
    }
  }

  @Property(tries = TRIES)
  void everyFragmentOfLinesHasSoManyButTheLast(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 9) int lines)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      var counts =
          Laws.contents(sandbox.split(new LinesSplit(), String.valueOf(lines), text)).stream()
              .map(content -> Items.lines(content).size())
              .toList();
      assertThat(counts.subList(0, counts.size() - 1)).allMatch(count -> count == lines);
      assertThat(counts.get(counts.size() - 1)).isBetween(text.isEmpty() ? 0 : 1, lines);
    }
  }

  @Property(tries = TRIES)
  void bytesThenConcatIsTheInput(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 40) int size)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      var plain = sandbox.split(new BytesSplit(), "\"%dB\"".formatted(size), text);
      assertThat(sandbox.merge(new ConcatMerge(), "null", Laws.contents(plain))).isEqualTo(text);

      var options = "{\"size\": \"%dB\", \"delimiter\": \"\\n\"}".formatted(size);
      var delimited = sandbox.split(new BytesSplit(), options, text);
      Laws.keepsItemsWhole(utf8(text), delimited, Items::lines);
      for (var content : Laws.contents(delimited)) {
        assertThat(content.length <= size || Items.lines(content).size() == 1).isTrue();
      }
    }
  }

  @Property(tries = TRIES)
  void recordsThenConcatIsTheInput(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 1, max = 4) int every,
      @ForAll boolean stable)
      throws Exception {
    var fasta = text.isEmpty() ? text : text + "\n>last";
    var options = "{\"start\": \"%s\", \"every\": %d, \"stable\": %s}";
    try (var sandbox = new Sandbox()) {
      var literal =
          sandbox.split(new RecordsSplit(), options.formatted("^>", every, stable), fasta);
      var pattern =
          sandbox.split(new RecordsSplit(), options.formatted("^[>]", every, stable), fasta);
      Laws.keepsItemsWhole(utf8(fasta), literal, Items::lines);
      assertThat(Laws.describe(literal)).isEqualTo(Laws.describe(pattern));
      assertThat(sandbox.merge(new ConcatMerge(), "null", Laws.contents(literal))).isEqualTo(fasta);
    }
  }

  @Property(tries = TRIES)
  void csvThenCsvIsTheInput(
      @ForAll("csvs") String csv,
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll boolean stable)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      var options = "{\"rows\": %d, \"stable\": %s}".formatted(rows, stable);
      var fragments = sandbox.split(new CsvSplit(), options, csv);
      Laws.keepsItemsWhole(utf8(csv), fragments, Items::rows);
      assertThat(sandbox.merge(new CsvMerge(), "null", Laws.contents(fragments))).isEqualTo(csv);
    }
  }

  @Property(tries = TRIES)
  void jsonThenJsonIsTheInput(
      @ForAll @Size(max = 12) List<@From("jsonValues") String> values,
      @ForAll @IntRange(min = 1, max = 5) int elements,
      @ForAll boolean stable)
      throws Exception {
    var json = values.isEmpty() ? "[]\n" : "[\n" + String.join(",\n", values) + "\n]\n";
    try (var sandbox = new Sandbox()) {
      var options = "{\"elements\": %d, \"stable\": %s}".formatted(elements, stable);
      var fragments = sandbox.split(new JsonSplit(), options, json);
      assertThat(sandbox.merge(new JsonMerge(), "null", Laws.contents(fragments))).isEqualTo(json);
      var narrow = sandbox.split(new JsonSplit(), options, json.replace("\n", " \r\n\t"));
      assertThat(sandbox.merge(new JsonMerge(), "null", Laws.contents(narrow))).isEqualTo(json);
    }
  }

  @Property(tries = TRIES / 4)
  void severalFilesThenConcatAreAllOfThem(
      @ForAll @Size(min = 1, max = 5) List<@From("texts") String> texts,
      @ForAll @IntRange(min = 1, max = 5) int size)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      for (var choice :
          List.of(
              List.of(new FilesSplit(), "null"),
              List.of(new FilesSplit(), "{\"group\": %d}".formatted(size)),
              List.of(new FilesSplit(), "{\"size\": \"%dB\"}".formatted(10 * size)),
              List.of(new LinesSplit(), String.valueOf(size)),
              List.of(new BytesSplit(), "\"%dB\"".formatted(size)))) {
        var context = sandbox.context((String) choice.get(1));
        for (var i = 0; i < texts.size(); i++) {
          context.input("file" + i, utf8(texts.get(i)));
        }
        var fragments = ((SplitStrategy) choice.get(0)).split(context);
        Laws.covers(context.inputs(), fragments, Coverage.ONCE_IN_ORDER);
        assertThat(sandbox.merge(new ConcatMerge(), "null", Laws.contents(fragments)))
            .isEqualTo(String.join("", texts));
      }
    }
  }

  @Property(tries = TRIES / 2)
  void aggregateSumAndSortDoNotDependOnFragmentSize(
      @ForAll @Size(max = 30) List<@From("pairs") String> pairs,
      @ForAll @IntRange(min = 1, max = 7) int lines)
      throws Exception {
    var table = pairs.stream().map(pair -> pair + "\n").collect(Collectors.joining());
    var expected = new TreeMap<String, Integer>();
    pairs.forEach(
        pair ->
            expected.merge(
                pair.split("\t")[0], Integer.valueOf(pair.split("\t")[1]), Integer::sum));
    try (var sandbox = new Sandbox()) {
      var outputs = Laws.contents(sandbox.split(new LinesSplit(), String.valueOf(lines), table));
      assertThat(sandbox.merge(new AggregateMerge(), "{\"by\": 1, \"sum\": 2}", outputs))
          .isEqualTo(
              expected.entrySet().stream()
                  .map(entry -> entry.getKey() + "\t" + entry.getValue() + "\n")
                  .collect(Collectors.joining()));
      var numbers = outputs.stream().map(LawsTest::secondColumn).toList();
      assertThat(sandbox.merge(new SumMerge(), "null", numbers))
          .isEqualTo(expected.values().stream().mapToInt(i -> i).sum() + "\n");
      var sorted = outputs.stream().map(output -> sorted(output, false)).toList();
      assertThat(sandbox.merge(new SortMerge(), "null", sorted))
          .isEqualTo(new String(sorted(utf8(table), false), StandardCharsets.UTF_8));
      assertThat(sandbox.merge(new SortMerge(), "{\"unique\": true}", sorted))
          .isEqualTo(new String(sorted(utf8(table), true), StandardCharsets.UTF_8));
    }
  }

  @Property(tries = TRIES)
  void sortedOutputsBecomeOneWhateverTheyShare(
      @ForAll @Size(min = 1, max = 9) List<@Size(max = 12) List<@From("columns") String>> outputs,
      @ForAll boolean byColumns,
      @ForAll boolean unique)
      throws Exception {
    var second = Comparator.comparing((String line) -> line.substring(line.indexOf('\t') + 1));
    var order =
        byColumns
            ? second.thenComparing(line -> line.substring(0, line.indexOf('\t')))
            : Comparator.<String>naturalOrder();
    var keys = byColumns ? "\"key\": [2, 1], \"delimiter\": \"tab\"," : "";
    var options = JsonText.options("{%s \"unique\": %s}".formatted(keys, unique));
    var sorted = outputs.stream().map(lines -> lines.stream().sorted(order).toList()).toList();
    var all = sorted.stream().flatMap(List::stream).sorted(order);
    try (var sandbox = new Sandbox()) {
      var merged =
          Laws.merge(
              new SortMerge(), options, sorted.stream().map(this::text).toList(), sandbox.fresh());
      assertThat(merged).isEqualTo(text((unique ? all.distinct() : all).toList()));
    }
  }

  /** Characters are bytes here, so that bytes that are no UTF-8 take part. */
  private byte[] text(List<String> lines) {
    return lines.stream()
        .map(line -> line + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Property(tries = TRIES)
  void rangeCoversExactly(
      @ForAll @IntRange(min = -50, max = 50) int from,
      @ForAll @IntRange(max = 200) int length,
      @ForAll @IntRange(min = 1, max = 70) int step)
      throws Exception {
    try (var sandbox = new Sandbox()) {
      var options =
          "{\"from\": %d, \"to\": %d, \"step\": %d, \"as\": [\"first\", \"size\"]}"
              .formatted(from, from + length, step);
      var next = from;
      for (var fragment : Laws.all(new RangeSplit().split(sandbox.context(options)))) {
        assertThat(fragment.variables()).containsEntry("first", String.valueOf(next));
        var size = Integer.parseInt(fragment.variables().get("size"));
        assertThat(size).isBetween(1, step);
        next += size;
      }
      assertThat(next).isEqualTo(from + length);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    var line = Arbitraries.strings().withChars("ab >\"',\tä€😀".toCharArray()).ofMaxLength(8);
    var lines =
        Combinators.combine(
                Arbitraries.of("", "", ">"),
                surrogateSafe(line),
                Arbitraries.of("\n", "\r\n", "\n\n", "\r"))
            .as((start, text, end) -> start + text + end)
            .list()
            .ofMaxSize(25)
            .map(list -> String.join("", list));
    return Combinators.combine(Arbitraries.of("", "", "\ufeff"), lines, Arbitraries.of("", "", "x"))
        .as((mark, text, rest) -> mark + text + rest);
  }

  @Provide
  Arbitrary<String> csvs() {
    var plain = Arbitraries.strings().withChars("ab ä".toCharArray()).ofMaxLength(4);
    var quoted =
        Arbitraries.of("a", ",", "\n", "\r\n", "\"\"", "ü")
            .list()
            .ofMaxSize(5)
            .map(parts -> '"' + String.join("", parts) + '"');
    var field = Arbitraries.oneOf(plain, quoted);
    var row = Combinators.combine(field, field).as((first, second) -> first + "," + second);
    return Combinators.combine(
            row.list().ofMinSize(1).ofMaxSize(12),
            Arbitraries.of("\n", "\r\n"),
            Arbitraries.of(true, false))
        .as((rows, end, ended) -> String.join(end, rows) + (ended ? end : ""));
  }

  @Provide
  Arbitrary<String> jsonValues() {
    var scalar =
        Arbitraries.of(
            "1", "-0.50e+10", "null", "true", "\"a,]}\\\"\\u00e4\\\\\"", "\"ü😀\"", "{}", "[]");
    return Combinators.combine(scalar, scalar)
        .as((a, b) -> "{\"k\": [%s, %s], \"[\": %s}".formatted(a, b, a))
        .injectDuplicates(0.1)
        .flatMap(nested -> Arbitraries.oneOf(Arbitraries.just(nested), scalar));
  }

  /** Two columns that often begin alike, with the bytes at both ends of the order. */
  @Provide
  Arbitrary<String> columns() {
    var column =
        Combinators.combine(
                Arbitraries.of("", "same", "the same as all", "\u00ff".repeat(13)),
                Arbitraries.strings().withChars('\u0001', 'a', '\u00ff').ofMaxLength(7))
            .as((start, end) -> start + end);
    return Combinators.combine(column, column).as((first, second) -> first + "\t" + second);
  }

  @Provide
  Arbitrary<String> pairs() {
    return Combinators.combine(
            Arbitraries.of("a", "B", "ä", "a b", "", "x,y", "€"),
            Arbitraries.integers().between(-9, 99))
        .as((key, number) -> key + "\t" + number);
  }

  private static Arbitrary<String> surrogateSafe(Arbitrary<String> strings) {
    return strings.map(
        text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  private static byte[] secondColumn(byte[] table) {
    return utf8(
        Items.lines(table).stream().map(line -> line.split("\t")[1]).collect(Collectors.joining()));
  }

  private static byte[] sorted(byte[] content, boolean unique) {
    var lines = new ArrayList<>(Items.lines(content));
    lines.sort((a, b) -> Arrays.compareUnsigned(utf8(trimmed(a)), utf8(trimmed(b))));
    var result = unique ? lines.stream().distinct() : lines.stream();
    return utf8(result.collect(Collectors.joining()));
  }

  private static String trimmed(String line) {
    return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
  }
}
