package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.standard.Sandbox.utf8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.Laws.Coverage;
import org.golempipeline.strategy.testing.TestSplitContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes at which an int overflows or a buffer ends. Files are sparse, so they take no room. */
class LargeInputTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path folder;

  @Test
  void cutsTenGibibytesIntoParts() throws Exception {
    var file = sparse(10 * GIB, 3 * GIB, 6 * GIB);
    var fragments = split(new LinesSplit(), "{\"into\": 2}", file);
    assertThat(Laws.describe(fragments))
        .containsExactly("big[0+6442450945] {}", "big[6442450945+4294967295] {}");
    Laws.covers(List.of(file), fragments, Coverage.ONCE_IN_ORDER);
  }

  @Test
  void cutsTenGibibytesIntoBytes() throws Exception {
    var file = sparse(10 * GIB + 1, 3 * GIB, 6 * GIB);
    var fragments = split(new BytesSplit(), "\"1MiB\"", file);
    assertThat(fragments.count()).isEqualTo(10 * 1024 + 1);
    Laws.covers(List.of(file), fragments, Coverage.ONCE_IN_ORDER);
  }

  @Test
  void countsLinesBeyondTwoGibibytes() throws Exception {
    var file = sparse(2 * GIB + 100, 5, 2 * GIB + 7, 2 * GIB + 8);
    assertThat(Laws.describe(split(new LinesSplit(), "2", file)))
        .containsExactly("big[0+2147483656] {}", "big[2147483656+92] {}");
  }

  @Test
  void aMillionFragmentsOfARangeAreNotStored() throws Exception {
    var options = JsonText.options("{\"to\": 2e9, \"step\": 1, \"as\": [\"first\", \"size\"]}");
    var fragments = new RangeSplit().split(new TestSplitContext(folder, options));
    assertThat(fragments.count()).isEqualTo(2_000_000_000);
    assertThat(fragments.get(1_999_999_999).variables())
        .containsEntry("first", "1999999999")
        .containsEntry("size", "1");
  }

  @Test
  void recordsWithLinesLongerThanTheBuffer() throws Exception {
    for (var length : List.of(65_533, 65_536, 262_143, 262_144, 300_000, 1_000_000)) {
      var record = ">a " + "x>".repeat(length / 2) + "\n" + "y".repeat(length) + "\r\n";
      var text = record.repeat(5);
      try (var sandbox = new Sandbox()) {
        var fragments =
            sandbox.split(new RecordsSplit(), "{\"start\": \"^>a\", \"every\": 2}", text);
        assertThat(Laws.contents(fragments))
            .containsExactly(utf8(record.repeat(2)), utf8(record.repeat(2)), utf8(record));
      }
    }
  }

  @Test
  void linesAcrossBuffersAreFound() throws Exception {
    for (var length : List.of(1, 7, 31, 32, 33, 524_287, 524_288, 600_000)) {
      var line = "x".repeat(length) + "\n";
      var repeated = line.repeat(Math.max(3, 1_100_000 / line.length()));
      try (var sandbox = new Sandbox()) {
        var fragments = sandbox.split(new LinesSplit(), "1", repeated);
        assertThat(fragments.count()).isEqualTo(repeated.length() / line.length());
        for (var i : List.of(0, 1, fragments.count() - 1)) {
          assertThat(Laws.content(fragments.get(i))).isEqualTo(utf8(line));
        }
      }
    }
  }

  @Test
  void delimitersAcrossBuffersAreFound() throws Exception {
    for (var shift = 0; shift < 5; shift++) {
      var text = "x".repeat(65_530 + shift) + "<end>" + "y".repeat(200_000) + "<end>z";
      try (var sandbox = new Sandbox()) {
        for (var size : List.of("1B", "65539B", "200000B")) {
          var options = "{\"size\": \"%s\", \"delimiter\": \"<end>\"}".formatted(size);
          var contents = Laws.contents(sandbox.split(new BytesSplit(), options, text));
          assertThat(contents)
              .containsExactly(
                  utf8("x".repeat(65_530 + shift) + "<end>"),
                  utf8("y".repeat(200_000) + "<end>"),
                  utf8("z"));
        }
      }
    }
  }

  @Test
  void aggregatesMoreKeysThanFitIntoMemory() throws Exception {
    var keys = new ArrayList<>(IntStream.range(0, 250_000).boxed().toList());
    Collections.shuffle(keys, new java.util.Random(1));
    var table = new StringBuilder();
    keys.forEach(key -> table.append(10_000_000 + key).append('\t').append(key % 10).append('\n'));
    try (var sandbox = new Sandbox()) {
      var once = table.toString();
      var result =
          sandbox.merge(
              new AggregateMerge(),
              "{\"by\": 1, \"sum\": 2, \"mean\": 2, \"min\": 2, \"max\": 2, \"count\": true}",
              once,
              once);
      var lines = result.lines().toList();
      assertThat(lines).hasSize(250_000).isSorted();
      assertThat(lines.get(12_345)).isEqualTo("10012345\t10\t5\t5\t5\t2");
    }
  }

  @Test
  void sortsLinesLongerThanABuffer() throws Exception {
    var a = "a".repeat(700_000) + "\n";
    var b = "a".repeat(700_000) + "b\n";
    var c = "c".repeat(200_000) + "\n";
    try (var sandbox = new Sandbox()) {
      assertThat(sandbox.merge(new SortMerge(), "null", a + c, b + b + c, c))
          .isEqualTo(a + b + b + c + c + c);
    }
  }

  @Test
  void keepsOneOfEqualLinesThatAreLongerThanABuffer() throws Exception {
    var a = "a".repeat(700_000);
    try (var sandbox = new Sandbox()) {
      assertThat(
              sandbox.merge(
                  new SortMerge(),
                  "{\"unique\": true}",
                  a + "\n" + a + "b\n",
                  a + "\n",
                  a + "b\n" + a + "c\n"))
          .isEqualTo(a + "\n" + a + "b\n" + a + "c\n");
    }
  }

  private Fragments split(SplitStrategy strategy, String options, InputFile file) throws Exception {
    var context = new TestSplitContext(folder.resolve("context"), JsonText.options(options));
    return strategy.split(context.input(file));
  }

  /** Zeros with line feeds at the given places. */
  private InputFile sparse(long size, long... lineFeeds) throws IOException {
    var path = Files.createDirectories(folder).resolve("sparse");
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
      for (var at : lineFeeds) {
        file.seek(at);
        file.write('\n');
      }
    }
    return new InputFile(path, 0, size, "big");
  }
}
