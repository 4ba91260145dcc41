package org.golempipeline.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;

/** What became of a run, for tools: one line of JSON. Fields are only ever added. */
public final class RunHistoryJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private RunHistoryJson() {}

  /** The object without a line end. */
  public static String write(RunHistory run) {
    var json = MAPPER.createObjectNode();
    json.put("id", run.id());
    json.put("state", run.state().name().toLowerCase(Locale.ROOT));
    var started = run.started();
    if (started != null) {
      json.put("pipeline", started.pipeline());
      json.put("file", started.file());
      json.put("target", started.target());
    }
    json.put("started", run.at() == null ? null : run.at().toString());
    json.put("milliseconds", run.took().toMillis());
    json.put("fragmentsDone", run.done());
    json.put("fragmentsFailed", run.failed());
    json.put("fragmentsMissing", run.missing());
    json.put("spent", run.spent().toPlainString());
    json.put("exitCode", run.exitCode());
    var failure = run.failure();
    if (failure != null) {
      var object = json.putObject("failure");
      object.put("kind", failure.kind().name());
      object.put("message", failure.message());
      object.put("hint", failure.hint());
    }
    json.put("settled", run.settled());
    var outstanding = json.putArray("outstanding");
    run.outstanding().forEach(outstanding::add);
    return json.toString();
  }
}
