package org.golempipeline.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.Piece;

/**
 * A plan for tools: stages with what they need, and the fragments of each with variables and
 * slices, at most {@value #MOST} of them; a file of the web has an address instead of offset and
 * length. A stage that is split during the run has no {@code fragments}. A stage that combines the
 * outputs of another in a tree has {@code fan_in}.
 */
public final class PlanJson {
  private static final int MOST = 1000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PlanJson() {}

  public static String write(Plan plan) {
    var json = MAPPER.createObjectNode();
    json.put("pipeline", plan.spec().name());
    var stages = json.putArray("stages");
    plan.stages().forEach(stage -> write(plan, stage, stages.addObject()));
    var path = json.putArray("longest_chain");
    plan.criticalPath().stream().map(StageName::value).forEach(path::add);
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Plan plan, StagePlan stage, ObjectNode json) {
    json.put("name", stage.name().value());
    json.put("split", stage.spec().split().name());
    json.put("merge", stage.spec().merge().name());
    if (stage.spec().output() != null) {
      json.put("output", stage.spec().output().toString());
    }
    var needs = json.putArray("needs");
    stage.spec().needs().forEach(need -> needs.add(need.value()));
    json.put("fragment_by_fragment", stage.flow() == StagePlan.Flow.FOLLOWING);
    if (stage.flow() == StagePlan.Flow.TREE) {
      json.put("fan_in", stage.fanIn());
      plan.tree(stage).ifPresent(tree -> json.put("count", tree.layout().nodes()));
    }
    stage
        .fragments()
        .ifPresent(
            fragments -> {
              json.put("count", fragments.count());
              var list = json.putArray("fragments");
              for (var i = 0; i < Math.min(MOST, fragments.count()); i++) {
                write(fragments.get(i), list.addObject());
              }
            });
  }

  private static void write(FragmentPlan fragment, ObjectNode json) {
    json.put("index", fragment.index());
    var variables = json.putObject("variables");
    fragment.variables().forEach(variables::put);
    var pieces = json.putArray("pieces");
    for (var piece : fragment.fragment().pieces()) {
      var object = pieces.addObject();
      if (piece instanceof Piece.Slice slice) {
        object.put("path", slice.file().path());
        var remote = slice.file().remote();
        if (remote != null) {
          object.put("url", remote.url().toString());
          object.put("hash", "sha3:" + remote.sha3());
          continue;
        }
        object.put("offset", slice.offset());
      }
      object.put("length", piece.length());
    }
  }
}
