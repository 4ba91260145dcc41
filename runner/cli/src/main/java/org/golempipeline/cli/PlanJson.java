package org.golempipeline.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.strategy.Piece;

/**
 * A plan for tools: stages with the stages they need, and every fragment with its variables and
 * slices as far as they are known before the run. Written as it is made, so a million fragments
 * take no memory. Fields are only ever added.
 */
final class PlanJson {
  private final JsonGenerator json;

  private PlanJson(JsonGenerator json) {
    this.json = json;
  }

  static void write(Plan plan, PrintStream to) throws IOException {
    try (var json = new JsonFactory().createGenerator(to)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      new PlanJson(json).write(plan);
    }
    to.println();
  }

  private void write(Plan plan) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", plan.spec().name());
    json.writeArrayFieldStart("stages");
    for (var stage : plan.stages()) {
      write(stage);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(StagePlan stage) throws IOException {
    var spec = stage.spec();
    json.writeStartObject();
    json.writeStringField("name", stage.name().value());
    json.writeStringField("split", spec.split().name());
    json.writeStringField("merge", spec.merge().name());
    json.writeStringField("output", spec.output() == null ? null : spec.output().toString());
    json.writeArrayFieldStart("needs");
    for (var need : spec.needs()) {
      json.writeString(need.value());
    }
    json.writeEndArray();
    json.writeStringField("flow", stage.flow().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    var fragments = stage.fragments().orElse(null);
    if (fragments == null) {
      json.writeNullField("count");
    } else {
      json.writeNumberField("count", fragments.count());
      json.writeArrayFieldStart("fragments");
      for (var i = 0; i < fragments.count(); i++) {
        write(fragments.get(i), stage.flow() == StagePlan.Flow.WHOLE);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void write(FragmentPlan fragment, boolean slicesKnown) throws IOException {
    json.writeStartObject();
    json.writeNumberField("index", fragment.index());
    json.writeObjectFieldStart("variables");
    for (var variable : fragment.variables().entrySet()) {
      json.writeStringField(variable.getKey(), variable.getValue());
    }
    json.writeEndObject();
    if (slicesKnown) {
      json.writeArrayFieldStart("slices");
      for (var piece : fragment.fragment().pieces()) {
        if (piece instanceof Piece.Slice slice) {
          json.writeStartObject();
          json.writeStringField("path", slice.file().path());
          json.writeNumberField("offset", slice.offset());
          json.writeNumberField("length", slice.length());
          json.writeEndObject();
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
