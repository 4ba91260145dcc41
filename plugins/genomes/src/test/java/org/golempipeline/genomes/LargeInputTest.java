package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.Test;

/** Lines longer than a buffer, and lines that end where a buffer does. */
class LargeInputTest {
  private static final int BUFFER = 1 << 18;

  @Test
  void readsOfAnyLengthAreCut() throws Exception {
    for (var length : List.of(Lines.SHOWN, BUFFER - 8, BUFFER - 1, BUFFER, BUFFER + 1, 900_000)) {
      for (var end : List.of("\n", "\r\n")) {
        var read = Samples.read("r", "A".repeat(length), "@".repeat(length), end);
        try (var sandbox = new Sandbox()) {
          var fragments = sandbox.split(new FastqSplit(), "{\"reads\": 1}", "x", read.repeat(3));
          assertThat(Sandbox.contents(fragments)).containsExactly(read, read, read);
        }
      }
    }
  }

  @Test
  void manyReadsAcrossBuffersAreCut() throws Exception {
    for (var length : List.of(61, 150)) {
      var read = Samples.read("read:1", "A".repeat(length), "@".repeat(length), "\n");
      var count = 3 * BUFFER / read.length();
      try (var sandbox = new Sandbox()) {
        var fragments = sandbox.split(new FastqSplit(), "{\"reads\": 1}", "x", read.repeat(count));
        assertThat(Sandbox.contents(fragments)).hasSize(count).containsOnly(read);
      }
    }
  }

  @Test
  void sequencesOnOneLineAreCut() throws Exception {
    for (var end : List.of("\n", "\r\n", "")) {
      var text = ">chr1" + (end.isEmpty() ? "\n" : end) + "ACGT".repeat(BUFFER) + end;
      try (var sandbox = new Sandbox()) {
        var fragments = sandbox.split(new RegionsSplit(), "{\"size\": 500000}", "x", text);
        assertThat(Laws.describe(fragments))
            .hasSize(3)
            .last()
            .asString()
            .endsWith("{chr=chr1, start=1000001, end=1048576, region=chr1:1000001-1048576}");
      }
    }
  }

  @Test
  void recordsLongerThanABufferAreMerged() throws Exception {
    var header = Samples.header("1");
    var one = Samples.record("1", 5, "C".repeat(700_000));
    var two = Samples.record("1", 6, "G".repeat(300_000));
    try (var sandbox = new Sandbox()) {
      var merged = sandbox.merge(new VcfMerge(), "{}", List.of(header + two, header + one + two));
      assertThat(merged).isEqualTo(header + one + two + two);
    }
  }
}
