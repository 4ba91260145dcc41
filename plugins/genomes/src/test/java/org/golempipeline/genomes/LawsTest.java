package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.golempipeline.strategy.testing.Laws;

/** Whatever the input and however small the fragments: nothing lost, doubled or out of order. */
class LawsTest {
  private static final int TRIES = 100;

  /** A read of a generated file. */
  record Read(String bases, String qualities, boolean named) {
    String text(String name, String end) {
      return "@%s%s%s%s+%s%s%s%s"
          .formatted(name, end, bases, end, named ? name : "", end, qualities, end);
    }
  }

  @Property(tries = TRIES)
  void slicesOfReadsAreTheInputAndHoldWholeRecords(
      @ForAll @Size(max = 12) List<@From("reads") Read> reads,
      @ForAll @IntRange(min = 1, max = 5) int size,
      @ForAll boolean windows,
      @ForAll boolean complete)
      throws Exception {
    var texts = texts(reads, "", windows ? "\r\n" : "\n");
    var whole = Samples.joined(texts);
    var text = complete || whole.isEmpty() ? whole : Samples.withoutLastByte(whole);
    try (var sandbox = new Sandbox()) {
      var fragments =
          sandbox.split(new FastqSplit(), "{\"reads\": %d}".formatted(size), "x.fastq", text);
      var contents = Sandbox.contents(fragments);
      assertThat(Samples.joined(contents)).isEqualTo(text);
      assertThat(contents).hasSize(Math.max(1, (texts.size() + size - 1) / size));
      for (var i = 0; i < contents.size() - 1; i++) {
        assertThat(contents.get(i))
            .isEqualTo(Samples.joined(texts.subList(i * size, (i + 1) * size)));
        assertThat(fragments.get(i).variables()).containsEntry("part", Integer.toString(i));
      }
    }
  }

  @Property(tries = TRIES)
  void matesStayTogether(
      @ForAll @Size(max = 12) List<@From("reads") Read> reads,
      @ForAll @IntRange(min = 1, max = 5) int size,
      @ForAll long seed)
      throws Exception {
    var others = new ArrayList<>(reads);
    java.util.Collections.shuffle(others, new Random(seed));
    var first = texts(reads, "/1", "\n");
    var second = texts(others, "/2", "\r\n");
    try (var sandbox = new Sandbox()) {
      var options = "{\"reads\": %d, \"pairs\": \"(?<sample>.+)_(?<mate>[ab])\"}".formatted(size);
      var fragments =
          sandbox.split(
              new FastqSplit(),
              options,
              "x_b",
              Samples.joined(second),
              "x_a",
              Samples.joined(first));
      var ones = Sandbox.contents(fragments, 0);
      var twos = Sandbox.contents(fragments, 1);
      assertThat(Samples.joined(ones)).isEqualTo(Samples.joined(first));
      assertThat(Samples.joined(twos)).isEqualTo(Samples.joined(second));
      for (var i = 0; i < fragments.count(); i++) {
        var end = Math.min(reads.size(), (i + 1) * size);
        assertThat(ones.get(i)).isEqualTo(Samples.joined(first.subList(i * size, end)));
        assertThat(twos.get(i)).isEqualTo(Samples.joined(second.subList(i * size, end)));
        assertThat(fragments.get(i).variables().toString())
            .isEqualTo("{sample=x, mate1=x_a, mate2=x_b, part=%d}".formatted(i));
      }
    }
  }

  @Property(tries = TRIES)
  void aLostReadIsNoticed(
      @ForAll @IntRange(min = 1, max = 9) int count,
      @ForAll @IntRange(min = 0, max = 8) int lost,
      @ForAll boolean ofFirst)
      throws Exception {
    var reads = IntStream.range(0, count).mapToObj(i -> Samples.read("r" + i)).toList();
    var fewer = new ArrayList<>(reads);
    fewer.remove(lost % count);
    try (var sandbox = new Sandbox()) {
      assertThat(
              Refusals.of(
                  () ->
                      sandbox.split(
                          new FastqSplit(),
                          "{\"reads\": 2, \"pairs\": \"(?<mate>[12])\"}",
                          "r1",
                          Samples.joined(ofFirst ? fewer : reads),
                          "r2",
                          Samples.joined(ofFirst ? reads : fewer))))
          .contains("`r1`", "`r2`")
          .contains("ecord %d ".formatted(lost % count + 1));
    }
  }

