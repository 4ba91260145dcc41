package org.golempipeline.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.event.FragmentSet;

/** How values are written in the files of a run: amounts as numbers, moments as ISO 8601. */
final class JournalMapper {
  private JournalMapper() {}

  static ObjectMapper create() {
    var module = new SimpleModule();
    module.addSerializer(FragmentSet.class, new AsText<>());
    module.addSerializer(Instant.class, new AsText<>());
    module.addSerializer(Set.class, new Sorted());
    module.addDeserializer(
        FragmentSet.class, new FromText<>(FragmentSet.class, FragmentSet::parse));
    module.addSerializer(Duration.class, new AsText<>());
    module.addDeserializer(Duration.class, new FromText<>(Duration.class, Duration::parse));
    module.addDeserializer(Instant.class, new FromText<>(Instant.class, Instant::parse));
    return JsonMapper.builder()
        .addModule(module)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .serializationInclusion(JsonInclude.Include.NON_NULL)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();
  }

  /** Sets and maps have another order in every process: the same is always written alike. */
  @SuppressWarnings({"rawtypes", "unchecked"})
  private static final class Sorted extends JsonSerializer<Set> {
    @Override
    public void serialize(Set values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartArray();
      for (var value : new TreeSet<Object>(values)) {
        json.writeObject(value);
      }
      json.writeEndArray();
    }
  }

  private static final class AsText<T> extends JsonSerializer<T> {
    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }

  private static final class FromText<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient java.util.function.Function<String, T> parse;

    FromText(Class<T> type, java.util.function.Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      try {
        return parse.apply(parser.getText());
      } catch (RuntimeException e) {
        throw context.weirdStringException(
            parser.getText(), handledType(), String.valueOf(e.getMessage()));
      }
    }
  }
}
