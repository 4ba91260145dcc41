package org.golempipeline.laws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The outcome for tools: one object in one line, its shape documented in {@code docs/guide.md}.
 * Fields are only ever added.
 */
public final class LawsJson {
  private LawsJson() {}

  /** The object, without a line end. */
  public static String of(LawsReport report) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("file", report.file())
            .put("holds", report.holds());
    var stages = json.putArray("stages");
    report.stages().forEach(stage -> write(stage, stages.addObject()));
    return json.toString();
  }

  private static void write(StageLaws stage, ObjectNode json) {
    json.put("stage", stage.stage()).put("note", stage.note()).put("failed", stage.failed());
    var sample = stage.sample();
    if (sample == null) {
      json.putNull("sample");
    } else {
      var figures = json.putObject("sample");
      sample.from().forEach(figures.putArray("from")::add);
      figures
          .put("files", sample.files())
          .put("bytes", sample.bytes())
          .put("cut", sample.cut())
          .put("fragments", sample.fragments())
          .put("split", sample.split());
    }
    var laws = json.putArray("laws");
    for (var law : stage.laws()) {
      var result =
          laws.addObject()
              .put("law", law.law().toString())
              .put("verdict", law.verdict().toString())
              .put("reason", law.reason());
      var difference = law.difference();
      if (difference == null) {
        result.putNull("difference");
      } else {
        result
            .putObject("difference")
            .put("path", difference.path())
            .put("offset", difference.offset())
            .put("line", difference.line())
            .put("expected", difference.expected())
            .put("found", difference.found());
      }
      result.put("cure", law.cure());
    }
  }
}
