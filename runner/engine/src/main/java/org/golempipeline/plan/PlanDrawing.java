package org.golempipeline.plan;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.plan.PlanNode.MergeNode;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.Piece;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.dot.DOTExporter;

/** A plan for people and tools to look at. */
public final class PlanDrawing {
  /** So many fragments of a stage are listed in the text form. */
  private static final int LISTED = 5;

  private PlanDrawing() {}

  /** Stages, fragments and slices as text. */
  public static String text(Plan plan) {
    var text = new StringBuilder();
    for (var stage : plan.stages()) {
      if (stage.flow() == StagePlan.Flow.TREE) {
        appendTree(text, plan, stage);
      } else {
        appendStage(text, plan, stage);
      }
    }
    var path = plan.criticalPath();
    if (path.size() > 1) {
      text.append("longest chain: ")
          .append(String.join(" → ", path.stream().map(StageName::value).toList()))
          .append('\n');
    }
    return text.toString();
  }

  private static void appendTree(StringBuilder text, Plan plan, StagePlan stage) {
    var leaves = stage.spec().from().get(0);
    text.append("stage ").append(stage.name()).append(": ");
    text.append(
        plan.tree(stage)
            .map(tree -> counted(tree.layout().nodes()))
            .orElse("as many fragments as earlier results give"));
    text.append(", each combining up to ").append(stage.fanIn()).append(" outputs of ");
    text.append(leaves).append(" or of its own");
    if (plan.publishes(stage)) {
      text.append(" → ").append(stage.spec().output());
    }
    text.append("\n  after ").append(names(stage.spec().needs()));
    text.append(", as soon as outputs are there\n");
  }

  private static String counted(int fragments) {
    return fragments + (fragments == 1 ? " fragment" : " fragments");
  }

  private static String names(Collection<StageName> stages) {
    return String.join(", ", stages.stream().map(StageName::value).toList());
  }

  /** The stage that combines the outputs of {@code stage} on providers, if one does. */
  private static Optional<StagePlan> treeOver(Plan plan, StagePlan stage) {
    return plan.stages().stream()
        .filter(other -> other.flow() == StagePlan.Flow.TREE)
        .filter(tree -> tree.spec().from().contains(stage.name()))
        .findFirst();
  }

  private static void appendStage(StringBuilder text, Plan plan, StagePlan stage) {
    var spec = stage.spec();
    var fragments = stage.fragments();
    text.append("stage ").append(stage.name()).append(": ");
    text.append(
        fragments
            .map(known -> counted(known.count()))
            .orElse("as many fragments as earlier results give"));
    text.append(", split ").append(spec.split().name());
    if (!spec.matrix().isEmpty()) {
      text.append(", matrix of ");
      text.append(
          String.join(
              " × ",
              spec.matrix().stream()
                  .map(axis -> axis.name() + " (" + axis.values().count() + ")")
                  .toList()));
    }
    text.append(", merge ");
    text.append(treeOver(plan, stage).map(tree -> "by " + tree.name()).orElse(spec.merge().name()));
    if (plan.publishes(stage)) {
      text.append(" → ").append(spec.output());
    }
    text.append('\n');
    if (!spec.needs().isEmpty()) {
      text.append("  after ").append(names(spec.needs()));
      text.append(stage.flow() == StagePlan.Flow.FOLLOWING ? ", fragment by fragment\n" : "\n");
    }
    fragments.ifPresent(known -> appendFragments(text, stage, known));
    localCommands(stage)
        .forEach(command -> text.append("  runs on this machine: ").append(command).append('\n'));
  }

  private static void appendFragments(
      StringBuilder text, StagePlan stage, StageFragments fragments) {
    var shown = fragments.count() <= LISTED + 1 ? fragments.count() : LISTED;
    for (var i = 0; i < shown; i++) {
      text.append("  ").append(describe(stage, fragments.get(i))).append('\n');
    }
    if (shown < fragments.count()) {
      text.append("  … ").append(fragments.count() - shown - 1).append(" more\n");
      text.append("  ").append(describe(stage, fragments.get(fragments.count() - 1))).append('\n');
    }
  }

  private static String describe(StagePlan stage, FragmentPlan fragment) {
    var text = new StringBuilder(fragment.label());
    if (stage.flow() != StagePlan.Flow.FOLLOWING) {
      var slices = new ArrayList<String>();
      for (var piece : fragment.fragment().pieces()) {
        if (slices.size() == 3) {
          slices.add("…");
          break;
        }
        slices.add(slice(piece));
      }
      if (!slices.isEmpty()) {
        text.append(": ").append(String.join(" + ", slices));
      }
    }
    return text.toString();
  }

  private static String slice(Piece piece) {
    if (piece instanceof Piece.Slice slice) {
      var remote = slice.file().remote();
      if (remote != null) {
        return remote.url() + ", fetched by the provider";
      }
      return slice.offset() == 0 && slice.length() == slice.file().size()
          ? "%s whole, %d bytes".formatted(slice.file().path(), slice.length())
          : "%s from %d, %d bytes".formatted(slice.file().path(), slice.offset(), slice.length());
    }
    return piece.length() + " bytes of text";
  }

  /** What the pipeline would run on the user's own machine. */
  private static List<String> localCommands(StagePlan stage) {
    var commands = new ArrayList<String>();
    if (stage.split().name().equals("command")) {
      commands.add("split: " + stage.spec().split().options().text().orElse("command"));
    }
    if (stage.spec().accept() != null) {
      commands.add("accept: " + stage.spec().accept().text().strip());
    }
    if (stage.merge().name().equals("command")) {
      commands.add("merge: " + stage.spec().merge().options().text().orElse("command"));
    }
    if (stage.spec().enough() != null && stage.spec().enough().until() != null) {
      commands.add("until: " + stage.spec().enough().until().text().strip());
    }
    if (stage.spec().verify() != null && stage.spec().verify().local()) {
      commands.add("verify: `run` again, as an audit by local");
    }
    return commands;
  }

  /** The plan in Graphviz's language; large stages as one node. */
  public static String dot(Plan plan) {
    var exporter =
        new DOTExporter<PlanNode, DefaultEdge>(
            node -> '"' + node.toString().replace("\"", "'") + '"');
    exporter.setGraphIdProvider(() -> '"' + plan.spec().name() + '"');
    exporter.setGraphAttributeProvider(
        () -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    exporter.setVertexAttributeProvider(
        node ->
            Map.of(
                "shape",
                DefaultAttribute.createAttribute(node instanceof MergeNode ? "ellipse" : "box")));
    var writer = new StringWriter();
    exporter.exportGraph(PlanGraph.of(plan), writer);
    return writer.toString();
  }

  /** The plan as a Mermaid flow chart; large stages as one node. */
  public static String mermaid(Plan plan) {
    var graph = PlanGraph.of(plan);
    var ids = new HashMap<PlanNode, String>();
    var text = new StringBuilder("flowchart LR\n");
    for (var node : graph.vertexSet()) {
      var id = "n" + ids.size();
      ids.put(node, id);
      var merge = node instanceof MergeNode;
      text.append("  ").append(id).append(merge ? "([\"" : "[\"").append(node);
      text.append(merge ? "\"])\n" : "\"]\n");
    }
    for (var edge : graph.edgeSet()) {
      text.append("  ").append(ids.get(graph.getEdgeSource(edge))).append(" --> ");
      text.append(ids.get(graph.getEdgeTarget(edge))).append('\n');
    }
    return text.toString();
  }
}
