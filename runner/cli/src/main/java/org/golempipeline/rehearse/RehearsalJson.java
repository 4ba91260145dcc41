package org.golempipeline.rehearse;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The outcome of a rehearsal for tools: one object in one line, its shape documented in {@code
 * docs/guide.md}. Fields are only ever added.
 */
public final class RehearsalJson {
  private RehearsalJson() {}

  /** The object, without a line end. */
  public static String of(RehearsalResult result) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("file", result.file())
            .put("chaos", result.chaos().toString())
            .put("seed", result.seed());
    var providers = json.putArray("providers");
    result.cast().forEach(persona -> providers.add(persona.toString()));
    var compared = result.chaotic() != null && result.chaotic().finished();
    json.put("ready", result.ready())
        .put("survived", result.survived())
        .put("sameResult", compared ? (Boolean) (result.difference() == null) : null)
        .put("difference", result.difference());
    json.set("calm", of(result.calm()));
    json.set("chaotic", result.chaotic() == null ? null : of(result.chaotic()));
    var findings = json.putArray("findings");
    for (var finding : result.findings()) {
      findings
          .addObject()
          .put("id", finding.kind().id())
          .put("stage", finding.stage())
          .put("fragment", finding.fragment())
          .put("others", finding.others())
          .put("seen", finding.seen())
          .put("cure", finding.kind().cure());
    }
    result.notes().forEach(json.putArray("notes")::add);
    return json.toString();
  }

  private static ObjectNode of(RunFigures run) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("finished", run.finished())
            .put("exitCode", run.exitCode());
    if (run.failure() == null) {
      json.putNull("failure");
    } else {
      json.putObject("failure")
          .put("kind", run.failure().kind().name())
          .put("message", run.failure().message())
          .put("hint", run.failure().hint());
    }
    return json.put("fragments", run.fragments())
        .put("fragmentsDone", run.done())
        .put("fragmentsFailed", run.failed())
        .put("attempts", run.attempts())
        .put("scripts", run.scripts())
        .put("scriptsLost", run.lost())
        .put("milliseconds", run.took().toMillis())
        .put("settledMilliseconds", run.settled().toMillis())
        .put("workMilliseconds", run.work().toMillis())
        .put("unusedMilliseconds", run.unused().toMillis())
        .put("unusedShare", run.unusedShare())
        .put("cost", run.cost().toPlainString())
        .put("unusedCost", run.unusedCost().toPlainString())
        .put("paid", run.paid().toPlainString())
        .put("billsRefused", run.refused());
  }
}
