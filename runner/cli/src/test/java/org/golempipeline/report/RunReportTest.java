package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final Failure EXIT_3 = Failure.of(FailureKind.COMMAND, "`run` exited with 3.");

  @TempDir Path folder;

  @BeforeEach
  void writeJournal() throws IOException {
    Files.createFile(folder.resolve("journal.ndjson"));
  }

  @Test
  void namesNoJournalThatSomebodyRemoved() throws Exception {
    Files.delete(folder.resolve("journal.ndjson"));
    assertThat(shown(started("local"), end(0, null, 0, 0)))
        .contains("  journal    removed while the run went on")
        .doesNotContain("journal.ndjson", "golem-pipeline report");
  }

  @Test
  void saysWhereTheResultIsAndWhatItTook() {
    assertThat(
            shown(
                started("local"),
                new RunEvent.StageExpanded("count", 9),
                opened(0, "local-1"),
                new RunEvent.BatchStarted(0, 0, "count", FragmentSet.range(0, 9)),
                finished(0, FragmentSet.range(0, 9)),
                new RunEvent.StageFinished("count", 9, 0),
                new RunEvent.OutputPublished("count", "result/counts.tsv", 1, 60_522),
                end(0, null, 9, 0)))
        .isEqualTo(
            """
            words: running on this machine with 2 workers
            count: 9 fragments done
            words: done in 1.5 s
              result     texts/result/counts.tsv (60.5 kB)
              fragments  9 done, by 2 workers
              journal    texts/.golem-pipeline/runs/r1/journal.ndjson
              report     golem-pipeline report r1 --in texts/
            """);
  }

  @Test
  void saysWhatOfEarlierRunsWasRemoved() {
    var shown =
        shown(
            started("local"),
            new RunEvent.OutputPublished("count", "b.txt", 1, 5),
            new RunEvent.OutputsRemoved(1200, List.of("a\033.txt", "c.txt", "d.txt", "e.txt")),
            end(0, null, 1, 0));

    assertThat(shown)
        .contains(", texts/c.txt, texts/d.txt and 1,197 more: 1,200 results of earlier runs")
        .contains("  removed    texts/a")
        .doesNotContain("\033", "e.txt");
    assertThat(
            shown(
                started("local"),
                new RunEvent.OutputsRemoved(1, List.of("a.txt")),
                end(0, null, 1, 0)))
        .contains(
            "  removed    texts/a.txt: 1 result of earlier runs that this one does not make\n");
  }

  @Test
  void saysHowManyMachinesTheBudgetHeldBack() {
    var tooDear = RunEvent.RentalEnding.TOO_DEAR;
    var shown =
        shown(
            started("golem"),
            opened(0, "ada"),
            opened(1, "bob"),
            opened(2, "cyd"),
            opened(3, "dan"),
            new RunEvent.BatchStarted(0, 0, "count", FragmentSet.of(0)),
            new RunEvent.RentalEnding(1, tooDear),
            new RunEvent.RentalClosed(1),
            new RunEvent.RentalEnding(2, RunEvent.RentalEnding.NO_FURTHER_SCRIPT),
            finished(0, FragmentSet.of(0)),
            new RunEvent.RentalEnding(0, RunEvent.RentalEnding.NO_FURTHER_SCRIPT),
            new RunEvent.RentalEnding(3, "all work is done"),
            opened(4, "bob"),
            new RunEvent.RentalEnding(4, tooDear),
            end(0, null, 1, 0));

    assertThat(shown)
        .containsOnlyOnce("budget: it pays for no more machines at a time;")
        .contains("  budget     held 2 machines back, which were let go unused;");
    assertThat(
            shown(
                started("golem"),
                opened(0, "ada"),
                new RunEvent.BatchStarted(0, 0, "count", FragmentSet.of(0)),
                finished(0, FragmentSet.of(0)),
                new RunEvent.RentalEnding(0, RunEvent.RentalEnding.NO_FURTHER_SCRIPT),
                end(0, null, 1, 0)))
        .doesNotContain("budget");
  }

  @Test
  void countsEqualFailuresTogetherAndNamesLogAndProvider() {
    var events = new ArrayList<RunEvent>();
    events.add(started("golem"));
    events.add(opened(0, "evil\033[2Jhost"));
    for (var i = 0; i < 5; i++) {
      events.add(new RunEvent.BatchStarted(i, 0, "count", FragmentSet.of(i)));
      var attempt = new RunEvent.AttemptFailure(i, EXIT_3, 3, "logs/count/" + i + ".log");
      events.add(
          new RunEvent.BatchFinished(i, FragmentSet.EMPTY, List.of(attempt), null, 10, 0, 0));
      events.add(
          new RunEvent.FragmentFailed(
              "count", i, "fragment " + i + " (a.txt)", 3, EXIT_3, "logs/count/" + i + ".log"));
    }
    events.add(end(1, Failure.of(FailureKind.COMMAND, "A fragment of `count` failed."), 0, 5));

    var shown = shown(events.toArray(RunEvent[]::new));

    assertThat(shown)
        .doesNotContain("\033")
        .containsOnlyOnce("failed: stage count, fragment 0 (a.txt): `run` exited with 3.")
        .contains(
            """
            error: 5 fragments of stage `count` failed: `run` exited with 3.
              fragment 0 (a.txt), 3 attempts, last on evil\\x1b[2Jhost
                log: texts/.golem-pipeline/runs/r1/logs/count/0.log
            """)
        .contains("  and 2 more\n")
        .contains("words: ended after 1.5 s: A fragment of `count` failed.\n")
        .contains("  cost       0.25 GLM accepted\n");
  }

  @Test
  void showsWhatAFailingFragmentWroteLastOnceForAReason() throws IOException {
    Files.writeString(folder.resolve("1.log"), " \n");
    Files.writeString(
        folder.resolve("2.log"),
        "noise\n".repeat(1000) + "a\n\n\033[31mred\033[0m\007\r\nno such file\n");
    Files.writeString(folder.resolve("3.log"), "another");

    var shown = shown(started("local"), failed(1), failed(2), failed(3), end(1, EXIT_3, 0, 3));

    assertThat(shown)
        .contains(
            """
                log: texts/.golem-pipeline/runs/r1/2.log
                | noise
                | noise
                | noise
                | noise
                | noise
                | noise
                | noise
                | a
                | red\\x07
                | no such file
              fragment 3, 1 attempt
            """
                .indent(0))
        .doesNotContain("another", "\033");
  }

  @Test
  void readsNoMoreOfALogThanItsEndAndNothingOutside() throws IOException {
    var run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(folder.resolve("secret"), "mine");
    Files.createSymbolicLink(run.resolve("link"), folder.resolve("secret"));
    Files.writeString(run.resolve("long"), "ü".repeat(100_000) + "!");

    assertThat(LastWords.of(run, "../secret")).isEmpty();
    assertThat(LastWords.of(run, "link")).isEmpty();
    assertThat(LastWords.of(run, "gone")).isEmpty();
    assertThat(LastWords.of(run, "long")).containsExactly("…" + "ü".repeat(999) + "!");
  }

  private static RunEvent failed(int fragment) {
    return new RunEvent.FragmentFailed(
        "count", fragment, "fragment " + fragment, 1, EXIT_3, fragment + ".log");
  }

  @Test
  void keepsSoManyReasonsAndCountsTheRest() {
    var events = new ArrayList<RunEvent>();
    events.add(started("local"));
    for (var i = 0; i < 1000; i++) {
      var reason = "reason " + Character.toString('a' + i % 26) + i / 26;
      var failure = Failure.of(FailureKind.COMMAND, reason.replaceAll("[0-9]", "") + "x".repeat(i));
      events.add(new RunEvent.FragmentFailed("count", i, "fragment " + i, 1, failure, null));
    }
    events.add(end(1, EXIT_3, 0, 1000));

    var shown = shown(events.toArray(RunEvent[]::new));

    assertThat(shown.lines().filter(line -> line.startsWith("error: 1 fragment of"))).hasSize(20);
    assertThat(shown).contains("980 fragments failed for other reasons");
  }

  @Test
  void drawsABlockThatFitsTheTerminal() {
    var tally = new RunTally();
    feed(
        tally,
        started("golem"),
        new RunEvent.StageExpanded("count", 20_000),
        opened(0, "local-1"),
        new RunEvent.BatchStarted(0, 0, "count", FragmentSet.range(0, 10_000)),
        finished(0, FragmentSet.range(0, 10_000)),
        new RunEvent.BatchStarted(1, 0, "count", FragmentSet.range(10_000, 10_050)));
    var lines = new ProgressLines(tally, false);

    for (var columns : new int[] {20, 40, 80, 200}) {
      assertThat(lines.block(START.plusSeconds(10), new Screen.Size(columns + 1, 24)))
          .hasSize(3)
          .allSatisfy(line -> assertThat(TerminalText.width(line)).isLessThanOrEqualTo(columns));
    }
    assertThat(lines.block(START.plusSeconds(10), new Screen.Size(101, 24)).get(1))
        .contains("━", "50% 10,000/20,000, about 10 s left, 50 under way");
    assertThat(lines.line(START.plusSeconds(10)))
        .isEqualTo(
            "00:10  count 50% 10,000/20,000, about 10 s left, 50 under way; 1 provider working");
  }

  @Test
  void aLowTerminalShowsFewerStages() {
    var tally = new RunTally();
    feed(tally, started("local"), opened(0, "local-1"));
    for (var i = 0; i < 12; i++) {
      feed(
          tally,
          new RunEvent.StageExpanded("stage_" + i, 4),
          new RunEvent.BatchStarted(i, 0, "stage_" + i, FragmentSet.range(0, 4)));
    }
    var lines = new ProgressLines(tally, false);

    for (var high : new int[] {4, 5, 8, 13, 24, 60}) {
      var stages = Math.min(10, high - 3);
      var block = lines.block(START, new Screen.Size(80, high));
      assertThat(block).hasSize(stages + 3);
      assertThat(block.get(stages)).contains("stage_" + (stages - 1));
      assertThat(block.get(stages + 1)).isEqualTo("  and %d more stages".formatted(13 - stages));
      assertThat(block.get(stages + 2)).contains("1 worker busy");
    }
    assertThat(lines.block(START, new Screen.Size(80, 1))).hasSize(4);
  }

  @Test
  void aNarrowTerminalStillHasTheBarAndThePercentage() {
    var tally = new RunTally();
    feed(
        tally,
        new RunEvent.RunStarted(
            "r1",
            "a-rather-long-name-of-a-pipeline",
            "p.yaml",
            "golem",
            "s1",
            2,
            List.of("a_rather_long_name"),
            List.of(),
            null,
            List.of()),
        new RunEvent.StageExpanded("a_rather_long_name", 200_000),
        opened(0, "local-1"),
        new RunEvent.BatchStarted(0, 0, "a_rather_long_name", FragmentSet.range(0, 100_000)),
        finished(0, FragmentSet.range(0, 100_000)),
        new RunEvent.BatchStarted(1, 0, "a_rather_long_name", FragmentSet.range(100_000, 100_500)),
        new RunEvent.FragmentFailed("a_rather_long_name", 7, "fragment 7", 1, EXIT_3, null));
    var lines = new ProgressLines(tally, false);

    assertThat(lines.block(START.plusSeconds(4000), new Screen.Size(60, 24)))
        .containsExactly(
            "a-rather-long-name-of-a-pipeline  on Golem with u…  1:06:40",
            "  a_rather_long… ━━━━━──────  50% 100,000/200,000, 1 failed",
            "  1 provider working");
    assertThat(lines.block(START.plusSeconds(4000), new Screen.Size(141, 24)).get(1))
        .isEqualTo(
            "  a_rather_long_n… ━━━━━━━━━━━━────────────  50% 100,000/200,000, 1 failed,"
                + " about 1 h 06 min left, 500 under way");
    assertThat(lines.block(START.plusSeconds(10), new Screen.Size(21, 24)).get(1)).contains("50%");
    assertThat(lines.block(START.plusSeconds(10), new Screen.Size(41, 24)).get(1)).contains("50%");
  }

  @Test
  void whatAnEarlierRunLeftIsNoSpeed() {
    var tally = new RunTally();
    feed(
        tally,
        started("local"),
        new RunEvent.StageExpanded("count", 1000),
        new RunEvent.FragmentsReused("count", FragmentSet.range(0, 800)),
        new RunEvent.StageReused("count", 800, 200, List.of()),
        opened(0, "local-1"));
    var later = START.plusSeconds(60);
    tally.add(
        new StampedEvent(
            0, later, new RunEvent.BatchStarted(0, 0, "count", FragmentSet.range(800, 850))));
    var lines = new ProgressLines(tally, false);

    assertThat(lines.line(later.plusSeconds(10)))
        .isEqualTo("01:10  count 80% 800/1,000, 50 under way; 1 worker busy");
    feed(tally, finished(0, FragmentSet.range(800, 850)));
    assertThat(lines.line(later.plusSeconds(10)))
        .isEqualTo("01:10  count 85% 850/1,000, about 30 s left; 1 worker busy");
  }

  @Test
  void aRunOnThisMachineKnowsNoMarket() {
    var market =
        new RunEvent[] {
          new RunEvent.AllocationCreated("al-1", BigDecimal.ONE, "p"),
          new RunEvent.RentalRequested(0, "image", Set.of()),
          new RunEvent.ProposalReceived("0x1", "local-1", false),
          new RunEvent.AgreementCreated("g", "0x1"),
          new RunEvent.AgreementApproved("g", "0x1", "local-1"),
          new RunEvent.StartFailed("0x1", "local-1", "image", false, "why"),
          new RunEvent.ProviderPaused("0x1", 2, START.plusSeconds(9)),
          new RunEvent.ProviderBanned("0x1", "count"),
          new RunEvent.FragmentsCopied("count", FragmentSet.of(0)),
          new RunEvent.StopRequested(EXIT_3)
        };
    var golem = List.of("provider", "offer", "agreement", "GLM", "rent", "paying", "market");
    var tally = new RunTally();
    var announcements = new Announcements(tally, false);
    var words = new EventText(tally);
    feed(tally, started("local"));
    var said = new StringBuilder(shown(started("local")));
    for (var event : market) {
      var stamped = new StampedEvent(0, START, event);
      tally.add(stamped);
      announcements.of(stamped).ifPresent(said::append);
      words.of(event).ifPresent(said::append);
      said.append(new ProgressLines(tally, false).block(START, new Screen.Size(201, 24)));
    }
    feed(tally, failed(1), new RunEvent.StageFinished("count", 1, 1), end(1, EXIT_3, 1, 1));
    said.append(new Summary(tally, folder, false).text());

    assertThat(said).contains("starting workers", "paused: worker").doesNotContain(golem);
  }

  @Test
  void showsTheFunnelOfOffersWhileNobodyIsThere() {
    var tally = new RunTally();
    feed(
        tally,
        started("golem"),
        new RunEvent.RentalRequested(0, "image", Set.of()),
        new RunEvent.ProposalReceived("0x1", "a", false),
        new RunEvent.ProposalReceived("0x2", "b", false),
        new RunEvent.ProposalRejected("0x1", false, "price too high"),
        new RunEvent.ProposalReceived("0x2", "b", true),
        new RunEvent.AgreementCreated("g", "0x2"));

    assertThat(new ProgressLines(tally, false).block(START, new Screen.Size(201, 24)))
        .last()
        .isEqualTo(
            "  looking for machines: 2 providers, 1 refused (1 × price too high), 1 answer,"
                + " 0 of 1 agreement approved");
  }

  @Test
  void startingTheImageIsAPhaseOfItsOwn() {
    var tally = new RunTally();
    var lines = new ProgressLines(tally, false);
    feed(
        tally,
        started("golem"),
        new RunEvent.RentalRequested(0, "image", Set.of()),
        new RunEvent.AgreementCreated("ag", "0x1"),
        new RunEvent.AgreementApproved("ag", "0x1", "a"),
        new RunEvent.RentalRequested(1, "image", Set.of()));
    assertThat(lines.block(START, new Screen.Size(201, 24)))
        .last()
        .asString()
        .startsWith("  looking for machines: ");

    feed(tally, new RunEvent.ActivityCreated("act", "ag"));
    assertThat(lines.block(START, new Screen.Size(201, 24)))
        .last()
        .isEqualTo("  starting the image on 1 provider");
    feed(tally, new RunEvent.ImageArriving("ag", 42_000_000, 90_000_000));
    assertThat(lines.block(START, new Screen.Size(201, 24)))
        .last()
        .isEqualTo("  starting the image on 1 provider, 42.0 MB of 90.0 MB (46 %) there");
    feed(tally, new RunEvent.ActivityCreated("act-2", "ag-2"), opened(0, "a"));
    assertThat(lines.line(START)).endsWith("1 provider working, 1 starting the image");
    feed(tally, new RunEvent.AgreementTerminated("ag-2", false, "The activity did not start."));
    assertThat(lines.line(START)).endsWith("1 provider working");
  }

  /** A frame is made of what is known of stages, however many fragments they have. */
  @Test
  void aFrameCostsTheSameForAHundredThousandFragments() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    var bytes = new ArrayList<Long>();
    for (var fragments : new int[] {100, 100_000}) {
      var tally = new RunTally();
      feed(
          tally,
          started("local"),
          new RunEvent.StageExpanded("count", fragments),
          opened(0, "local-1"));
      for (var i = 0; i < fragments / 2; i++) {
        feed(
            tally,
            new RunEvent.BatchStarted(i, 0, "count", FragmentSet.of(i)),
            finished(i, FragmentSet.of(i)));
      }
      var lines = new ProgressLines(tally, false);
      for (var i = 0; i < 50; i++) {
        assertThat(lines.block(START.plusSeconds(10), new Screen.Size(121, 24)).get(1))
            .contains("50%");
      }
      var before = threads.getCurrentThreadAllocatedBytes();
      lines.block(START.plusSeconds(10), new Screen.Size(121, 24));
      bytes.add(threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(bytes.get(1)).isLessThan(2 * bytes.get(0));
  }

  @Test
  void saysWhatStaysBehindWhenItIsCutOff() {
    var tally = new RunTally();
    feed(
        tally,
        started("golem"),
        new RunEvent.AllocationCreated("al-1", BigDecimal.ONE, "erc20-hoodi-tglm"),
        new RunEvent.AgreementApproved("ag-1", "0x1", "a"),
        new RunEvent.AgreementApproved("ag-2", "0x2", "b"),
        new RunEvent.AgreementTerminated("ag-1", false, "done"));

    assertThat(tally.leftOpen())
        .anySatisfy(line -> assertThat(line).contains("1 agreement is still open").contains("ag-2"))
        .anySatisfy(line -> assertThat(line).contains("al-1"))
        .noneSatisfy(line -> assertThat(line).contains("ag-1"));
  }

  @Test
  void countsTheLargestDocumentOfAnAgreement() {
    var cost = new CostTally();
    cost.debitNote("a", new BigDecimal("0.1"));
    cost.debitNote("a", new BigDecimal("0.3"));
    cost.debitNote("b", new BigDecimal("0.2"));
    cost.invoice("a", new BigDecimal("0.35"));

    assertThat(cost.accepted()).isEqualByComparingTo("0.55");
  }

  @Test
  void showsAWarningOfAStrategyOnceAndNotWhatAPlanHasShown() {
    var warning =
        new RunEvent.StrategyWarned("cut", "media/concat", "It lacks \u001b a word.", false);
    var planned = new RunEvent.StrategyWarned("cut", "media/segments", "Left out.", true);

    assertThat(shown(started("local"), planned, warning, warning))
        .containsOnlyOnce("warning: stage cut, media/concat: It lacks")
        .doesNotContain("\u001b", "Left out");
  }

  @Test
  void aWordyRunHasALineForEveryEvent() {
    var everything = RunReport.Detail.EVERYTHING;
    var reason = new RunEvent.AttemptFailure(5, EXIT_3, 3, "logs/count/5.log");
    assertThat(
            shown(
                everything,
                started("local"),
                new RunEvent.StageExpanded("count", 9),
                new RunEvent.AgreementCreated("g", "0x1"),
                opened(0, "local-1"),
                new RunEvent.BatchStarted(0, 0, "count", FragmentSet.range(0, 9)),
                new RunEvent.BatchFinished(
                    0, FragmentSet.range(0, 5), List.of(reason), null, 1200, 2048, 100),
                failed(5),
                failed(5),
                new RunEvent.StageFinished("count", 9, 0)))
        .isEqualTo(
            """
            00:00  words: running on this machine with 2 workers
            00:00  count: has 9 fragments
            00:00  worker 0: ready, local-1 with 1 thread
            00:00  script 0: to worker 0 with fragments 0-8 of stage count
            00:00  script 0: back after 1.2 s, 2.0 kB sent, 100 B received, 5 fragments done,\
             fragment 5 failed: `run` exited with 3.
            00:00  failed: stage count, fragment 5: `run` exited with 3.\
             Log: texts/.golem-pipeline/runs/r1/5.log
            00:00  count: fragment 5 is given up after 1 attempt: `run` exited with 3.
            00:00  count: 9 fragments done, 2 failed
            """);
    var tally = new RunTally();
    feed(tally, started("golem"));
    for (var type : RunEvent.class.getPermittedSubclasses()) {
      assertThat(new EventText(tally).of(Events.sampleOf(type))).as(type.getName()).isPresent();
    }
  }

  @Test
  void takesEveryKindOfEvent() {
    var tally = new RunTally();
    for (var type : RunEvent.class.getPermittedSubclasses()) {
      assertThat(Events.sampleOf(type)).satisfies(event -> feed(tally, event));
    }
  }

  @Test
  void aQuietRunIsHeardOfOnlyIfItFails() {
    var quiet = RunReport.Detail.TROUBLE;
    assertThat(shown(quiet, started("local"), failed(1), end(0, null, 1, 0))).isEmpty();
    assertThat(shown(quiet, started("local"), failed(1), end(1, EXIT_3, 0, 1)))
        .startsWith("error: 1 fragment of stage `count` failed: `run` exited with 3.");
  }

  private String shown(RunEvent... events) {
    return shown(RunReport.Detail.USUAL, events);
  }

  private String shown(RunReport.Detail detail, RunEvent... events) {
    var bytes = new ByteArrayOutputStream();
    var screen =
        new Screen(
            new PrintStream(bytes, false, StandardCharsets.UTF_8),
            false,
            false,
            () -> Screen.Size.USUAL);
    try (var report = RunReport.open(screen, folder, detail, Clock.fixed(START, ZoneOffset.UTC))) {
      var sequence = 0;
      for (var event : events) {
        report.accept(new StampedEvent(sequence++, START, event));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void feed(RunTally tally, RunEvent... events) {
    for (var event : events) {
      tally.add(new StampedEvent(0, START, event));
    }
  }

  private static RunEvent started(String target) {
    return new RunEvent.RunStarted(
        "r1",
        "words",
        "texts/pipeline.yaml",
        target,
        "s1",
        2,
        List.of("count"),
        List.of(),
        null,
        List.of());
  }

  private static RunEvent opened(int rental, String name) {
    return new RunEvent.RentalOpened(
        rental, "ag", "0x1", name, 1, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  private static RunEvent finished(int batch, FragmentSet done) {
    return new RunEvent.BatchFinished(batch, done, List.of(), null, 100, 0, 0);
  }

  private static RunEvent end(int code, @Nullable Failure failure, int done, int failed) {
    var took = Duration.ofMillis(1500).toMillis();
    return new RunEvent.RunFinished(
        code, failure, done, failed, failed, 2, new BigDecimal("0.250"), took);
  }
}
