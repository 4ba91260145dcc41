package org.golempipeline.laws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CuresTest {
  @Test
  void namesTheMergeThatTheDifferenceAsksFor() {
    assertThat(Cures.of(List.of("a", "b", "c"), List.of("b", "c", "a"))).contains("merge: sort");
    assertThat(Cures.of(List.of("10"), List.of("4", "6"))).contains("merge: sum");
    assertThat(Cures.of(List.of("2.5"), List.of("2", "3.5"))).contains("no average");
    assertThat(Cures.of(List.of("  3 cat", "  1 dog"), List.of("  2 cat", "  1 cat", "  1 dog")))
        .contains("aggregate: { by: 1, sum: 2 }");
    assertThat(Cures.of(List.of("cat\t3"), List.of("cat\t2", "cat\t1"))).contains("aggregate");
    assertThat(Cures.of(List.of("a", "b"), List.of("a", "b", "b"))).contains("unique: true");
  }

  @Test
  void aHeadingOfEveryFragmentIsNotCuredByAnotherOrder() {
    var few = List.of("name", "zoe", "adam", "name", "bob");
    var many = List.of("name", "zoe", "name", "adam", "name", "bob");
    assertThat(Cures.of(few, many)).contains("merge: csv", "in no fragment").doesNotContain("sort");
    var two = List.of("# a", "# b", "zoe", "adam");
    assertThat(Cures.of(two, List.of("# a", "# b", "zoe", "# a", "# b", "adam")))
        .contains("if their order does not matter", "merge: csv");
  }

  @Test
  void tellsHeadersFromOtherLines() {
    assertThat(
            Cures.of(List.of("id,name", "1,x", "2,y"), List.of("id,name", "1,x", "id,name", "2,y")))
        .contains("merge: csv");
    assertThat(Cures.of(List.of("first"), List.of("first", "tenth"))).contains("`head`");
    assertThat(Cures.of(List.of("one", "two", "three"), List.of("one", "three")))
        .contains("tail -n +2");
  }

  @Test
  void saysWhatToLookForWhenNothingIsRecognised() {
    assertThat(Cures.of(List.of("x"), List.of("y", "z"))).contains("together");
    assertThat(Cures.of(List.of(), List.of())).contains("together");
  }
}
