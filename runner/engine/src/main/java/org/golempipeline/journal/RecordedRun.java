package org.golempipeline.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.schedule.Message;
import org.golempipeline.schedule.SchedulerSetup;

/**
 * What {@link MessageLog} wrote: of what the scheduler of a run was made, and what it was told.
 * Holds one message at a time. A last line that is torn is left out.
 */
final class RecordedRun implements AutoCloseable {
  private static final ObjectMapper MAPPER = JournalMapper.create();
  private static final Map<String, Class<?>> TYPES = EventJson.types(Message.class);

  private final LineReader lines;
  private final SchedulerSetup setup;
  private long number;

  /** A message and when it came. */
  record Told(Instant at, Message message) {}

  private RecordedRun(LineReader lines, SchedulerSetup setup) {
    this.lines = lines;
    this.setup = setup;
  }

  /**
   * @throws RecordingException if the first line is not the setup of a scheduler
   */
  static RecordedRun open(Path runFolder) throws IOException {
    var lines = LineReader.open(runFolder.resolve(MessageLog.FILE));
    try {
      var first = lines.next();
      if (first == null) {
        throw new RecordingException("the first line of `%s` is torn".formatted(MessageLog.FILE));
      }
      return new RecordedRun(lines, MAPPER.readValue(first, SchedulerSetup.class));
    } catch (JsonProcessingException e) {
      lines.close();
      throw new RecordingException(
          "the first line of `%s` is no setup that this version knows".formatted(MessageLog.FILE));
    } catch (IOException e) {
      lines.close();
      throw e;
    }
  }

  SchedulerSetup setup() {
    return setup;
  }

  /**
   * The next message; empty at the end.
   *
   * @throws RecordingException if a line is no message
   */
  Optional<Told> next() throws IOException {
    var line = lines.next();
    if (line == null) {
      return Optional.empty();
    }
    number++;
    try {
      if (MAPPER.readTree(line) instanceof ObjectNode node) {
        return Optional.of(new Told(Instant.parse(node.path("at").asText()), message(node)));
      }
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
      throw new RecordingException(notAMessage());
    }
    throw new RecordingException(notAMessage());
  }

  private String notAMessage() {
    return "line %d of `%s` is no message that this version knows"
        .formatted(number + 1, MessageLog.FILE);
  }

  private static Message message(ObjectNode node) throws IOException {
    var type = TYPES.get(node.path("type").asText());
    if (type == null) {
      throw new IllegalArgumentException("an unknown message");
    }
    if (type == Message.Noted.class) {
      return new Message.Noted(EventJson.read(node.path("event").asText()).event());
    }
    if (type == Message.BatchReturned.class) {
      node.set("same", byFragment(node));
    }
    return (Message) MAPPER.treeToValue(node, type);
  }

  private static ObjectNode byFragment(ObjectNode node) {
    var batches = new TreeMap<Integer, Integer>();
    node.path("same")
        .fields()
        .forEachRemaining(
            each ->
                FragmentSet.parse(each.getValue().asText())
                    .forEach(index -> batches.put(index, Integer.valueOf(each.getKey()))));
    return MAPPER.valueToTree(batches);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
