package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.golempipeline.spec.StageName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanGraphTest {
  private static final String FLOW =
      """
      version: 1
      name: flow
      stages:
        make:
          split: { range: { from: 0, to: 3, step: 1, as: [n, size] } }
          run: echo "$n" > "$out"
        twice:
          from: make
          matrix: { x: [a, b] }
          run: cat "$in" > "$out"; echo "$x" >> "$out"
          merge: concat
        last:
          from: twice
          split: { lines: 1 }
          run: cp "$in" "$out"
          output: out/
      """;

  private static final String TREE =
      """
      version: 1
      name: tree
      stages:
        base:
          run: echo 1 > "$out"
          merge: value
        add:
          needs: base
          split: { range: { from: 0, to: 7, step: 1, as: [n, size] } }
          run: echo "$n" > "$out"
          merge: { reduce: { run: 'cat "$in"/* > "$out"', fan_in: 3 } }
          output: sums/${n}.txt
        last:
          from: add
          run: cp "$in" "$out"
          output: o/
      """;

  @TempDir Path folder;

  private Plan plan(String yaml) {
    var checked = Plans.of(yaml, "p.yaml", folder);
    assertThat(checked.diagnostics()).isEmpty();
    return checked.value().orElseThrow();
  }

  private static List<String> edges(Plan plan) {
    var graph = PlanGraph.of(plan);
    return graph.edgeSet().stream()
        .map(edge -> graph.getEdgeSource(edge) + " → " + graph.getEdgeTarget(edge))
        .toList();
  }

  @Test
  void leadsFromWhatLeavesSomethingToWhatReadsIt() {
    assertThat(edges(plan(FLOW)))
        .containsExactlyInAnyOrder(
            "make[0] → make.merge",
            "make[1] → make.merge",
            "make[2] → make.merge",
            "make[0] → twice[0]",
            "make[0] → twice[1]",
            "make[1] → twice[2]",
            "make[1] → twice[3]",
            "make[2] → twice[4]",
            "make[2] → twice[5]",
            "twice[0] → twice.merge",
            "twice[1] → twice.merge",
            "twice[2] → twice.merge",
            "twice[3] → twice.merge",
            "twice[4] → twice.merge",
            "twice[5] → twice.merge",
            "twice.merge → last[…]",
            "last[…] → last.merge");
  }

  @Test
  void aStageMayFollowSeveral() {
    var both =
        """
        version: 1
        name: both
        stages:
          a: { run: echo > "$out" }
          b: { matrix: { x: [1, 2] }, run: echo "$x" > "$out" }
          c: { from: [a, b], matrix: { y: [1, 2] }, run: 'cat "$in" > "$out"; : "$y"', output: 'c/${index}' }
        """;
    assertThat(edges(plan(both)))
        .contains(
            "a[0] → c[0]",
            "a[0] → c[1]",
            "b[0] → c[2]",
            "b[0] → c[3]",
            "b[1] → c[4]",
            "b[1] → c[5]")
        .hasSize(6 + 1 + 2 + 6);
  }

  @Test
  void aTreeIsPartOfIt() {
    var joined = TREE.replace("sums/${n}.txt", "sum.txt");
    var edges = edges(plan(joined));
    // 3 + 1 nodes over 7 leaves
    assertThat(edges).hasSize(2 + 7 + 7 + (7 + 3 + 4 + 1) + 2 - 1);
    assertThat(edges.stream().filter(each -> each.endsWith("add.reduce[3]")))
        .containsExactlyInAnyOrder(
            "add.reduce[0] → add.reduce[3]",
            "add.reduce[1] → add.reduce[3]",
            "add.reduce[2] → add.reduce[3]",
            "base.merge → add.reduce[3]");
    assertThat(edges.stream().filter(each -> each.endsWith("add.reduce.merge")))
        .containsExactly("add.reduce[3] → add.reduce.merge");
    assertThat(plan(joined).criticalPath())
        .extracting(StageName::value)
        .containsExactly("base", "add", "add.reduce", "last");
    assertThat(edges(plan(TREE)).stream().filter(each -> each.endsWith("add.reduce.merge")))
        .hasSize(7);
  }

  @Test
  void aTreeOverWhatIsSplitLaterIsOneVertex() {
    var later = plan(TREE.replace("to: 7", "to: \"${base}\""));
    assertThat(edges(later))
        .contains(
            "base.merge → add.reduce[…]",
            "add[…] → add.reduce[…]",
            "add.reduce[…] → add.reduce.merge");
    assertThat(PlanDrawing.mermaid(later)).contains("[\"add.reduce[…]\"]");
  }

  @Test
  void aTreeIsDrawn() {
    var joined = TREE.replace("sums/${n}.txt", "sum.txt");
    assertThat(PlanDrawing.dot(plan(joined)))
        .contains("\"add[6]\" -> \"add.reduce[2]\";")
        .contains("\"add.reduce[2]\" -> \"add.reduce[3]\";")
        .contains("\"add.reduce[3]\" -> \"add.reduce.merge\";")
        .doesNotContain("\"add.reduce[2]\" -> \"add.reduce.merge\";")
        .contains("\"base.merge\" -> \"add.reduce[0]\";")
        .contains("\"add.reduce.merge\" -> \"last[…]\";");
    assertThat(PlanDrawing.text(plan(joined)))
        .contains("stage add: 7 fragments, split range, merge by add.reduce\n")
        .contains(
            "stage add.reduce: 4 fragments, each combining up to 3 outputs of add or of its own"
                + " → sum.txt\n  after base, add, as soon as outputs are there\n");
    var large = joined.replace("to: 7", "to: 700");
    assertThat(PlanDrawing.dot(plan(large)))
        .contains("\"add[0…699]\" -> \"add.reduce[0…")
        .contains("\"add.reduce.merge\" -> \"last[…]\";");
  }

  @Test
  void knowsTheLongestChain() {
    assertThat(plan(FLOW).criticalPath())
        .containsExactly(new StageName("make"), new StageName("twice"), new StageName("last"));
  }

  @Test
  void aMillionFragmentsAreOneVertex() {
    var million =
        plan(
            """
            version: 1
            name: million
            matrix: { x: 1..1000, y: 1..1000 }
            run: echo "$x $y" > "$out"
            merge: concat
            output: all.txt
            """);
    assertThat(edges(million)).containsExactly("million[0…999999] → million.merge");
  }

  @Test
  void drawsSmallStagesInFullAndLargeOnesAsOneNode() {
    assertThat(PlanDrawing.mermaid(plan(FLOW)))
        .contains("[\"make[2]\"]")
        .contains("[\"twice[5]\"]")
        .contains("[\"last[…]\"]");
    var large = FLOW.replace("to: 3", "to: 300");
    assertThat(PlanDrawing.dot(plan(large)))
        .contains("\"make[0…299]\" [ shape=\"box\" ];")
        .contains("\"make[0…299]\" -> \"twice[0…599]\";")
        .contains("\"twice[0…599]\" -> \"twice.merge\";");
  }
}
