package org.golempipeline.laws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome for tools: one object in one line, its shape documented in {@code docs/guide.md}.
 * Fields are only ever added.
 */
public final class LawsJson {
  private LawsJson() {}

  /** The object, without a line end. */
  public static String of(LawsReport report) {
    var text = new StringWriter();
    try (var json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("file", report.file());
      json.writeBooleanField("holds", report.holds());
      json.writeArrayFieldStart("stages");
      for (var stage : report.stages()) {
        write(stage, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(StageLaws stage, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("stage", stage.stage());
    json.writeStringField("note", stage.note());
    json.writeBooleanField("failed", stage.failed());
    json.writeFieldName("sample");
    write(stage.sample(), json);
    json.writeArrayFieldStart("laws");
    for (var law : stage.laws()) {
      json.writeStartObject();
      json.writeStringField("law", law.law().toString());
      json.writeStringField("verdict", law.verdict().toString());
      json.writeStringField("reason", law.reason());
      json.writeFieldName("difference");
      write(law.difference(), json);
      json.writeStringField("cure", law.cure());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(StageLaws.@Nullable SampleFigures sample, JsonGenerator json)
      throws IOException {
    if (sample == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeArrayFieldStart("from");
    for (var from : sample.from()) {
      json.writeString(from);
    }
    json.writeEndArray();
    json.writeNumberField("files", sample.files());
    json.writeNumberField("bytes", sample.bytes());
    json.writeBooleanField("cut", sample.cut());
    json.writeNumberField("fragments", sample.fragments());
    json.writeStringField("split", sample.split());
    json.writeEndObject();
  }

  private static void write(@Nullable Difference difference, JsonGenerator json)
      throws IOException {
    if (difference == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("path", difference.path());
    json.writeNumberField("offset", difference.offset());
    json.writeNumberField("line", difference.line());
    json.writeStringField("expected", difference.expected());
    json.writeStringField("found", difference.found());
    json.writeEndObject();
  }
}
