package org.golempipeline.rehearse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a rehearsal for tools: one object in one line, its shape documented in {@code
 * docs/guide.md}. Fields are only ever added.
 */
public final class RehearsalJson {
  private RehearsalJson() {}

  /** The object, without a line end. */
  public static String of(RehearsalResult result) {
    var text = new StringWriter();
    try (var json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("file", result.file());
      json.writeStringField("chaos", result.chaos().toString());
      json.writeNumberField("seed", result.seed());
      json.writeArrayFieldStart("providers");
      for (var persona : result.cast()) {
        json.writeString(persona.toString());
      }
      json.writeEndArray();
      json.writeBooleanField("ready", result.ready());
      json.writeBooleanField("survived", result.survived());
      var compared = result.chaotic() != null && result.chaotic().finished();
      if (compared) {
        json.writeBooleanField("sameResult", result.difference() == null);
      } else {
        json.writeNullField("sameResult");
      }
      json.writeStringField("difference", result.difference());
      json.writeFieldName("calm");
      write(result.calm(), json);
      json.writeFieldName("chaotic");
      write(result.chaotic(), json);
      json.writeArrayFieldStart("findings");
      for (var finding : result.findings()) {
        json.writeStartObject();
        json.writeStringField("id", finding.kind().id());
        json.writeStringField("stage", finding.stage());
        json.writeStringField("fragment", finding.fragment());
        json.writeNumberField("others", finding.others());
        json.writeStringField("seen", finding.seen());
        json.writeStringField("cure", finding.kind().cure());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("notes");
      for (var note : result.notes()) {
        json.writeString(note);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(@Nullable RunFigures run, JsonGenerator json) throws IOException {
    if (run == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeBooleanField("finished", run.finished());
    json.writeNumberField("exitCode", run.exitCode());
    if (run.failure() == null) {
      json.writeNullField("failure");
    } else {
      json.writeObjectFieldStart("failure");
      json.writeStringField("kind", run.failure().kind().name());
      json.writeStringField("message", run.failure().message());
      json.writeStringField("hint", run.failure().hint());
      json.writeEndObject();
    }
    json.writeNumberField("fragments", run.fragments());
    json.writeNumberField("fragmentsDone", run.done());
    json.writeNumberField("fragmentsFailed", run.failed());
    json.writeNumberField("attempts", run.attempts());
    json.writeNumberField("scripts", run.scripts());
    json.writeNumberField("scriptsLost", run.lost());
    json.writeNumberField("milliseconds", run.took().toMillis());
    json.writeNumberField("settledMilliseconds", run.settled().toMillis());
    json.writeNumberField("workMilliseconds", run.work().toMillis());
    json.writeNumberField("unusedMilliseconds", run.unused().toMillis());
    json.writeNumberField("unusedShare", run.unusedShare());
    json.writeStringField("cost", run.cost().toPlainString());
    json.writeStringField("unusedCost", run.unusedCost().toPlainString());
    json.writeStringField("paid", run.paid().toPlainString());
    json.writeNumberField("billsRefused", run.refused());
    json.writeEndObject();
  }
}
