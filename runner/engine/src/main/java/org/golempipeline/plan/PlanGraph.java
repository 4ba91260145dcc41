package org.golempipeline.plan;

import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Supplier;
import org.golempipeline.plan.PlanNode.FragmentNode;
import org.golempipeline.plan.PlanNode.MergeNode;
import org.golempipeline.plan.PlanNode.PendingNode;
import org.golempipeline.spec.StageName;
import org.jgrapht.Graph;
import org.jgrapht.GraphType;
import org.jgrapht.graph.AbstractGraph;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.DefaultGraphType;
import org.jgrapht.graph.DirectedAcyclicGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;
import org.jspecify.annotations.Nullable;

/**
 * The plan as a JGraphT graph whose vertices are fragments and merges. Nothing is stored per
 * fragment: vertices and edges are computed from the number of fragments in each stage, so that a
 * million of them fit anywhere. Read only. Edge sets of merges are as large as their stage: iterate
 * over them, do not copy them.
 */
public final class PlanGraph extends AbstractGraph<PlanNode, PlanGraph.Edge> {
  private static final GraphType TYPE =
      new DefaultGraphType.Builder()
          .directed()
          .weighted(false)
          .allowMultipleEdges(false)
          .allowSelfLoops(false)
          .allowCycles(false)
          .modifiable(false)
          .build();

  private final Plan plan;
  private final Map<StageName, StagePlan> stages = new LinkedHashMap<>();
  private final Map<StageName, TreeLayout> trees = new HashMap<>();
  private final DirectedAcyclicGraph<StageName, DefaultEdge> stageGraph =
      new DirectedAcyclicGraph<>(DefaultEdge.class);

  PlanGraph(Plan plan) {
    this.plan = plan;
    for (var stage : plan.stages()) {
      stages.put(stage.name(), stage);
      plan.tree(stage).ifPresent(tree -> trees.put(stage.name(), tree.layout()));
      stageGraph.addVertex(stage.name());
      stage.spec().needs().forEach(need -> stageGraph.addEdge(need, stage.name()));
    }
  }

  /** An edge: {@code target} reads what {@code source} leaves. */
  public record Edge(PlanNode source, PlanNode target) {}

  /** Which stage needs which. */
  public Graph<StageName, DefaultEdge> stageGraph() {
    return stageGraph;
  }

  /**
   * The longest chain of stages: however many providers there are, these follow one another. Among
   * chains of equal length the one with the most fragments.
   */
  public List<StageName> criticalPath() {
    var weight = new HashMap<StageName, Long>();
    var before = new HashMap<StageName, @Nullable StageName>();
    StageName last = null;
    var order = new TopologicalOrderIterator<>(stageGraph);
    while (order.hasNext()) {
      var stage = order.next();
      StageName longest = null;
      for (var edge : stageGraph.incomingEdgesOf(stage)) {
        var source = stageGraph.getEdgeSource(edge);
        if (longest == null || weightOf(weight, source) > weightOf(weight, longest)) {
          longest = source;
        }
      }
      before.put(stage, longest);
      var own = (1L << 40) + fragments(stage);
      weight.put(stage, own + (longest == null ? 0 : weightOf(weight, longest)));
      if (last == null || weightOf(weight, stage) > weightOf(weight, last)) {
        last = stage;
      }
    }
    var path = new ArrayList<StageName>();
    for (var at = last; at != null; at = before.get(at)) {
      path.add(0, at);
    }
    return path;
  }

  private static long weightOf(Map<StageName, Long> weights, StageName stage) {
    return weights.getOrDefault(stage, 0L);
  }

  /** How many fragments a stage has; 1 while that is not known. */
  private int fragments(StageName stage) {
    var tree = trees.get(stage);
    return tree != null ? tree.nodes() : fragments(stage(stage));
  }

  private static int fragments(StagePlan stage) {
    return stage.fragments().map(StageFragments::count).orElse(1);
  }

  private StagePlan stage(StageName name) {
    var stage = stages.get(name);
    if (stage == null) {
      throw new NoSuchElementException("no stage " + name);
    }
    return stage;
  }

  private PlanNode work(StageName stage, int position) {
    return isKnown(stage) ? new FragmentNode(stage, position) : new PendingNode(stage);
  }

  private boolean isKnown(StageName stage) {
    return trees.containsKey(stage) || stage(stage).known() != null;
  }

