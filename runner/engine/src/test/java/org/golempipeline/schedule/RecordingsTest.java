package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.Journal;
import org.golempipeline.journal.MessageLog;
import org.golempipeline.journal.Replay;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that were recorded once, and that the scheduler must decide the same way ever after. When a
 * change of its decisions is meant, {@code -Dgolden.update} records them anew and fails that run.
 */
class RecordingsTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/recordings");
  private static final List<String> FILES = List.of("messages.ndjson", "journal.ndjson");

  @TempDir Path folder;

  /** By name, what happens in the run, and the type of an event or a message that shows it did. */
  private static Map<String, Recorded> runs() {
    var runs = new TreeMap<String, Recorded>();
    var success = new Scenario(1).providers(Persona.HONEST, 6).providers(Persona.VANISHING, 3);
    success.workers = 4;
    success.stage("one", 60);
    success.follower("two", 0, 2);
    runs.put("success", new Recorded(success, "stage-finished"));

    var retries = new Scenario(2).providers(Persona.FLAKY, 4).providers(Persona.CRASHING, 2);
    retries.stage("only", 40).doomed.set(17);
    runs.put("failure-with-retries", new Recorded(retries, "fragment-failed"));

    var liar = new Scenario(3).providers(Persona.HONEST, 4).providers(Persona.LYING, 1);
    liar.price("0.0000010");
    liar.workers = 5;
    liar.local = false;
    liar.lieShare = 1;
    var verified = liar.stage("only", 30);
    verified.verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    verified.millis = 3000;
    runs.put("verify-with-a-liar", new Recorded(liar, "provider-banned"));

    var first = new Scenario(4).providers(Persona.HONEST, 4);
    var searched = first.stage("only", 400);
    searched.result = Result.FIRST;
    searched.winners.set(123);
    runs.put("cut-by-first", new Recorded(first, "stage-cut"));

    var late = new Scenario(5).providers(Persona.HONEST, 3).providers(Persona.SLOW, 1);
    late.providers.get(3).pace = 30;
    late.price("0.00001");
    late.workers = 4;
    late.local = false;
    late.stage("only", 120).millis = 10_000;
    runs.put("taken-back", new Recorded(late, "withdrawn"));

    var stuck = new Scenario(6).providers(Persona.HONEST, 8);
    stuck.price("0.00001");
    stuck.workers = 6;
    stuck.local = false;
    var limited = stuck.stage("only", 30);
    limited.millis = 10_000;
    limited.stuckOnce.set(0);
    limited.timeouts = OverdueTest.timeouts(BigDecimal.valueOf(3));
    runs.put("given-up-on-its-way", new Recorded(stuck, "fragment-overdue"));
    return runs;
  }

  private record Recorded(Scenario scenario, String shows) {}

  @TestFactory
  Stream<DynamicTest> theSchedulerDecidesAsItAlwaysDid() {
    return runs().entrySet().stream()
        .map(
            run ->
                DynamicTest.dynamicTest(run.getKey(), () -> check(run.getKey(), run.getValue())));
  }

  private void check(String name, Recorded run) throws IOException {
    var kept = RECORDINGS.resolve(name);
    if (System.getProperty("golden.update") != null) {
      record(run, kept);
      throw new AssertionError("recorded anew, look at the difference: " + kept);
    }

    assertShows(kept, run.shows());
    var outcome = Replay.of(kept);

    assertThat(outcome.difference()).isNull();
    assertThat(outcome.complete()).isTrue();
    assertThat(Files.readAllLines(kept.resolve("messages.ndjson")))
        .hasSize((int) outcome.messages() + 1);
    assertThat(Files.readAllLines(kept.resolve("journal.ndjson"))).hasSize((int) outcome.events());
  }

  private static void assertShows(Path recording, String type) throws IOException {
    var text = new StringBuilder();
    for (var file : FILES) {
      text.append(Files.readString(recording.resolve(file)));
    }
    assertThat(text).contains("\"type\":\"" + type + "\"");
  }

  private void record(Recorded run, Path kept) throws IOException {
    var fresh = Files.createDirectories(folder.resolve("recording"));
    record(run.scenario(), fresh);
    assertShows(fresh, run.shows());
    Files.createDirectories(kept);
    for (var file : FILES) {
      Files.move(fresh.resolve(file), kept.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void everyRecordingIsReplayed() throws IOException {
    try (var folders = Files.list(RECORDINGS)) {
      assertThat(folders.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(runs().keySet());
    }
  }

  @Test
  void aHundredThousandFragmentsAreRecordedInLittleSpace() throws IOException {
    var scenario = new Scenario(1).providers(Persona.HONEST, 4);
    var stage = scenario.stage("only", 100_000);
    stage.verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    stage.millis = 1;
    assertThat(record(scenario, folder).count(RunEvent.StageFinished.class)).isEqualTo(1);

    assertThat(Files.size(folder.resolve("messages.ndjson"))).isLessThan(500_000);
    var outcome = Replay.of(folder);
    assertThat(outcome.difference()).isNull();
    assertThat(outcome.complete()).isTrue();
  }

  /** Writes down what the scheduler is told and decides, as a real run does it. */
  private static SimulatedRun record(Scenario scenario, Path folder) throws IOException {
    var run = new SimulatedRun(scenario);
    try (var messages = MessageLog.create(folder, run.setup);
        var journal = Journal.create(folder.resolve("journal.ndjson"))) {
      var events = new AtomicLong();
      run.watchedBy(
          (message, at, decided) -> {
            messages.append(message, at);
            decided.forEach(
                event -> journal.accept(new StampedEvent(events.getAndIncrement(), at, event)));
          });
      run.run();
    }
    return run;
  }
}
