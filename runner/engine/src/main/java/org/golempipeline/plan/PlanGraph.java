package org.golempipeline.plan;

import java.util.List;
import java.util.stream.IntStream;
import org.golempipeline.plan.PlanNode.FragmentNode;
import org.golempipeline.plan.PlanNode.LargeNode;
import org.golempipeline.plan.PlanNode.MergeNode;
import org.golempipeline.plan.PlanNode.PendingNode;
import org.golempipeline.plan.StagePlan.Flow;
import org.jgrapht.Graph;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.DirectedAcyclicGraph;

/**
 * The plan as a graph of fragments and merges, whose edges lead from what leaves something to what
 * reads it. The fragments of a large stage are one vertex, so that a million of them fit anywhere.
 */
final class PlanGraph {
  /** So many fragments of a stage are a vertex each. */
  private static final int MOST = 12;

  private final Plan plan;
  private final Graph<PlanNode, DefaultEdge> graph = new DirectedAcyclicGraph<>(DefaultEdge.class);

  private PlanGraph(Plan plan) {
    this.plan = plan;
  }

  /** Vertices and edges in the order of the plan. */
  static Graph<PlanNode, DefaultEdge> of(Plan plan) {
    var made = new PlanGraph(plan);
    plan.stages().forEach(made::add);
    return made.graph;
  }

  private void add(StagePlan stage) {
    var nodes = nodes(stage);
    var merge = new MergeNode(stage.name());
    nodes.forEach(graph::addVertex);
    graph.addVertex(merge);
    for (var need : stage.spec().needs()) {
      addEdges(plan.stage(need), stage, nodes);
    }
    var tree = plan.tree(stage).map(ReductionTree::layout);
    for (var node : nodes) {
      var parent =
          node instanceof FragmentNode fragment && tree.isPresent()
              ? tree.get().parentOfNode(fragment.index())
              : -1;
      graph.addEdge(node, parent < 0 ? merge : new FragmentNode(stage.name(), parent));
    }
  }

  private List<PlanNode> nodes(StagePlan stage) {
    var name = stage.name();
    var count = plan.fragments(stage);
    if (count.isEmpty()) {
      return List.of(new PendingNode(name));
    }
    return count.getAsInt() > MOST
        ? List.of(new LargeNode(name, count.getAsInt()))
        : IntStream.range(0, count.getAsInt())
            .<PlanNode>mapToObj(i -> new FragmentNode(name, i))
            .toList();
  }

  private void addEdges(StagePlan from, StagePlan to, List<PlanNode> targets) {
    var streams = to.flow() != Flow.WHOLE && to.spec().from().contains(from.name());
    if (!streams) {
      targets.forEach(target -> graph.addEdge(new MergeNode(from.name()), target));
      return;
    }
    for (var source : nodes(from)) {
      for (var target : targets) {
        var apart = source instanceof FragmentNode && target instanceof FragmentNode;
        if (!apart || reads(to, (FragmentNode) target, (FragmentNode) source)) {
          graph.addEdge(source, target);
        }
      }
    }
  }

  /** Whether a fragment of a stage that does not wait for whole results reads that output. */
  private boolean reads(StagePlan stage, FragmentNode reader, FragmentNode source) {
    var tree = plan.tree(stage);
    if (tree.isPresent()) {
      return tree.get().layout().parentOfLeaf(source.index()) == reader.index();
    }
    var position = source.index();
    for (var from : stage.spec().from()) {
      if (from.equals(source.stage())) {
        break;
      }
      position += plan.fragments(plan.stage(from)).orElseThrow();
    }
    return reader.index() / stage.fragments().orElseThrow().combinations() == position;
  }
}
