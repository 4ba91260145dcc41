package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.plan.PlanNode.FragmentNode;
import org.golempipeline.plan.PlanNode.MergeNode;
import org.golempipeline.plan.PlanNode.PendingNode;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.jgrapht.alg.cycle.CycleDetector;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;
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
    var strategies = new Strategies(StandardStrategies.splits(), StandardStrategies.merges());
    var checked =
        PipelineFiles.load(
                yaml.getBytes(StandardCharsets.UTF_8),
                "p.yaml",
                strategies,
                new Overrides(Map.of(), name -> Optional.empty(), false))
            .then(
                spec ->
                    Planner.plan(
                        spec,
                        strategies,
                        folder,
                        folder.resolve("work"),
                        new LocalShell(false, Secrets.NONE)));
    assertThat(checked.diagnostics()).isEmpty();
    return checked.value().orElseThrow();
  }

  @Test
  void isTheGraphThatStoringEveryVertexWouldGive() {
    var stored = stored(plan(FLOW).graph());
    assertThat(stored.vertexSet()).hasSize(3 + 1 + 6 + 1 + 1 + 1);
    assertThat(stored.edgeSet()).hasSize(3 + 6 + 6 + 1 + 1);
  }

  @Test
  void aTreeIsPartOfIt() {
    var joined = TREE.replace("sums/${n}.txt", "sum.txt");
    var stored = stored(plan(joined).graph());
    // 3 + 1 nodes over 7 leaves
    assertThat(stored.vertexSet()).hasSize(2 + 8 + 5 + 2);
    assertThat(stored.edgeSet()).hasSize(1 + 7 + 7 + (7 + 3 + 4 + 1) + 2);
    var tree = new StageName("add.reduce");
    assertThat(stored.incomingEdgesOf(new FragmentNode(tree, 3)))
        .extracting(edge -> edge.source().toString())
        .containsExactlyInAnyOrder("add.reduce[0]", "add.reduce[1]", "add.reduce[2]", "base.merge");
    assertThat(stored.incomingEdgesOf(new MergeNode(tree)))
        .extracting(edge -> edge.source().toString())
        .containsExactly("add.reduce[3]");
    assertThat(plan(joined).graph().criticalPath())
        .extracting(StageName::value)
        .containsExactly("base", "add", "add.reduce", "last");
    assertThat(stored(plan(TREE).graph()).incomingEdgesOf(new MergeNode(tree))).hasSize(7);
  }

  @Test
  void aTreeOverWhatIsSplitLaterIsOneNode() {
    var later = TREE.replace("to: 7", "to: \"${base}\"");
    var graph = plan(later).graph();
    stored(graph);
    assertThat(graph.incomingEdgesOf(new PendingNode(new StageName("add.reduce"))))
        .extracting(edge -> edge.source().toString())
        .containsExactlyInAnyOrder("add.merge", "base.merge");
    assertThat(PlanDrawing.mermaid(plan(later))).contains("[\"add.reduce[…]\"]");
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

  /** Asks for everything in every way there is, and keeps it. */
  private static SimpleDirectedGraph<PlanNode, PlanGraph.Edge> stored(PlanGraph graph) {
    var stored = new SimpleDirectedGraph<PlanNode, PlanGraph.Edge>(PlanGraph.Edge.class);
    graph.vertexSet().forEach(stored::addVertex);
    graph.edgeSet().forEach(edge -> stored.addEdge(edge.source(), edge.target(), edge));
    assertThat(stored.vertexSet()).hasSameSizeAs(graph.vertexSet());
    assertThat(stored.edgeSet()).hasSameSizeAs(graph.edgeSet());
    for (var node : graph.vertexSet()) {
      assertThat(graph.containsVertex(node)).isTrue();
      assertThat(new HashSet<>(graph.incomingEdgesOf(node)))
          .isEqualTo(stored.incomingEdgesOf(node));
      assertThat(new HashSet<>(graph.outgoingEdgesOf(node)))
          .isEqualTo(stored.outgoingEdgesOf(node));
    }
    for (var source : graph.vertexSet()) {
      for (var target : graph.vertexSet()) {
        assertThat(graph.containsEdge(source, target))
            .isEqualTo(stored.containsEdge(source, target));
      }
    }
    return stored;
  }

  @Test
  void theAlgorithmsOfTheLibraryWorkOnIt() {
    var graph = plan(FLOW).graph();
    assertThat(new CycleDetector<>(graph).detectCycles()).isFalse();
    var seen = new HashSet<PlanNode>();
    new TopologicalOrderIterator<>(graph)
        .forEachRemaining(
            node -> {
              graph.incomingEdgesOf(node).forEach(edge -> assertThat(seen).contains(edge.source()));
              seen.add(node);
            });
    assertThat(seen).hasSameSizeAs(graph.vertexSet());
  }

  @Test
  void knowsTheLongestChain() {
    assertThat(plan(FLOW).graph().criticalPath())
        .containsExactly(new StageName("make"), new StageName("twice"), new StageName("last"));
  }

  @Test
  void holdsAMillionFragmentsWithoutStoringThem() {
    var graph =
        plan("""
                version: 1
                name: million
                matrix: { x: 1..1000, y: 1..1000 }
                run: echo "$x $y" > "$out"
                merge: concat
                output: all.txt
                """)
            .graph();
    var stage = new StageName("million");
    assertThat(graph.vertexSet()).hasSize(1_000_001);
    assertThat(graph.containsVertex(new FragmentNode(stage, 999_999))).isTrue();
    assertThat(graph.containsVertex(new FragmentNode(stage, 1_000_000))).isFalse();
    assertThat(graph.inDegreeOf(new MergeNode(stage))).isEqualTo(1_000_000);
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

  @Test
  void aStageThatIsSplitLaterIsOneNode() {
    var graph = plan(FLOW).graph();
    var last = new PendingNode(new StageName("last"));
    assertThat(graph.containsVertex(last)).isTrue();
    assertThat(graph.incomingEdgesOf(last))
        .containsExactly(new PlanGraph.Edge(new MergeNode(new StageName("twice")), last));
  }
}
