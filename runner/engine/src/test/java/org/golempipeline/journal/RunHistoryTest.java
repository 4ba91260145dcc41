package org.golempipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class RunHistoryTest {
  private static final Instant BEGIN = Instant.parse("2026-05-01T10:00:00Z");
  private static final Failure COMMAND = Failure.of(FailureKind.COMMAND, "It exited with 3.");

  @TempDir Path folder;
  private long sequence;

  @Test
  void aRunThatEndedIsKnownByItsLastEvent() throws Exception {
    write("a", started("golem"), asked(), settled(), finished(null, 0));

    var run = read("a");

    assertThat(run.state()).isEqualTo(RunHistory.State.DONE);
    assertThat(run.pipeline()).contains("words");
    assertThat(run.at()).isEqualTo(BEGIN);
    assertThat(run.took()).isEqualTo(Duration.ofSeconds(90));
    assertThat(run.done()).isEqualTo(10);
    assertThat(run.failed()).isEqualTo(2);
    assertThat(run.spent()).isEqualByComparingTo("0.5");
    assertThat(run.exitCode()).isZero();
    assertThat(run.isUnsettled()).isFalse();
  }

  @Test
  void failuresAndInterruptionsAreToldApart() throws Exception {
    write("a", started("local"), finished(COMMAND, 1));
    write("b", started("local"), finished(Failure.of(FailureKind.CANCELLED, "Stop."), 130));

    assertThat(read("a").state()).isEqualTo(RunHistory.State.FAILED);
    assertThat(read("a").failure()).isEqualTo(COMMAND);
    assertThat(read("b").state()).isEqualTo(RunHistory.State.INTERRUPTED);
    assertThat(read("b").exitCode()).isEqualTo(130);
  }

  @Test
  void aDeadRunIsCountedAndItsTornLineIsNoTrouble() throws Exception {
    write(
        "a",
        started("golem"),
        asked(),
        new RunEvent.BatchStarted(0, 0, "one", FragmentSet.range(0, 5)),
        batch(0, FragmentSet.range(0, 5)),
        new RunEvent.BatchStarted(1, 0, "one", FragmentSet.range(3, 8)),
        batch(1, FragmentSet.range(3, 8)),
        new RunEvent.FragmentFailed("one", 9, "one/9", 3, COMMAND, null),
        new RunEvent.DebitNoteAccepted("n", "agr", new BigDecimal("0.1")),
        new RunEvent.DebitNoteAccepted("m", "agr", new BigDecimal("0.3")));
    append("a", "{\"seq\":9,\"at\":\"2026-05-01T10:00");

    var run = read("a");

    assertThat(run.state()).isEqualTo(RunHistory.State.UNFINISHED);
    assertThat(run.done()).isEqualTo(8);
    assertThat(run.failed()).isEqualTo(1);
    assertThat(run.spent()).isEqualByComparingTo("0.3");
    assertThat(run.exitCode()).isNull();
    assertThat(run.isUnsettled()).isTrue();
    assertThat(run.took()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void aRunOnThisMachineLeavesNothingToSettle() throws Exception {
    write("a", started("local"), asked());

    assertThat(read("a").state()).isEqualTo(RunHistory.State.UNFINISHED);
    assertThat(read("a").isUnsettled()).isFalse();
  }

  @Test
  void whateverIsLeftOfAJournalIsARun() throws Exception {
    append("empty", "");
    append("torn", "{\"seq\":0,\"at");

    for (var id : List.of("empty", "torn")) {
      assertThat(read(id).state()).isEqualTo(RunHistory.State.UNFINISHED);
      assertThat(read(id).isUnsettled()).isFalse();
      assertThat(RunHistoryJson.write(read(id))).contains("\"state\":\"unfinished\"");
    }
  }

  /** It may owe something: that it does not is more than anybody knows. */
  @Test
  void aJournalWithADamagedBeginningIsNamed() throws Exception {
    write("whole", started("golem"), asked());
    var journal = Files.readString(folder("whole").resolve(JournalReader.FILE));
    append("strange", "nonsense\n\0\0\0\n");
    append("late", journal.lines().skip(1).findFirst().orElseThrow() + "\n");
    append("flipped", journal.replaceFirst("started", "startfd"));
    append("other", "\ufffd" + journal);

    for (var id : List.of("strange", "late", "flipped", "other")) {
      assertThatThrownBy(() -> read(id))
          .isInstanceOf(IOException.class)
          .hasMessage("the first line of `%s` is damaged", folder(id).resolve(JournalReader.FILE));
    }
    var unreadable = new ArrayList<String>();
    assertThat(new RunHistories(folder).unsettled(9, (id, why) -> unreadable.add(id)))
        .extracting(RunHistory::id)
        .containsExactly("whole");
    assertThat(unreadable).containsExactly("strange", "other", "late", "flipped");
  }

  /** A byte that is no text is one inside a value, or damage to that line alone. */
  @Test
  void bytesThatAreNoTextHarmNobodyElse() throws Exception {
    write("a", started("golem"), asked(), asked());
    var file = folder("a").resolve(JournalReader.FILE);
    var bytes = Files.readAllBytes(file);
    var second = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n') + 5;
    bytes[second] = (byte) 0xff;
    Files.write(file, bytes);

    assertThat(read("a").isUnsettled()).isTrue();
  }

  @Test
  void aRunLivesAsLongAsItsJournalIsOpen() throws Exception {
    var path = folder("a").resolve(JournalReader.FILE);
    try (var journal = Journal.create(path)) {
      journal.accept(new StampedEvent(0, BEGIN, started("golem")));
      journal.accept(new StampedEvent(1, BEGIN, asked()));

      assertThat(read("a").state()).isEqualTo(RunHistory.State.RUNNING);
      assertThat(read("a").isUnsettled()).isFalse();
      assertThat(Journal.reopen(folder("a"))).isEmpty();
    }
    assertThat(read("a").state()).isEqualTo(RunHistory.State.UNFINISHED);
    assertThat(read("a").isUnsettled()).isTrue();
  }

  @Test
  void settlingGoesOnBehindTheLastWholeLine() throws Exception {
    write("a", started("golem"), asked());
    append("a", "{\"seq\":2,\"at\":\"20");
    var traces = RunTraces.read(folder("a"));
    assertThat(traces.nextSequence()).isEqualTo(2);

    try (var journal = Journal.reopen(folder("a")).orElseThrow()) {
      journal.accept(new StampedEvent(traces.nextSequence(), BEGIN, settled()));
    }

    assertThat(Files.readAllLines(folder("a").resolve(JournalReader.FILE))).hasSize(3);
    assertThat(read("a").state()).isEqualTo(RunHistory.State.UNFINISHED);
    assertThat(read("a").isUnsettled()).isFalse();
    assertThat(read("a").spent()).isEqualByComparingTo("0.5");
  }

  @Test
  void settlingKnowsWhichInvoiceOfAnAgreementWasAccepted() throws Exception {
    write(
        "a",
        started("golem"),
        new RunEvent.InvoiceAccepted("first", "agreement", BigDecimal.ONE),
        new RunEvent.InvoiceAccepted("second", "agreement", BigDecimal.ONE));

    assertThat(RunTraces.read(folder("a")).invoices()).containsExactly(entry("agreement", "first"));
  }

  @Test
  void documentsThatWereOutstandingAreSettledLater() throws Exception {
    var open =
        new RunEvent.SettlementFinished(BigDecimal.ONE, 1, List.of("An invoice is missing."));
    write("a", started("golem"), asked(), open, finished(null, 5));
    assertThat(read("a").isUnsettled()).isTrue();
    assertThat(read("a").outstanding()).containsExactly("An invoice is missing.");
    assertThat(new RunHistories(folder).unsettled(1, (id, why) -> {})).hasSize(1);
    assertThat(new RunHistories(folder).unsettled(0, (id, why) -> {})).isEmpty();

    for (var i = 0; i < 500; i++) {
      append("a", line(new RunEvent.InvoiceAccepted("i" + i, "a" + i, BigDecimal.ONE)) + "\n");
    }
    append("a", line(settled()) + "\n");

    assertThat(read("a").state()).isEqualTo(RunHistory.State.DONE);
    assertThat(read("a").isUnsettled()).isFalse();
    assertThat(new RunHistories(folder).unsettled(1, (id, why) -> {})).isEmpty();
  }

  @Test
  void theNewestRunComesFirstAndFoldersWithoutJournalAreNoRuns() throws Exception {
    assertThat(new RunHistories(folder.resolve("nowhere")).ids()).isEmpty();
    write("20260501-100000-aaaaaa", started("local"), finished(null, 0));
    write("20260502-100000-bbbbbb", started("local"), finished(null, 0));
    Files.createDirectories(folder("plan-x"));

    assertThat(new RunHistories(folder).ids())
        .containsExactly("20260502-100000-bbbbbb", "20260501-100000-aaaaaa");
  }

  @Test
  void failuresAreGroupedByTheirReason() throws Exception {
    write(
        "a",
        started("local"),
        new RunEvent.BatchStarted(0, 0, "one", FragmentSet.range(0, 4)),
        new RunEvent.BatchFinished(
            0, FragmentSet.of(0), List.of(attempt(1), attempt(2), attempt(3)), null, 5, 0, 0),
        new RunEvent.BatchStarted(1, 0, "one", FragmentSet.of(7)),
        new RunEvent.BatchFinished(
            1,
            FragmentSet.EMPTY,
            List.of(),
            Failure.of(FailureKind.PROVIDER, "It is gone."),
            5,
            0,
            0),
        new RunEvent.FragmentFailed("one", 1, "one/1", 3, COMMAND, "logs/one/1.0.log"),
        new RunEvent.FragmentFailed("one", 2, "one/2", 3, COMMAND, "logs/one/2.0.log"),
        finished(COMMAND, 1));

    var reasons = RunFailures.read(folder("a")).reasons();

    assertThat(reasons)
        .extracting(RunFailures.Reason::what, reason -> reason.fragments().toString())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(RunFailures.What.GIVEN_UP, "1-2"),
            org.assertj.core.groups.Tuple.tuple(RunFailures.What.ATTEMPT, "3"),
            org.assertj.core.groups.Tuple.tuple(RunFailures.What.SCRIPT, "7"));
    assertThat(reasons.get(0).count()).isEqualTo(2);
    assertThat(reasons.get(0).logs()).containsExactly("logs/one/1.0.log", "logs/one/2.0.log");
    assertThat(RunFailures.read(folder("a")).end()).isEqualTo(COMMAND);
  }

  @Test
  void scriptsThatNobodyWaitsForAreNoFailures() throws Exception {
    var released = Failure.of(FailureKind.CANCELLED, "Its machine was let go before it answered.");
    for (var over :
        new RunEvent[] {
          new RunEvent.StageCut("one", 3),
          new RunEvent.StageEnough("one", 3, FragmentSet.of(7)),
          new RunEvent.StageFinished("one", 3, 0),
          new RunEvent.StopRequested(COMMAND)
        }) {
      var run = over.getClass().getSimpleName();
      write(
          run,
          started("local"),
          new RunEvent.BatchStarted(0, 0, "one", FragmentSet.of(7)),
          new RunEvent.BatchStarted(1, 1, "two", FragmentSet.of(8)),
          new RunEvent.BatchFinished(1, FragmentSet.EMPTY, List.of(), released, 5, 0, 0),
          over,
          new RunEvent.BatchFinished(0, FragmentSet.EMPTY, List.of(), released, 5, 0, 0),
          finished(null, 0));

      assertThat(RunFailures.read(folder(run)).reasons())
          .as(over.toString())
          .extracting(RunFailures.Reason::stage)
          .containsExactly("two");
    }
  }

  @Test
  void attemptsOfAFragmentAreTold() throws Exception {
    write(
        "a",
        started("local"),
        opened(4, "agr", "0x1", "brick"),
        new RunEvent.BatchStarted(0, 4, "one", FragmentSet.range(0, 4)),
        new RunEvent.BatchStarted(1, 4, "two", FragmentSet.range(0, 4)),
        new RunEvent.BatchFinished(0, FragmentSet.of(0), List.of(attempt(1)), null, 5, 0, 0),
        new RunEvent.BatchStarted(2, 4, "one", FragmentSet.of(1)),
        new RunEvent.BatchStarted(3, 4, "one", FragmentSet.of(1)),
        RunEvent.BatchFinished.unsent(3));

    var attempts = FragmentAttempts.read(folder("a"), "one", 1);

    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(0).provider()).isEqualTo("brick");
    assertThat(attempts.get(0).exitCode()).isEqualTo(3);
    assertThat(attempts.get(0).log()).isEqualTo("logs/one/1.0.log");
    assertThat(attempts.get(1).took()).isNull();
    assertThat(FragmentAttempts.read(folder("a"), null, 1)).hasSize(3);
    assertThat(FragmentAttempts.read(folder("a"), null, 4)).isEmpty();
  }

  @Test
  void whatProvidersDidIsAddedUpOverRunsOnTheNetwork() throws Exception {
    write(
        "a",
        started("golem"),
        approved("agr", "0x1", "brick"),
        opened(0, "agr", "0x1", "brick"),
        new RunEvent.BatchStarted(0, 0, "one", FragmentSet.range(0, 4)),
        new RunEvent.BatchFinished(
            0, FragmentSet.range(0, 3), List.of(attempt(3)), null, 6000, 0, 0),
        new RunEvent.BatchStarted(1, 0, "one", FragmentSet.range(4, 6)),
        new RunEvent.BatchFinished(
            1,
            FragmentSet.EMPTY,
            List.of(),
            Failure.of(FailureKind.PROVIDER, "It is gone."),
            10,
            0,
            0),
        new RunEvent.BatchStarted(2, 0, "one", FragmentSet.of(7)),
        RunEvent.BatchFinished.unsent(2),
        new RunEvent.ProviderBanned("0x1", "one"),
        new RunEvent.ProviderBanned("0x1", "two"),
        new RunEvent.DebitNoteAccepted("n", "agr", new BigDecimal("0.1")),
        new RunEvent.InvoiceAccepted("m", "agr", new BigDecimal("0.3")));
    write(
        "b",
        started("golem"),
        approved("agr", "0x1", "stone"),
        approved("other", "0x2", "wood"),
        opened(4, "other", "0x2", "wood"),
        new RunEvent.BatchStarted(0, 4, "one", FragmentSet.range(0, 9)),
        batch(0, FragmentSet.range(0, 9)),
        new RunEvent.InvoiceAccepted("m", "agr", new BigDecimal("0.5")));
    write("c", started("local"), approved("agr", "0x3", "here"));
    append("d", "{\"seq\":0,");

    var records = new ProviderRecords();
    for (var run : List.of("b", "a", "c", "d")) {
      records.add(folder(run));
    }

    assertThat(records.list())
        .containsExactly(
            new ProviderRecord(
                "0x2",
                "wood",
                BEGIN.plusSeconds(5),
                1,
                1,
                0,
                9,
                0,
                0,
                Duration.ofMillis(5),
                BigDecimal.ZERO,
                0),
            new ProviderRecord(
                "0x1",
                "brick",
                BEGIN.plusSeconds(10),
                2,
                1,
                1,
                3,
                1,
                1,
                Duration.ofMillis(6010),
                new BigDecimal("0.8"),
                1));
  }

  private static RunEvent.AgreementApproved approved(String agreement, String id, String name) {
    return new RunEvent.AgreementApproved(agreement, id, name);
  }

  private static RunEvent.RentalOpened opened(
      int rental, String agreement, String id, String name) {
    return new RunEvent.RentalOpened(
        rental, agreement, id, name, 1, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  private static RunEvent.AttemptFailure attempt(int fragment) {
    return new RunEvent.AttemptFailure(fragment, COMMAND, 3, "logs/one/" + fragment + ".0.log");
  }

  private static RunEvent.RunStarted started(String target) {
    return new RunEvent.RunStarted(
        "id",
        "words",
        "dir/words.yaml",
        target,
        "session",
        2,
        List.of("one", "two"),
        List.of(),
        null,
        List.of());
  }

  private static RunEvent.AllocationRequested asked() {
    return new RunEvent.AllocationRequested(BigDecimal.ONE, BEGIN, "erc20-hoodi-tglm");
  }

  private static RunEvent.SettlementFinished settled() {
    return new RunEvent.SettlementFinished(new BigDecimal("0.5"), 1, List.of());
  }

  private static RunEvent.RunFinished finished(Failure failure, int exitCode) {
    return new RunEvent.RunFinished(exitCode, failure, 10, 2, 0, 1, new BigDecimal("0.5"), 90_000);
  }

  private static RunEvent.BatchFinished batch(int batch, FragmentSet done) {
    return new RunEvent.BatchFinished(batch, done, List.of(), null, 5, 0, 0);
  }

  private Path folder(String id) {
    return folder.resolve(".golem-pipeline/runs").resolve(id);
  }

  private RunHistory read(String id) throws IOException {
    return RunHistory.read(folder(id));
  }

  private void write(String id, RunEvent... events) throws IOException {
    sequence = 0;
    for (var event : events) {
      append(id, line(event) + "\n");
    }
  }

  /** Events are a second apart. */
  private String line(RunEvent event) {
    var stamped = new StampedEvent(sequence, BEGIN.plusSeconds(sequence), event);
    sequence++;
    return EventJson.write(stamped);
  }

  private void append(String id, String text) throws IOException {
    Files.createDirectories(folder(id));
    Files.writeString(
        folder(id).resolve(JournalReader.FILE),
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
