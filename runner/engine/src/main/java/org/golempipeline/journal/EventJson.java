package org.golempipeline.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * An event as one line of JSON: {@code {"seq":…,"at":…,"type":"batch-finished",…}}. The type is the
 * event's name in kebab case; amounts are numbers, moments ISO 8601, fragments {@code "0-499,502"}.
 */
public final class EventJson {
  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> event) {
          return event.getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        }
      };

  private EventJson() {}

  /** What only those need who read. */
  private static final class Reading {
    static final ObjectMapper MAPPER = JournalMapper.create();
    static final Map<String, Class<?>> TYPES = types(RunEvent.class);
  }

  /** The event without a line end. */
  public static String write(StampedEvent event) {
    return RecordJson.line(
        json -> {
          json.writeNumberField("seq", event.sequence());
          json.writeStringField("at", event.at().toString());
          json.writeStringField("type", type(event.event().getClass()));
          RecordJson.fields(json, (Record) event.event());
        });
  }

  /**
   * Reads what {@link #write} wrote; fields that are not known are skipped.
   *
   * @throws IOException if the line is not an event
   */
  public static StampedEvent read(String line) throws IOException {
    if (!(Reading.MAPPER.readTree(line) instanceof ObjectNode node)) {
      throw new IOException("not an event: " + line);
    }
    var type = Reading.TYPES.get(node.path("type").asText());
    if (type == null) {
      throw new IOException("unknown event " + node.path("type"));
    }
    var sequence = node.path("seq").asLong();
    Instant at;
    try {
      at = Instant.parse(node.path("at").asText());
    } catch (DateTimeParseException e) {
      throw new IOException("an event without its time: " + line, e);
    }
    node.remove(List.of("seq", "at", "type"));
    var event = Reading.MAPPER.treeToValue(node, type);
    if (!WholeRecords.isWhole(event)) {
      throw new IOException("a field is missing: " + line);
    }
    return new StampedEvent(sequence, at, (RunEvent) event);
  }

  /** The names of all events in a journal. */
  static Set<String> names() {
    return Reading.TYPES.keySet();
  }

  /** What belongs to a sealed family, by its names in the files of a run. */
  static Map<String, Class<?>> types(Class<?> family) {
    var types = new TreeMap<String, Class<?>>();
    for (var type : family.getPermittedSubclasses()) {
      types.put(type(type), type);
    }
    return types;
  }

  /** The event's name in a journal. */
  static String type(Class<?> event) {
    return NAMES.get(event);
  }
}
