package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.golempipeline.standard.Sandbox.utf8;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.Laws.Coverage;
import org.golempipeline.strategy.testing.TestSplitContext;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The classic mistakes of splitting and merging, each made on purpose: the laws catch them all. */
class MistakesTest {
  private static final String TEXT = "eins\nzwei\r\ndr\u00fci\nvier\nf\u00fcnf";
  private static final String CSV = "a,b\n1,\"x\ny\"\n2,z\n3,\n";

  @TempDir private Path folder;

  /** Where cuts are made: offsets behind 0 and before or at the end. */
  private interface Cuts {
    List<Integer> of(byte[] content);
  }

  @TestFactory
  Stream<DynamicTest> wrongCutsAreCaught() {
    return Stream.of(
        caught("drops the remainder after even parts", MistakesTest::evenPartsOnly),
        caught("loses the last line without a newline", MistakesTest::endedLinesOnly),
        caught("cuts a character in two", content -> everySoManyBytes(content, 13)),
        caught("cuts a line in two", content -> everySoManyBytes(content, 7)),
        caught("cuts between CR and LF", content -> List.of(10, content.length)),
        caught("returns nothing", content -> List.of()));
  }

  @Test
  void rightCutsAreNotCaught() {
    assertThatCode(() -> checkLines(fragments(content -> List.of(5, 11, content.length), TEXT)))
        .doesNotThrowAnyException();
  }

  @Test
  void aLineHandedOutTwiceIsCaught() {
    var whole = fragments(content -> List.of(content.length), TEXT).get(0);
    assertThatThrownBy(() -> checkLines(Fragments.of(List.of(whole, whole))))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void fragmentsInAnotherOrderAreCaught() {
    var fragments = fragments(content -> List.of(5, content.length), TEXT);
    var swapped = Fragments.of(List.of(fragments.get(1), fragments.get(0)));
    assertThatThrownBy(() -> checkLines(swapped)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aCutAtAQuotedNewlineIsCaught() {
    var first = CSV.indexOf('\n') + 1;
    var naive =
        withHeader(fragments(content -> List.of(CSV.indexOf('y'), content.length), CSV), first);
    assertThatThrownBy(() -> Laws.keepsItemsWhole(utf8(CSV), naive, Items::rows))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aDoubledHeaderIsCaught() throws Exception {
    try (var sandbox = new Sandbox()) {
      var fragments = sandbox.split(new CsvSplit(), "{\"rows\": 1}", CSV);
      var merged = sandbox.merge(new ConcatMerge(), "null", Laws.contents(fragments));
      assertThatThrownBy(() -> assertThat(merged).isEqualTo(CSV))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void aHeaderCountedAsARowIsCaught() throws Exception {
    try (var sandbox = new Sandbox()) {
      var fragments = sandbox.split(new LinesSplit(), "2", CSV);
      assertThatThrownBy(() -> Laws.keepsItemsWhole(utf8(CSV), fragments, Items::rows))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void outputsMergedInOrderOfArrivalAreCaught() throws Exception {
    try (var sandbox = new Sandbox()) {
      var contents = new ArrayList<>(Laws.contents(sandbox.split(new LinesSplit(), "1", TEXT)));
      Collections.swap(contents, 0, 1);
      var merged = sandbox.merge(new ConcatMerge(), "null", contents);
      assertThatThrownBy(() -> assertThat(merged).isEqualTo(TEXT))
          .isInstanceOf(AssertionError.class);
    }
  }

  /** One file cut at the given places, without a strategy. */
  private Fragments fragments(Cuts cuts, String content) {
    var file = context(content).inputs().get(0);
    var fragments = new ArrayList<Fragment>();
    var start = 0;
    for (var end : cuts.of(utf8(content))) {
      fragments.add(Fragment.of(new Piece.Slice(file, start, end - start)));
      start = end;
    }
    return Fragments.of(fragments);
  }

  private TestSplitContext context(String content) {
    return new TestSplitContext(folder, Options.NONE).input("input", utf8(content));
  }

  private static Fragments withHeader(Fragments fragments, int header) {
    var headed = new ArrayList<Fragment>();
    for (var fragment : Laws.all(fragments)) {
      var slice = (Piece.Slice) fragment.pieces().get(0);
      headed.add(
          slice.offset() == 0
              ? fragment
              : Fragment.of(new Piece.Slice(slice.file(), 0, header), slice));
    }
    return Fragments.of(headed);
  }

  private DynamicTest caught(String mistake, Cuts cuts) {
    return dynamicTest(
        mistake,
        () ->
            assertThatThrownBy(() -> checkLines(fragments(cuts, TEXT)))
                .isInstanceOf(AssertionError.class));
  }

  private void checkLines(Fragments fragments) throws IOException {
    Laws.covers(context(TEXT).inputs(), fragments, Coverage.ONCE_IN_ORDER);
    Laws.keepsItemsWhole(utf8(TEXT), fragments, Items::lines);
  }

  private static List<Integer> evenPartsOnly(byte[] content) {
    var cuts = new ArrayList<Integer>();
    for (var end = 5; end <= content.length; end += 5) {
      cuts.add(end);
    }
    return cuts;
  }

  private static List<Integer> endedLinesOnly(byte[] content) {
    var cuts = new ArrayList<Integer>();
    for (var i = 0; i < content.length; i++) {
      if (content[i] == '\n') {
        cuts.add(i + 1);
      }
    }
    return cuts;
  }

  private static List<Integer> everySoManyBytes(byte[] content, int size) {
    var cuts = new ArrayList<Integer>();
    for (var end = size; end < content.length; end += size) {
      cuts.add(end);
    }
    cuts.add(content.length);
    return cuts;
  }
}
