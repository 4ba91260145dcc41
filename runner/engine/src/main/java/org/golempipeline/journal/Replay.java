package org.golempipeline.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.schedule.Scheduler;
import org.golempipeline.schedule.Step;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Tells a new scheduler what the scheduler of a run was told, at the same times, and compares what
 * it decides with the journal, event by event. Both files are streamed. A run whose process died is
 * replayed as far as it was recorded.
 */
public final class Replay {
  private static final ObjectMapper MAPPER = JournalMapper.create();
  private static final String FAILED = EventJson.type(RunEvent.FragmentFailed.class);

  /** Amounts are the same however many zeros they end in. */
  private static final Comparator<JsonNode> VALUES =
      (a, b) ->
          a.isNumber() && b.isNumber()
              ? a.decimalValue().compareTo(b.decimalValue())
              : a.equals(b) ? 0 : 1;

  private final RecordedRun recorded;
  private final LineReader journal;

  /** Lines of the journal that were read and not compared yet: at most those of one message. */
  private final Deque<Line> ahead = new ArrayDeque<>();

  /** What failed fragments that were read lately are called. */
  private final Map<String, String> labels = new HashMap<>();

  private Instant now = Instant.MIN;
  private long lines;
  private long messages;
  private long events;

  /**
   * What came of it.
   *
   * @param messages that were replayed
   * @param events that were compared
   * @param complete whether the recording reaches the end of the run
   * @param difference the first one; null if all decisions are the same
   */
  public record Outcome(
      long messages, long events, boolean complete, @Nullable Difference difference) {}

  /**
   * Where the decisions part.
   *
   * @param message number of the message, from 1
   * @param told the message
   * @param journaled the event as a line of JSON; null if the journal has none there
   * @param decided likewise, now
   */
  public record Difference(
      long message, String told, @Nullable String journaled, @Nullable String decided) {}

  private record Line(String text, Instant at) {}

  private Replay(RecordedRun recorded, LineReader journal) {
    this.recorded = recorded;
    this.journal = journal;
  }

  /**
   * Replays the run in {@code runFolder}.
   *
   * @throws RecordingException if a line of its files cannot be understood
   * @throws IOException if they cannot be read
   */
  public static Outcome of(Path runFolder) throws IOException {
    try (var recorded = RecordedRun.open(runFolder);
        var journal = LineReader.open(runFolder.resolve(JournalReader.FILE))) {
      return new Replay(recorded, journal).run();
    }
  }

  private Outcome run() throws IOException {
    Scheduler scheduler;
    try {
      scheduler = new Scheduler(recorded.setup(), this::label);
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(Replay.class).debug("the setup", e);
      throw new RecordingException(
          "the first line of `%s` is no setup that this version knows".formatted(MessageLog.FILE));
    }
    var finished = false;
    var next = recorded.next();
    while (next.isPresent() && !finished) {
      var told = next.get();
      messages++;
      now = told.at();
      var step = decided(scheduler, told);
      for (var event : step.events()) {
        var line = peek();
        if (line == null || !isSame(line, event)) {
          if (recorded.next().isEmpty() && (line == null || line.at().isAfter(now))) {
            // The process died before it could write down what came of its last message.
            return new Outcome(messages, events, false, null);
          }
          return differs(told, line, written(event));
        }
        ahead.remove();
        events++;
        finished = finished || event instanceof RunEvent.RunFinished;
      }
      next = recorded.next();
      // What the journal has of this moment beyond that was decided then and is not now.
      var line = peek();
      if (!finished && line != null && line.at().equals(now) && isLater(next)) {
        return differs(told, line, null);
      }
    }
    return new Outcome(messages, events, finished, null);
  }

  /** What was never told to a scheduler is told to none: it relies on that. */
  private Step decided(Scheduler scheduler, RecordedRun.Told told) throws IOException {
    try {
      return scheduler.on(told.message(), told.at());
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(Replay.class).debug("message {}", messages, e);
      throw new RecordingException(
          "message %d of `%s` or its setup is none that can have been told to this version"
              .formatted(messages, MessageLog.FILE));
    }
  }

  private boolean isLater(Optional<RecordedRun.Told> next) {
    return next.isPresent() && next.get().at().isAfter(now);
  }

  private Outcome differs(RecordedRun.Told told, @Nullable Line line, @Nullable String decided) {
    var type = EventJson.type(told.message().getClass());
    var journaled = line == null ? null : line.text();
    return new Outcome(messages, events, false, new Difference(messages, type, journaled, decided));
  }

  /** Nobody but the journal has written down what fragments are called. */
  private String label(int stage, int fragment) {
    try {
      fill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var name = recorded.setup().stages().get(stage).name();
    var label = labels.remove(name + "/" + fragment);
    return label == null ? "fragment " + fragment : label;
  }

  /** Reads on to the end of this moment. */
  private void fill() throws IOException {
    while (ahead.isEmpty() || ahead.getLast().at().equals(now)) {
      if (!read()) {
        return;
      }
    }
  }

  private @Nullable Line peek() throws IOException {
    if (ahead.isEmpty()) {
      read();
    }
    return ahead.peek();
  }

  private boolean read() throws IOException {
    var text = journal.next();
    if (text == null) {
      return false;
    }
    lines++;
    try {
      var line = MAPPER.readTree(text);
      var at = Instant.parse(line.path("at").asText());
      if (line.path("type").asText().equals(FAILED)) {
        labels.put(
            line.path("stage").asText() + "/" + line.path("fragment").asInt(),
            line.path("label").asText());
      }
      ahead.add(new Line(text, at));
      return true;
    } catch (JsonProcessingException | DateTimeException e) {
      throw new RecordingException(
          "line %d of `%s` is no event".formatted(lines, JournalReader.FILE));
    }
  }

  private boolean isSame(Line line, RunEvent event) throws IOException {
    var decided = written(event);
    if (line.text().equals(decided)) {
      return true;
    }
    if (!line.at().equals(now)) {
      return false;
    }
    String journaled;
    try {
      // Another version may have written fields in another order, or lacked some.
      journaled = EventJson.write(withoutSequence(EventJson.read(line.text())));
    } catch (IOException unknownEvent) {
      return false;
    }
    var again = EventJson.write(new StampedEvent(0, now, event));
    return MAPPER.readTree(journaled).equals(VALUES, MAPPER.readTree(again));
  }

  private static StampedEvent withoutSequence(StampedEvent stamped) {
    return new StampedEvent(0, stamped.at(), stamped.event());
  }

  private String written(RunEvent event) {
    return EventJson.write(new StampedEvent(events, now, event));
  }
}