  @Property(tries = TRIES)
  void regionsCoverEverySequenceAndSliceIt(
      @ForAll @Size(min = 1, max = 5) List<@From("bases") String> sequences,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll @IntRange(min = 1, max = 9) int size,
      @ForAll @IntRange(min = 0, max = 8) int overlap,
      @ForAll boolean windows)
      throws Exception {
    var end = windows ? "\r\n" : "\n";
    var fasta = new StringBuilder();
    var index = new StringBuilder();
    for (var i = 0; i < sequences.size(); i++) {
      fasta.append(">s").append(i).append(" text").append(end);
      for (var from = 0; from < sequences.get(i).length(); from += width) {
        var to = Math.min(sequences.get(i).length(), from + width);
        fasta.append(sequences.get(i), from, to).append(end);
      }
      index.append("s%d\t%d\t0\t0\t0\n".formatted(i, sequences.get(i).length()));
    }
    var shared = overlap % size;
    var options = "{\"size\": %d, \"overlap\": %d}".formatted(size, shared);
    try (var sandbox = new Sandbox()) {
      var fragments = sandbox.split(new RegionsSplit(), options, "x.fa", fasta.toString());
      var ofIndex = sandbox.split(new RegionsSplit(), options, "x.fai", index.toString());
      assertThat(Laws.all(ofIndex).stream().map(fragment -> fragment.variables().toString()))
          .containsExactlyElementsOf(
              Laws.all(fragments).stream().map(each -> each.variables().toString()).toList());

      var covered = new LinkedHashMap<String, StringBuilder>();
      for (var fragment : Laws.all(fragments)) {
        var variables = fragment.variables();
        var bases = covered.computeIfAbsent(variables.get("chr"), chr -> new StringBuilder());
        var start = Integer.parseInt(variables.get("start"));
        var again = bases.length() == 0 ? 0 : shared;
        assertThat(start).isEqualTo(bases.length() - again + 1);
        var lines = Sandbox.text(Laws.content(fragment)).split("\r?\n", 2);
        assertThat(lines[0])
            .isEqualTo(">%s:%d-%s".formatted(variables.get("chr"), start, variables.get("end")))
            .isEqualTo(">" + variables.get("region"));
        var window = lines[1].replaceAll("[\r\n]", "");
        assertThat(window).hasSizeBetween(1, size);
        assertThat(window).hasSizeGreaterThan(again);
        assertThat(Integer.parseInt(variables.get("end"))).isEqualTo(start + window.length() - 1);
        assertThat(bases.toString()).endsWith(window.substring(0, again));
        bases.append(window.substring(again));
      }
      for (var i = 0; i < sequences.size(); i++) {
        assertThat(covered.getOrDefault("s" + i, new StringBuilder()).toString())
            .isEqualTo(sequences.get(i));
      }
    }
  }

  @Property(tries = TRIES)
  void mergedRecordsAreTheSameHoweverTheyWereCut(
      @ForAll @Size(max = 40) List<@From("places") Integer> places,
      @ForAll @IntRange(min = 1, max = 12) int size,
      @ForAll boolean unique)
      throws Exception {
    var header = Samples.header("b", "a");
    var records = records(places.stream().sorted().toList());
    var fragments = new ArrayList<String>();
    for (var from = 0; from < records.size(); from += size) {
      var part = records.subList(from, Math.min(records.size(), from + size));
      fragments.add(header + Samples.joined(part));
    }
    var expected = unique ? records.stream().distinct().toList() : records;
    if (records.isEmpty()) {
      fragments.add(header);
    }
    try (var sandbox = new Sandbox()) {
      assertThat(sandbox.merge(new VcfMerge(), "{\"unique\": %s}".formatted(unique), fragments))
          .isEqualTo(header + Samples.joined(expected));
    }
  }

  @Property(tries = TRIES)
  void recordsOfOutputsThatOverlapAreMergedAsAStableSortWould(
      @ForAll @Size(min = 1, max = 150) List<@Size(max = 4) List<@From("places") Integer>> outputs)
      throws Exception {
    var header = Samples.header("b", "a");
    var texts = new ArrayList<String>();
    var all = new ArrayList<List<Object>>();
    for (var output : outputs) {
      var places = output.stream().sorted().toList();
      var records = records(places);
      for (var i = 0; i < records.size(); i++) {
        var record = records.get(i).replace("DP=3", "DP=" + texts.size());
        records.set(i, record);
        all.add(List.of(places.get(i) / 4, record));
      }
      texts.add(header + Samples.joined(records));
    }
    all.sort(Comparator.comparing(each -> (Integer) each.get(0)));
    try (var sandbox = new Sandbox()) {
      assertThat(sandbox.merge(new VcfMerge(), "null", texts))
          .isEqualTo(
              header + Samples.joined(all.stream().map(each -> (String) each.get(1)).toList()));
    }
  }

  @Provide
  Arbitrary<Read> reads() {
    var qualities = Arbitraries.strings().withChars("@@+I#\"!~").ofMaxLength(9);
    return Combinators.combine(qualities, Arbitraries.of(true, false))
        .as((text, named) -> new Read("ACGTN".repeat(2).substring(0, text.length()), text, named));
  }

  @Provide
  Arbitrary<String> bases() {
    return Arbitraries.strings().withChars("ACGTN").ofMaxLength(30);
  }

  /** Four different records at each of ten positions on each of two contigs. */
  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(0, 79);
  }

  private static List<String> records(List<Integer> places) {
    var records = new ArrayList<String>();
    for (var place : places) {
      records.add(
          Samples.record(place < 40 ? "b" : "a", 1 + place / 4 % 10, "ACGT".substring(place % 4)));
    }
    return records;
  }

  private static List<String> texts(List<Read> reads, String suffix, String end) {
    var texts = new ArrayList<String>();
    for (var i = 0; i < reads.size(); i++) {
      texts.add(reads.get(i).text("r" + i + suffix, end));
    }
    return texts;
  }
}