  @Override
  public boolean containsVertex(@Nullable PlanNode node) {
    if (node == null || !stages.containsKey(node.stage())) {
      return false;
    }
    if (node instanceof FragmentNode fragment) {
      return isKnown(node.stage())
          && fragment.index() >= 0
          && fragment.index() < fragments(node.stage());
    }
    return node instanceof MergeNode || !isKnown(node.stage());
  }

  @Override
  public Set<PlanNode> vertexSet() {
    var size = 0;
    for (var stage : plan.stages()) {
      size += fragments(stage.name()) + 1;
    }
    return new Computed<>(
        size,
        () ->
            plan.stages().stream()
                .flatMap(
                    stage ->
                        java.util.stream.Stream.concat(
                            java.util.stream.IntStream.range(0, fragments(stage.name()))
                                .mapToObj(i -> work(stage.name(), i)),
                            java.util.stream.Stream.<PlanNode>of(new MergeNode(stage.name()))))
                .iterator());
  }

  @Override
  public Set<Edge> edgeSet() {
    var size = 0;
    for (var stage : plan.stages()) {
      var tree = trees.get(stage.name());
      size +=
          tree == null
              ? fragments(stage.name()) * (1 + incomingPerFragment(stage))
              : tree.leaves() + tree.nodes() * stage.spec().needs().size();
    }
    return new Computed<>(
        size,
        () -> vertexSet().stream().flatMap(node -> incomingEdgesOf(node).stream()).iterator());
  }

  private int incomingPerFragment(StagePlan stage) {
    return stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT && stage.known() != null
        ? 1
        : stage.spec().needs().size();
  }

  @Override
  public Set<Edge> incomingEdgesOf(PlanNode node) {
    var stage = stage(node.stage());
    var tree = trees.get(node.stage());
    if (tree != null) {
      return intoTree(stage, tree, node);
    }
    if (node instanceof MergeNode) {
      return new Computed<>(
          fragments(stage.name()),
          () ->
              java.util.stream.IntStream.range(0, fragments(stage.name()))
                  .mapToObj(i -> new Edge(work(stage.name(), i), node))
                  .iterator());
    }
    if (node instanceof FragmentNode fragment
        && stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT) {
      return Set.of(new Edge(upstream(stage, fragment.index()), node));
    }
    var edges = new LinkedHashSet<Edge>();
    stage.spec().needs().forEach(need -> edges.add(new Edge(new MergeNode(need), node)));
    return edges;
  }

  private Set<Edge> intoTree(StagePlan stage, TreeLayout tree, PlanNode node) {
    var edges = new LinkedHashSet<Edge>();
    if (!(node instanceof FragmentNode fragment)) {
      for (var i = 0; i < tree.nodes(); i++) {
        if (tree.parentOfNode(i) < 0) {
          edges.add(new Edge(new FragmentNode(stage.name(), i), node));
        }
      }
      return edges;
    }
    for (var i = 0; i < tree.childCount(fragment.index()); i++) {
      var child = tree.child(fragment.index(), i);
      edges.add(
          new Edge(
              tree.isLeaf(child)
                  ? new FragmentNode(leavesOf(stage), child)
                  : new FragmentNode(stage.name(), tree.asNode(child)),
              node));
    }
    for (var need : stage.spec().needs()) {
      if (!need.equals(leavesOf(stage))) {
        edges.add(new Edge(new MergeNode(need), node));
      }
    }
    return edges;
  }

  private static StageName leavesOf(StagePlan tree) {
    return tree.spec().from().get(0);
  }

  private PlanNode upstream(StagePlan stage, int index) {
    var known = java.util.Objects.requireNonNull(stage.known());
    var rest = index / known.combinations();
    for (var from : stage.spec().from()) {
      if (rest < fragments(from)) {
        return work(from, rest);
      }
      rest -= fragments(from);
    }
    throw new IndexOutOfBoundsException(index);
  }

  @Override
  public Set<Edge> outgoingEdgesOf(PlanNode node) {
    var edges = new LinkedHashSet<Edge>();
    if (node instanceof MergeNode) {
      for (var stage : plan.stages()) {
        var streamed =
            stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT && stage.known() != null
                || trees.containsKey(stage.name()) && leavesOf(stage).equals(node.stage());
        if (stage.spec().needs().contains(node.stage()) && !streamed) {
          for (var i = 0; i < fragments(stage.name()); i++) {
            edges.add(new Edge(node, work(stage.name(), i)));
          }
        }
      }
      return edges;
    }
    var own = trees.get(node.stage());
    edges.add(
        new Edge(
            node,
            own != null
                    && node instanceof FragmentNode fragment
                    && own.parentOfNode(fragment.index()) >= 0
                ? new FragmentNode(node.stage(), own.parentOfNode(fragment.index()))
                : new MergeNode(node.stage())));
    if (node instanceof FragmentNode fragment) {
      for (var stage : plan.stages()) {
        var tree = trees.get(stage.name());
        if (tree != null && leavesOf(stage).equals(node.stage())) {
          var parent = tree.parentOfLeaf(fragment.index());
          edges.add(new Edge(node, new FragmentNode(stage.name(), parent)));
        } else if (stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT && stage.known() != null) {
          downstream(stage, fragment, edges);
        }
      }
    }
    return edges;
  }

