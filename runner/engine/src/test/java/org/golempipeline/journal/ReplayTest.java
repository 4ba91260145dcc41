package org.golempipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.schedule.Message;
import org.golempipeline.schedule.Policy;
import org.golempipeline.schedule.PoolSetup;
import org.golempipeline.schedule.SchedulerSetup;
import org.golempipeline.schedule.StageSetup;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.000678Z");
  private static final Path RECORDED =
      Path.of("src/test/resources/recordings/failure-with-retries");

  @TempDir Path folder;

  @Test
  void everyMessageIsReadFromWhatItIsWrittenAs() throws IOException, ReflectiveOperationException {
    try (var log = MessageLog.create(folder, setup())) {
      for (var type : Message.class.getPermittedSubclasses()) {
        log.append((Message) Samples.of(type), AT);
      }
    }

    try (var read = RecordedRun.open(folder)) {
      assertThat(read.setup()).isEqualTo(setup());
      for (var type : Message.class.getPermittedSubclasses()) {
        var told = read.next().orElseThrow();
        assertThat(told.at()).isEqualTo(AT);
        assertThat(told.message()).as(type.getSimpleName()).isEqualTo(Samples.of(type));
      }
      assertThat(read.next()).isEmpty();
    }
  }

  @Test
  void everyEventThatIsNotedIsRead() throws IOException {
    var events =
        List.of(
            new RunEvent.Warned("a\nb \"c\" \u2028 \ud83d\ude00"),
            new RunEvent.AllocationCreated("id", new BigDecimal("1.500"), "erc20"),
            new RunEvent.InvoiceAccepted("i", "a", new BigDecimal("0.000000000000000001")));
    try (var log = MessageLog.create(folder, setup())) {
      events.forEach(event -> log.append(new Message.Noted(event), AT));
    }

    try (var read = RecordedRun.open(folder)) {
      for (var event : events) {
        assertThat(read.next().orElseThrow().message()).isEqualTo(new Message.Noted(event));
      }
    }
  }

  @Test
  void whatOneDecisionLessOrMoreIsIsFound() throws IOException {
    var journal = Files.readAllLines(RECORDED.resolve("journal.ndjson"));
    var at = lineWith(journal, "\"type\":\"fragment-requeued\"");

    var changed = journal.get(at).replaceFirst("\"attempt\":\\d+", "\"attempt\":9");
    var outcome = replayWith(journal, at, List.of(changed));
    assertThat(outcome.events()).isEqualTo(at);
    assertThat(outcome.difference().told()).isEqualTo("batch-returned");
    assertThat(outcome.difference().journaled()).isEqualTo(changed);
    assertThat(outcome.difference().decided()).isEqualTo(journal.get(at));

    assertThat(replayWith(journal, at, List.of()).difference().decided())
        .isEqualTo(journal.get(at));

    var last = lineWith(journal, "\"type\":\"allocation-requested\"");
    var more = replayWith(journal, last, List.of(journal.get(last), journal.get(last)));
    assertThat(more.difference().journaled()).isEqualTo(journal.get(last));
    assertThat(more.difference().decided()).isNull();
  }

  @Test
  void amountsWithOtherZerosAndUnknownFieldsAreNoDifference() throws IOException {
    var journal = Files.readAllLines(RECORDED.resolve("journal.ndjson"));
    var at = lineWith(journal, "\"type\":\"rental-opened\"");
    var same =
        journal
            .get(at)
            .replace("\"startPrice\":0", "\"startPrice\":0.000")
            .replace("}", ",\"later\":1}");
    assertThat(same).isNotEqualTo(journal.get(at));
    assertThat(replayWith(journal, at, List.of(same)).difference()).isNull();
  }

  @Test
  void aRunThatWasKilledIsReplayedAsFarAsItWasRecorded() throws IOException {
    var messages = Files.readString(RECORDED.resolve("messages.ndjson"));
    var journal = Files.readString(RECORDED.resolve("journal.ndjson"));
    for (var cut : List.of(messages.length() / 3, messages.length() / 2, messages.length() - 1)) {
      write("messages.ndjson", messages.substring(0, cut));
      write("journal.ndjson", journal);
      var outcome = Replay.of(folder);
      assertThat(outcome.difference()).isNull();
      assertThat(outcome.complete()).isFalse();
      assertThat(outcome.messages()).isPositive();
    }
    // Its last message was written down, and what came of it only in part.
    var lines = messages.lines().toList();
    write("messages.ndjson", String.join("\n", lines) + "\n");
    write("journal.ndjson", journal.substring(0, journal.length() - 20));
    var outcome = Replay.of(folder);
    assertThat(outcome.difference()).isNull();
    assertThat(outcome.complete()).isFalse();
    assertThat(outcome.messages()).isEqualTo(lines.size() - 1);
  }

  @Test
  void whatSettlingWroteBehindTheEndIsNotCompared() throws IOException {
    var journal = Files.readAllLines(RECORDED.resolve("journal.ndjson"));
    var last = journal.size() - 1;
    var settled =
        "{\"seq\":%d,\"at\":\"2027-01-01T00:00:00Z\",\"type\":\"settlement-finished\",\"accepted\":0,\"agreements\":0,\"outstanding\":[]}"
            .formatted(journal.size());
    var outcome = replayWith(journal, last, List.of(journal.get(last), settled));
    assertThat(outcome.difference()).isNull();
    assertThat(outcome.complete()).isTrue();
  }

  @Test
  void whatIsNoRecordingIsSaid() throws IOException {
    write("journal.ndjson", "");
    write("messages.ndjson", "{");
    assertThatThrownBy(() -> Replay.of(folder)).isInstanceOf(RecordingException.class);
    write("messages.ndjson", "hello\n");
    assertThatThrownBy(() -> Replay.of(folder))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("first line");
    var setup = Files.readAllLines(RECORDED.resolve("messages.ndjson")).get(0);
    write("messages.ndjson", setup + "\n{\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"new\"}\n");
    assertThatThrownBy(() -> Replay.of(folder))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("line 2 of `messages.ndjson`");
  }

  private static int lineWith(List<String> journal, String text) {
    for (var i = 0; i < journal.size(); i++) {
      if (journal.get(i).contains(text)) {
        return i;
      }
    }
    throw new AssertionError(text);
  }

  private Replay.Outcome replayWith(List<String> journal, int at, List<String> instead)
      throws IOException {
    var lines = new java.util.ArrayList<>(journal);
    lines.remove(at);
    lines.addAll(at, instead);
    write("journal.ndjson", String.join("\n", lines) + "\n");
    write("messages.ndjson", Files.readString(RECORDED.resolve("messages.ndjson")));
    return Replay.of(folder);
  }

  private void write(String name, String text) throws IOException {
    Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static SchedulerSetup setup() {
    var stage =
        new StageSetup(
            "one",
            0,
            1,
            List.of(0),
            List.of(0),
            StagePlan.Flow.TREE,
            List.of(0),
            2,
            16,
            Result.FIRST,
            new Retry(3, Duration.ofMillis(1500), null, new BigDecimal("0.10"), false),
            new Timeouts(
                Duration.ofMinutes(5),
                Duration.ofMinutes(6),
                Duration.ofMinutes(7),
                Duration.ofHours(2),
                new BigDecimal("3.00"),
                Duration.ofSeconds(90)),
            true,
            new Verify(
                1,
                new BigDecimal("0.05"),
                true,
                new Comparison(Comparison.Form.JSON, new BigDecimal("1E-9"))),
            new Enough(null, new BigDecimal("0.950"), new ShellText("it's \"$in\"\n", Range.START)),
            7,
            true);
    return new SchedulerSetup(
        new RunEvent.RunStarted(
            "r", "p", "a b.yaml", "golem", "s", 5, List.of("one"), List.of(), null, List.of()),
        new RunEvent.AllocationRequested(new BigDecimal("1.50"), AT, "erc20-holesky-tglm"),
        List.of(stage),
        List.of(new PoolSetup("any image", 1, false), new PoolSetup("this machine", 1, true)),
        Policy.golem(5, new BigDecimal("1.50"), true, Long.MIN_VALUE, Duration.ofHours(3)));
  }
}
