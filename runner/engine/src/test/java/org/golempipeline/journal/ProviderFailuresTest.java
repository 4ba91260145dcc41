package org.golempipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.ProviderFailures.Failed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProviderFailuresTest {
  private static final Instant BEGIN = Instant.parse("2026-05-01T10:00:00Z");

  @TempDir Path folder;

  @Test
  void failuresOfSeveralRunsAddUp() throws Exception {
    write("a", BEGIN, started("golem"), notStarted("p"), rented(0, "p"), sent(0, 0), lost(0));
    write("b", BEGIN.plusSeconds(60), started("golem"), notStarted("p"), notStarted("q"));

    assertThat(read(BEGIN))
        .containsOnly(
            entry("p", new Failed(3, BEGIN.plusSeconds(61))),
            entry("q", new Failed(1, BEGIN.plusSeconds(62))));
  }

  @Test
  void whatIsFinishedMakesUpForWhatWasBefore() throws Exception {
    write("a", BEGIN, started("golem"), notStarted("p"));
    write(
        "b",
        BEGIN.plusSeconds(60),
        started("golem"),
        rented(7, "p"),
        sent(3, 7),
        sent(4, 7),
        done(3),
        lost(4));

    assertThat(read(BEGIN)).containsOnly(entry("p", new Failed(1, BEGIN.plusSeconds(65))));
  }

  @Test
  void otherTroubleIsNotTheProviders() throws Exception {
    write(
        "a",
        BEGIN,
        started("golem"),
        rented(0, "p"),
        sent(0, 0),
        ended(0, FragmentSet.EMPTY, Failure.of(FailureKind.DEADLINE, "It took too long.")),
        sent(1, 0),
        ended(1, FragmentSet.EMPTY, Failure.of(FailureKind.CANCELLED, "It was cancelled.")));

    assertThat(read(BEGIN)).isEmpty();
  }

  @Test
  void runsOnThisMachineAndOldOnesDoNotCount() throws Exception {
    write("a", BEGIN.minusSeconds(1), started("golem"), notStarted("old"));
    write("b", BEGIN, started("local"), notStarted("local-1"));
    write("c", BEGIN.plusSeconds(1), started("golem"), notStarted("p"));

    assertThat(read(BEGIN)).containsOnlyKeys("p");
    assertThat(read(BEGIN.minusSeconds(1))).containsOnlyKeys("old", "p");
  }

  private Map<String, Failed> read(Instant begin) throws IOException {
    return ProviderFailures.read(new RunHistories(folder), begin);
  }

  /** A run whose events are a second apart. */
  private void write(String id, Instant at, RunEvent... events) throws IOException {
    var run = Files.createDirectories(folder.resolve(".golem-pipeline/runs").resolve(id));
    for (var i = 0; i < events.length; i++) {
      var line = EventJson.write(new StampedEvent(i, at.plusSeconds(i), events[i]));
      Files.writeString(
          run.resolve(JournalReader.FILE),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private static RunEvent notStarted(String provider) {
    return new RunEvent.StartFailed(provider, "name of " + provider, "image", false, "it broke");
  }

  private static RunEvent rented(int rental, String provider) {
    var price = BigDecimal.ZERO;
    return new RunEvent.RentalOpened(
        rental, "agreement", provider, "name of " + provider, 1, price, price, price);
  }

  private static RunEvent sent(int batch, int rental) {
    return new RunEvent.BatchStarted(batch, rental, "one", FragmentSet.range(0, 5));
  }

  private static RunEvent lost(int batch) {
    return ended(
        batch, FragmentSet.EMPTY, Failure.of(FailureKind.PROVIDER, "Its provider went away."));
  }

  private static RunEvent done(int batch) {
    return ended(batch, FragmentSet.range(0, 5), null);
  }

  private static RunEvent ended(int batch, FragmentSet done, Failure failure) {
    return new RunEvent.BatchFinished(batch, done, List.of(), failure, 1000, 0, 0);
  }

  private static RunEvent started(String target) {
    return new RunEvent.RunStarted(
        "id",
        "words",
        "words.yaml",
        target,
        "session",
        2,
        List.of("one"),
        List.of(),
        null,
        List.of());
  }
}
