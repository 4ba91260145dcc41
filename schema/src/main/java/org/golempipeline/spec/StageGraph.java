package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Node.Scalar;
import org.jgrapht.Graph;
import org.jgrapht.alg.cycle.CycleDetector;
import org.jgrapht.alg.shortestpath.BFSShortestPath;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.EdgeReversedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;

/** Which stage waits for which: cycles and order. */
final class StageGraph {
  private final FileUnderCheck file;
  private final Graph<String, Wait> graph = new DefaultDirectedGraph<>(Wait.class);

  /** An edge: {@code stage} waits for {@code target}, which is said at {@code reference}. */
  private record Wait(String stage, String target, Scalar reference) {}

  private StageGraph(FileUnderCheck file) {
    this.file = file;
    file.stages().forEach(stage -> graph.addVertex(stage.name()));
    for (var stage : file.stages()) {
      for (var reference : stage.dependencies()) {
        var target = reference.text();
        if (graph.containsVertex(target) && !graph.containsEdge(stage.name(), target)) {
          graph.addEdge(stage.name(), target, new Wait(stage.name(), target, reference));
        }
      }
    }
  }

  /** The stages so that each stands after those it waits for; ties as in the file. */
  static List<StageOutline> ordered(FileUnderCheck file) {
    if (file.stages().stream().allMatch(stage -> stage.dependencies().isEmpty())) {
      return file.stages();
    }
    var stages = new StageGraph(file);
    var inCycles = new CycleDetector<>(stages.graph).findCycles();
    if (inCycles.isEmpty()) {
      return stages.order();
    }
    var reported = new HashSet<String>();
    for (var stage : stages.graph.vertexSet()) {
      if (inCycles.contains(stage) && !reported.contains(stage)) {
        var cycle = stages.shortestCycle(stage);
        cycle.forEach(edge -> reported.add(edge.stage()));
        stages.report(cycle);
      }
    }
    return file.stages();
  }

  private List<StageOutline> order() {
    var names = file.stages().stream().map(StageOutline::name).toList();
    var order = new ArrayList<StageOutline>();
    new TopologicalOrderIterator<>(
            new EdgeReversedGraph<>(graph), Comparator.comparing(names::indexOf))
        .forEachRemaining(name -> order.add(file.stages().get(names.indexOf(name))));
    return order;
  }

  /** The edges of a shortest cycle through {@code start}, the first one leaving it. */
  private List<Wait> shortestCycle(String start) {
    List<Wait> shortest = List.of();
    for (var first : graph.outgoingEdgesOf(start)) {
      var back = BFSShortestPath.findPathBetween(graph, first.target(), start);
      if (back != null && (shortest.isEmpty() || back.getLength() + 1 < shortest.size())) {
        shortest = new ArrayList<>(back.getEdgeList());
        shortest.add(0, first);
      }
    }
    return shortest;
  }

  private void report(List<Wait> cycle) {
    var related =
        cycle.stream()
            .map(
                edge ->
                    new Related(
                        edge.reference().range(),
                        "`%s` waits for `%s`.".formatted(edge.stage(), edge.target())))
            .toList();
    var names = cycle.stream().map(Wait::stage).toList();
    var message =
        names.size() == 1
            ? "The stage `%s` waits for itself.".formatted(names.get(0))
            : "The stages %s wait for each other.".formatted(Words.list(names));
    file.problems()
        .error(
            DiagnosticIds.GRAPH_CYCLE,
            related.get(0).range(),
            message,
            "Remove one of these references.",
            related);
  }
}