  private void downstream(StagePlan stage, FragmentNode fragment, Set<Edge> edges) {
    var known = java.util.Objects.requireNonNull(stage.known());
    var first = 0;
    for (var from : stage.spec().from()) {
      if (from.equals(fragment.stage())) {
        var each = known.combinations();
        for (var i = 0; i < each; i++) {
          var index = (first + fragment.index()) * each + i;
          edges.add(new Edge(fragment, new FragmentNode(stage.name(), index)));
        }
      }
      first += fragments(from);
    }
  }

  @Override
  public @Nullable Edge getEdge(@Nullable PlanNode source, @Nullable PlanNode target) {
    if (source == null || target == null || !containsVertex(source) || !containsVertex(target)) {
      return null;
    }
    var edge = new Edge(source, target);
    if (target instanceof MergeNode && !trees.containsKey(target.stage())) {
      return !(source instanceof MergeNode) && source.stage().equals(target.stage()) ? edge : null;
    }
    return incomingEdgesOf(target).contains(edge) ? edge : null;
  }

  @Override
  public Set<Edge> getAllEdges(@Nullable PlanNode source, @Nullable PlanNode target) {
    var edge = getEdge(source, target);
    return edge == null ? Set.of() : Set.of(edge);
  }

  @Override
  public boolean containsEdge(@Nullable Edge edge) {
    return edge != null && getEdge(edge.source(), edge.target()) != null;
  }

  @Override
  public Set<Edge> edgesOf(PlanNode node) {
    var edges = new LinkedHashSet<>(incomingEdgesOf(node));
    edges.addAll(outgoingEdgesOf(node));
    return edges;
  }

  @Override
  public int inDegreeOf(PlanNode node) {
    return incomingEdgesOf(node).size();
  }

  @Override
  public int outDegreeOf(PlanNode node) {
    return outgoingEdgesOf(node).size();
  }

  @Override
  public int degreeOf(PlanNode node) {
    return inDegreeOf(node) + outDegreeOf(node);
  }

  @Override
  public PlanNode getEdgeSource(Edge edge) {
    return edge.source();
  }

  @Override
  public PlanNode getEdgeTarget(Edge edge) {
    return edge.target();
  }

  @Override
  public GraphType getType() {
    return TYPE;
  }

  @Override
  public double getEdgeWeight(Edge edge) {
    return Graph.DEFAULT_EDGE_WEIGHT;
  }

  @Override
  public void setEdgeWeight(Edge edge, double weight) {
    throw readOnly();
  }

  @Override
  public @Nullable Supplier<PlanNode> getVertexSupplier() {
    return null;
  }

  @Override
  public @Nullable Supplier<Edge> getEdgeSupplier() {
    return null;
  }

  @Override
  public Edge addEdge(PlanNode source, PlanNode target) {
    throw readOnly();
  }

  @Override
  public boolean addEdge(PlanNode source, PlanNode target, Edge edge) {
    throw readOnly();
  }

  @Override
  public PlanNode addVertex() {
    throw readOnly();
  }

  @Override
  public boolean addVertex(PlanNode node) {
    throw readOnly();
  }

  @Override
  public Edge removeEdge(PlanNode source, PlanNode target) {
    throw readOnly();
  }

  @Override
  public boolean removeEdge(Edge edge) {
    throw readOnly();
  }

  @Override
  public boolean removeVertex(PlanNode node) {
    throw readOnly();
  }

  private static IllegalStateException readOnly() {
    return new IllegalStateException("a plan's graph is read only");
  }

  /** A set that is never stored; every element comes once. */
  private static final class Computed<E> extends AbstractSet<E> {
    private final int size;
    private final Supplier<Iterator<E>> elements;

    Computed(int size, Supplier<Iterator<E>> elements) {
      this.size = size;
      this.elements = elements;
    }

    @Override
    public Iterator<E> iterator() {
      return elements.get();
    }

    @Override
    public int size() {
      return size;
    }
  }
}
