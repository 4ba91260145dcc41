package org.golempipeline.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.cli.Workspace;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.Journal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watching and stopping, with journals that the test itself writes. */
@Timeout(240)
class LiveRunTest {
  private static final String RUN = "20260101-000000-aaaaaa";
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Failure STOPPED = Failure.of(FailureKind.CANCELLED, "It was interrupted.");

  @TempDir Path folder;
  private Workspace workspace;
  private Path own;
  private long sequence;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("words.yaml", "");
    own = folder.resolve(".golem-pipeline/runs").resolve(RUN);
  }

  private Journal journal() throws IOException {
    var journal = Journal.create(own.resolve("journal.ndjson"));
    write(
        journal,
        new RunEvent.RunStarted(
            RUN,
            "words",
            "words.yaml",
            "local",
            "s",
            2,
            List.of("one"),
            List.of(),
            null,
            List.of()),
        new RunEvent.StageExpanded("one", 2),
        new RunEvent.BatchStarted(0, 0, "one", FragmentSet.range(0, 2)));
    return journal;
  }

  private void write(Journal journal, RunEvent... events) {
    for (var event : events) {
      journal.accept(new StampedEvent(sequence, BEGIN.plusSeconds(sequence), event));
      sequence++;
    }
  }

  private static RunEvent.RunFinished end(int exitCode) {
    var failure = exitCode == 0 ? null : Failure.of(FailureKind.COMMAND, "It was bad.");
    return new RunEvent.RunFinished(exitCode, failure, 2, 0, 0, 1, BigDecimal.ZERO, 4000);
  }

  @Test
  void aRunIsWatchedUntilItsEndAndAnswersItsExitCode() throws Exception {
    CompletableFuture<Workspace.Ran> watching;
    try (var journal = journal()) {
      watching = CompletableFuture.supplyAsync(() -> workspace.run("watch", "2026", "--in", "."));
      write(
          journal,
          new RunEvent.BatchFinished(0, FragmentSet.range(0, 2), List.of(), null, 5, 0, 0),
          new RunEvent.StageFinished("one", 2, 0),
          end(3));

      // Its process still has the journal open: the last event is enough.
      var ran = watching.join();
      assertThat(ran.exitCode()).isEqualTo(3);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .startsWith("words: running on this machine with 2 workers\n")
          .contains("one: 2 fragments done\n", "It was bad.")
          .doesNotContain("died");
    }
    assertThat(workspace.run("watch").exitCode()).isEqualTo(3);
  }

  @Test
  void aRunWhoseProcessDiedIsNotWaitedFor() throws Exception {
    journal().close();
    Files.writeString(own.resolve("journal.ndjson"), "{\"seq\":9,", StandardOpenOption.APPEND);

    var ran = workspace.run("watch");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .contains("error: Run " + RUN + " is not finished: its process died.", "Run it again");
  }

  @Test
  void whatIsOverIsNotStopped() throws Exception {
    try (var journal = journal()) {
      write(journal, end(0));
    }
    RunProcess.announce(own);

    var ran = workspace.run("stop", "last");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).contains("Run " + RUN + " is over already.");
  }

  @Test
  void aRunOfAProgramThatDoesNotEndRunsForOthersIsLeftAlone() throws Exception {
    try (var journal = journal()) {
      var ran = workspace.run("stop", RUN);

      assertThat(ran.exitCode()).isEqualTo(2);
      assertThat(ran.err()).contains("is in the hands of a program that ends it itself", "hint:");
    }
  }

  @Test
  void nowAsksOnceMoreWhenThatIsSureToBeAnotherWish() throws Exception {
    var time = new SetClock();
    workspace.clock(time);
    try (var process = new SignalledProcess(folder)) {
      CompletableFuture<Workspace.Ran> stopping;
      try (var journal = journal()) {
        Files.writeString(own.resolve("process"), process.pid() + "\n");
        stopping = CompletableFuture.supplyAsync(() -> workspace.run("stop", "--now", RUN));
        process.awaitSignals(1);
        time.add(Interruption.ONE_WISH);
        time.awaitUses();
        process.awaitSignals(1);
        time.add(Duration.ofMillis(1));
        process.awaitSignals(2);
      }
      // Its process ended without a word, as it does at the second wish.
      var ran = stopping.join();
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(ran.err()).contains("Ended at once; nothing is owed to anybody.");
      process.awaitSignals(2);
    }
  }

  @Test
  void withoutItARunIsAskedOnceHoweverLongItTakes() throws Exception {
    var time = new SetClock();
    workspace.clock(time);
    try (var process = new SignalledProcess(folder);
        var journal = journal()) {
      Files.writeString(own.resolve("process"), process.pid() + "\n");
      var stopping = CompletableFuture.supplyAsync(() -> workspace.run("stop", RUN));
      process.awaitSignals(1);
      time.add(Duration.ofHours(1));
      time.awaitUses();
      write(journal, new RunEvent.StopRequested(STOPPED), end(130));
      journal.close();

      assertThat(stopping.join().exitCode()).isZero();
      process.awaitSignals(1);
    }
  }

  /** A clock that stands still but for what is added. */
  private static final class SetClock extends Clock {
    private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
    private final AtomicInteger uses = new AtomicInteger();

    void add(Duration time) {
      now.updateAndGet(each -> each.plus(time));
    }

    /** Until whoever looks at it again and again has done so some times more. */
    void awaitUses() {
      var before = uses.get();
      ChildJvm.await("the clock to be looked at", () -> uses.get() > before + 8);
    }

    @Override
    public Instant instant() {
      uses.incrementAndGet();
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  /** A process that writes down that it was asked to end, and stays. */
  private static final class SignalledProcess implements AutoCloseable {
    private final Path signals;
    private final Process process;

    SignalledProcess(Path folder) throws IOException {
      signals = folder.resolve("signals");
      process =
          new ProcessBuilder(
                  "/bin/sh",
                  "-c",
                  "trap 'echo asked >>signals' TERM; : >signals; while :; do sleep 0.05; done")
              .directory(folder.toFile())
              .start();
      ChildJvm.await("the process", () -> Files.exists(signals));
    }

    long pid() {
      return process.pid();
    }

    /** Until there were so many, and fails if there are more. */
    void awaitSignals(int number) {
      ChildJvm.await(number + " signals", () -> size() == number);
    }

    private int size() {
      try {
        return Files.readAllLines(signals).size();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void aProcessThatHasGotTheNumberOfARunsProcessIsNotTakenForIt() throws Exception {
    journal().close();
    RunProcess.announce(own);
    assertThat(RunProcess.of(own)).isPresent();
    var words = Files.readString(own.resolve("process")).split(" ", 2);

    for (var other :
        List.of(
            words[0] + " " + (Long.parseLong(words[1].strip()) - 60_000),
            words[0] + " before",
            "many 17",
            "",
            Integer.MAX_VALUE + " " + words[1])) {
      Files.writeString(own.resolve("process"), other);
      assertThat(RunProcess.of(own)).as(other).isEmpty();
    }
  }

  @Test
  void aProcessOfWhichNobodySaysWhenItBeganIsBelieved() {
    assertThat(RunProcess.isSame("17", "")).isTrue();
    assertThat(RunProcess.isSame("17", "17")).isTrue();
    assertThat(RunProcess.isSame("17", "18")).isFalse();
  }

  /** As after a sleep of this machine, which a run on it does not count. */
  @Test
  void timeGoesOnFromWhatTheRunCallsNow() throws Exception {
    var time = new SetClock();
    var clock = new JournalClock(time, own);
    assertThat(clock.instant()).isEqualTo(BEGIN);
    try (var journal = journal();
        var live = LiveRun.open(workspace.console(), own, clock, event -> {})) {
      var written = BEGIN.plus(Duration.ofHours(3));
      Files.setLastModifiedTime(own.resolve("journal.ndjson"), FileTime.from(written));
      live.read();
      time.add(Duration.ofHours(3).plusSeconds(40));
      // Its third event happened two seconds after it began.
      assertThat(clock.instant()).isEqualTo(BEGIN.plusSeconds(42));

      Files.delete(own.resolve("journal.ndjson"));
      clock.read(BEGIN);
      assertThat(clock.instant()).isEqualTo(BEGIN.plusSeconds(42));
    }
  }
}
