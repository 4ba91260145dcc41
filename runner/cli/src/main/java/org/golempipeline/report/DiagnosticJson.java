package org.golempipeline.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;

/**
 * Diagnostics for tools: a JSON array with an object for each, its shape documented in {@code
 * docs/guide.md} and stable. Fields are only ever added.
 */
public final class DiagnosticJson {
  private DiagnosticJson() {}

  /** The array, in one line for each diagnostic, with a line end. */
  public static String of(List<Diagnostic> diagnostics) {
    var text = new StringWriter();
    try (var json = new JsonFactory().createGenerator(text)) {
      json.writeStartArray();
      for (var diagnostic : diagnostics) {
        json.writeRaw('\n');
        write(diagnostic, json);
      }
      json.writeRaw(diagnostics.isEmpty() ? "" : "\n");
      json.writeEndArray();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Diagnostic diagnostic, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("severity", diagnostic.severity().name().toLowerCase(Locale.ROOT));
    json.writeStringField("id", diagnostic.id());
    write(diagnostic.range(), diagnostic.source(), json);
    json.writeStringField("message", diagnostic.message());
    if (diagnostic.hint() == null) {
      json.writeNullField("hint");
    } else {
      json.writeStringField("hint", diagnostic.hint());
    }
    json.writeArrayFieldStart("related");
    for (var related : diagnostic.related()) {
      json.writeStartObject();
      write(related.range(), diagnostic.source(), json);
      json.writeStringField("message", related.message());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Range range, Source source, JsonGenerator json) throws IOException {
    json.writeStringField("file", range.in(source).name());
    json.writeNumberField("line", range.line());
    json.writeNumberField("column", range.column());
    json.writeNumberField("endLine", range.endLine());
    json.writeNumberField("endColumn", range.endColumn());
  }
}
