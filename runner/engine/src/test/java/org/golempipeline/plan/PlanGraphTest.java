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
                        spec, strategies, folder, folder.resolve("work"), new LocalShell(false)));
    assertThat(checked.diagnostics()).isEmpty();
    return checked.value().orElseThrow();
  }

  @Test
  void isTheGraphThatStoringEveryVertexWouldGive() {
    var graph = plan(FLOW).graph();
    var stored = new SimpleDirectedGraph<PlanNode, PlanGraph.Edge>(PlanGraph.Edge.class);
    graph.vertexSet().forEach(stored::addVertex);
    graph.edgeSet().forEach(edge -> stored.addEdge(edge.source(), edge.target(), edge));
    assertThat(stored.vertexSet()).hasSize(3 + 1 + 6 + 1 + 1 + 1).hasSameSizeAs(graph.vertexSet());
    assertThat(stored.edgeSet()).hasSize(3 + 6 + 6 + 1 + 1).hasSameSizeAs(graph.edgeSet());
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
