package org.golempipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.schedule.Message;
import org.golempipeline.schedule.SchedulerSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventJsonTest {
  private static final Instant AT = Samples.AT;

  @Test
  void aLineHasSequenceTimeAndType() {
    var event = new RunEvent.BatchStarted(3, 1, "count", FragmentSet.range(0, 500));
    assertThat(EventJson.write(new StampedEvent(7, AT, event)))
        .isEqualTo(
            "{\"seq\":7,\"at\":\"2026-01-02T03:04:05.678Z\",\"type\":\"batch-started\","
                + "\"batch\":3,\"rental\":1,\"stage\":\"count\",\"fragments\":\"0-499\"}");
  }

  @Test
  void everyEventIsReadFromWhatItIsWrittenAs() throws Exception {
    for (var type : RunEvent.class.getPermittedSubclasses()) {
      var event = new StampedEvent(1, AT, (RunEvent) Samples.of(type));
      assertThat(EventJson.read(EventJson.write(event))).as(type.getSimpleName()).isEqualTo(event);
    }
  }

  @Test
  void everyEventIsWrittenAsAMapperWould() throws Exception {
    var asText = new SimpleModule();
    for (var type : List.of(FragmentSet.class, Instant.class)) {
      asText.addSerializer(type, ToStringSerializer.instance);
    }
    var mapper =
        JournalMapper.create()
            .registerModule(asText)
            .setSerializationInclusion(JsonInclude.Include.NON_NULL);
    for (var type : RunEvent.class.getPermittedSubclasses()) {
      var event = (RunEvent) Samples.of(type);
      var line = mapper.createObjectNode().put("seq", 1).put("at", AT.toString());
      line.put("type", EventJson.type(type)).setAll(mapper.<ObjectNode>valueToTree(event));
      assertThat(EventJson.write(new StampedEvent(1, AT, event))).isEqualTo(line.toString());
    }
  }

  @Test
  void whateverIsRecordedCanBeWritten() {
    var roots = new ArrayDeque<Type>(List.of(SchedulerSetup.class));
    roots.addAll(List.of(RunEvent.class.getPermittedSubclasses()));
    roots.addAll(List.of(Message.class.getPermittedSubclasses()));
    roots.remove(Message.Noted.class);
    var others = new TreeSet<String>();
    while (!roots.isEmpty()) {
      var type = roots.remove();
      if (type instanceof ParameterizedType generic) {
        roots.addAll(List.of(generic.getActualTypeArguments()));
        type = generic.getRawType();
      }
      if (type instanceof Class<?> record && record.isRecord()) {
        Stream.of(record.getRecordComponents()).forEach(each -> roots.add(each.getGenericType()));
      } else if (!(type instanceof Class<?> simple && simple.isEnum())) {
        others.add(type.getTypeName());
      }
    }
    assertThat(others)
        .containsExactly(
            "boolean",
            "int",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.String",
            "java.math.BigDecimal",
            "java.time.Duration",
            "java.time.Instant",
            "java.util.List",
            "java.util.Map",
            "java.util.Set",
            "long",
            "org.golempipeline.event.FragmentSet");
  }

  @Test
  void recordedJournalsStayReadable() throws IOException {
    var recorded =
        List.of(
            "{\"seq\":0,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"run-started\",\"runId\":\"r\","
                + "\"pipeline\":\"p\",\"file\":\"f.yaml\",\"target\":\"local\",\"sessionId\":\"s\","
                + "\"workers\":2,\"stages\":[\"p\"],\"later\":\"unknown fields are skipped\"}",
            "{\"seq\":9,\"at\":\"2026-01-01T00:00:01Z\",\"type\":\"batch-finished\",\"batch\":0,"
                + "\"done\":\"0-3,5\",\"failed\":[{\"fragment\":4,\"failure\":{\"kind\":\"COMMAND\","
                + "\"message\":\"It exited with 3.\"},\"exitCode\":3,\"log\":\"logs/p/4.0.log\"}],"
                + "\"milliseconds\":12,\"bytesSent\":1,\"bytesReceived\":2}",
            "{\"seq\":10,\"at\":\"2026-01-01T00:00:02Z\",\"type\":\"batch-finished\",\"batch\":1,"
                + "\"done\":\"\",\"failed\":[],\"failure\":{\"kind\":\"CANCELLED\","
                + "\"message\":\"It was never sent.\"},\"milliseconds\":0,\"bytesSent\":0,"
                + "\"bytesReceived\":0}",
            "{\"seq\":11,\"at\":\"2026-01-01T00:00:03Z\",\"type\":\"batch-finished\",\"batch\":2,"
                + "\"done\":\"6\",\"failed\":[],\"milliseconds\":9,\"bytesSent\":1,"
                + "\"bytesReceived\":2,\"figures\":{\"took\":[7],\"cpu\":[5],\"bytes\":[2]}}");
    var events = new ArrayList<RunEvent>();
    for (var line : recorded) {
      events.add(EventJson.read(line).event());
    }
    assertThat(((RunEvent.RunStarted) events.get(0)).params()).isEmpty();
    assertThat(((RunEvent.BatchFinished) events.get(1)).done())
        .isEqualTo(FragmentSet.of(0, 1, 2, 3, 5));
    assertThat(((RunEvent.BatchFinished) events.get(1)).failed().get(0).failure().kind())
        .isEqualTo(FailureKind.COMMAND);
    assertThat(((RunEvent.BatchFinished) events.get(1)).neverSent()).isFalse();
    assertThat(((RunEvent.BatchFinished) events.get(2)).neverSent()).isTrue();
    assertThat(((RunEvent.BatchFinished) events.get(3)).figures())
        .isEqualTo(new RunEvent.Figures(List.of(7), List.of(5), List.of(2L), null));
  }

  @Test
  void aJournalHoldsOneEventALine(@TempDir Path folder) throws IOException {
    var file = folder.resolve("deep/journal.ndjson");
    try (var journal = Journal.create(file)) {
      journal.accept(new StampedEvent(0, AT, new RunEvent.Warned("a\nb")));
      journal.accept(new StampedEvent(1, AT, new RunEvent.MergeStarted("s")));
    }
    assertThat(Files.readAllLines(file)).hasSize(2).last().asString().contains("merge-started");
  }
}
