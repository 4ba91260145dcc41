package org.golempipeline.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * An event as one line of JSON: {@code {"seq":…,"at":…,"type":"batch-finished",…}}. The type is the
 * event's name in kebab case; amounts are numbers, moments ISO 8601, fragments {@code "0-499,502"}.
 */
public final class EventJson {
  private static final ObjectMapper MAPPER = mapper();
  private static final Map<String, Class<?>> TYPES = types();

  private EventJson() {}

  /** The event without a line end. */
  public static String write(StampedEvent event) {
    var line = MAPPER.createObjectNode();
    line.put("seq", event.sequence());
    line.put("at", event.at().toString());
    line.put("type", type(event.event().getClass()));
    line.setAll(MAPPER.<ObjectNode>valueToTree(event.event()));
    return line.toString();
  }

  /**
   * Reads what {@link #write} wrote; fields that are not known are skipped.
   *
   * @throws IOException if the line is not an event
   */
  public static StampedEvent read(String line) throws IOException {
    if (!(MAPPER.readTree(line) instanceof ObjectNode node)) {
      throw new IOException("not an event: " + line);
    }
    var type = TYPES.get(node.path("type").asText());
    if (type == null) {
      throw new IOException("unknown event " + node.path("type"));
    }
    var sequence = node.remove("seq").asLong();
    var at = Instant.parse(node.remove("at").asText());
    node.remove("type");
    return new StampedEvent(sequence, at, (RunEvent) MAPPER.treeToValue(node, type));
  }

  private static Map<String, Class<?>> types() {
    var types = new TreeMap<String, Class<?>>();
    for (var type : RunEvent.class.getPermittedSubclasses()) {
      types.put(type(type), type);
    }
    return types;
  }

  private static String type(Class<?> event) {
    return event.getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static ObjectMapper mapper() {
    var module = new SimpleModule();
    module.addSerializer(FragmentSet.class, new AsText<>());
    module.addSerializer(Instant.class, new AsText<>());
    module.addDeserializer(
        FragmentSet.class, new FromText<>(FragmentSet.class, FragmentSet::parse));
    module.addDeserializer(Instant.class, new FromText<>(Instant.class, Instant::parse));
    return JsonMapper.builder()
        .addModule(module)
        .serializationInclusion(JsonInclude.Include.NON_NULL)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
        .build();
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
