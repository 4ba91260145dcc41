package org.golempipeline.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.golempipeline.event.FragmentSet;
import org.jspecify.annotations.Nullable;

/**
 * Records as {@link JournalMapper} reads them: components that are null left out, sets and maps in
 * order, so that the same is always written alike. It does by hand the little that is needed here:
 * a mapper that finds out how to write takes longer to start than the rest of a short run.
 */
final class RecordJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private static final ClassValue<Method[]> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
          var accessors =
              Stream.of(type.getRecordComponents()).map(RecordComponent::getAccessor).toList();
          accessors.forEach(each -> each.setAccessible(true));
          return accessors.toArray(Method[]::new);
        }
      };

  /** Something that is written. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private RecordJson() {}

  /** An object in one line, without its end. */
  static String line(Content fields) {
    var text = new StringWriter();
    try (var json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Writes the components of {@code value} as fields. */
  static void fields(JsonGenerator json, Record value) throws IOException {
    fields(json, value, Map.of());
  }

  /**
   * The same.
   *
   * @param instead by name, what is written in the place of a component
   */
  static void fields(JsonGenerator json, Record value, Map<String, ?> instead) throws IOException {
    for (var accessor : ACCESSORS.get(value.getClass())) {
      var other = instead.get(accessor.getName());
      var component = other == null ? component(accessor, value) : other;
      if (component != null) {
        json.writeFieldName(accessor.getName());
        value(json, component);
      }
    }
  }

  private static @Nullable Object component(Method accessor, Record value) {
    try {
      return accessor.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof BigDecimal number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Enum<?> constant) {
      json.writeString(constant.name());
    } else if (value instanceof FragmentSet
        || value instanceof Instant
        || value instanceof Duration) {
      json.writeString(value.toString());
    } else if (value instanceof Record object) {
      json.writeStartObject();
      fields(json, object);
      json.writeEndObject();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (var entry : new TreeMap<>(map).entrySet()) {
        json.writeFieldName(entry.getKey().toString());
        value(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Collection<?> items) {
      json.writeStartArray();
      for (var item : items instanceof Set<?> set ? new TreeSet<Object>(set) : items) {
        value(json, item);
      }
      json.writeEndArray();
    } else {
      throw new AssertionError(value.getClass());
    }
  }
}
