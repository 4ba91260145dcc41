package org.golempipeline.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.AttemptFailure;
import org.golempipeline.event.RunEvent.BatchFinished;
import org.golempipeline.event.RunEvent.BatchStarted;
import org.golempipeline.journal.EventJson;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunPageTest {
  private static final Path RECORDINGS = Path.of("../engine/src/test/resources/recordings");
  private static final String HOSTILE =
      "</bdi></title></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"\n&amp;"
          + "\u202e\u0000";
  private static final Failure EXIT_3 =
      new Failure(FailureKind.COMMAND, "`run` exited with 3.", "Look at its log.");

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void name() {
    run = folder.resolve("20261124-120000-abcdef");
  }

  // ---- runs that were recorded

  @ParameterizedTest
  @CsvSource({
    "success, done, The run is complete., false",
    "cut-by-first, done, 'fragment 123 was first, the rest was cancelled', false",
    "failure-with-retries, failed, A fragment of only failed., true",
    "verify-with-a-liar, done, 1 provider banned for false results, true",
  })
  void aRecordedRunSaysHowItEnded(
      String recording, String pill, String fact, boolean somethingFailed) throws IOException {
    Files.createDirectories(run);
    Files.copy(
        RECORDINGS.resolve(recording).resolve("journal.ndjson"), run.resolve("journal.ndjson"));

    var page = Page.of(run);

    assertThat(page.all("title").get(0)).isEqualTo("simulated, " + pill);
    assertThat(page.text()).contains(fact);
    assertThat(page.all("h2").contains("What failed")).isEqualTo(somethingFailed);
  }

  @Test
  void failuresAreCountedByCauseWithTheCommandThatReplaysOne() throws IOException {
    Files.createDirectories(run);
    Files.copy(
        RECORDINGS.resolve("failure-with-retries/journal.ndjson"), run.resolve("journal.ndjson"));

    var page = Page.of(run);

    assertThat(page.text())
        .contains("1 fragment given up, by cause.", "only 17 (2 attempts, last on p0, exit code 7)")
        .contains("11 attempts failed because of the command", "only: exit status 102 6 attempts");
    assertThat(page.all("pre"))
        .contains("golem-pipeline repro only/17 f.yaml --run 20261124-120000-abcdef");
    assertThat(page.row("only")).containsSequence("failed", "40");
  }

  /** Looking at a run that goes on changes nothing of what it adds up to; also if it dies. */
  @ParameterizedTest
  @ValueSource(strings = {"success", "cut-by-first", "failure-with-retries", "verify-with-a-liar"})
  void aPageThatWasWatchedEndsAsTheOneThatIsWritten(String recording) throws IOException {
    var events = Files.readAllLines(RECORDINGS.resolve(recording).resolve("journal.ndjson"));
    Files.createDirectories(run);
    for (var some : List.of(events, events.subList(0, events.size() / 2))) {
      Files.write(run.resolve("journal.ndjson"), some);
      var live =
          new LivePage(run, ZoneOffset.UTC, new TickingClock(EventJson.read(some.get(0)).at()));
      for (var i = 0; i < some.size(); i++) {
        live.add(EventJson.read(some.get(i)));
        if (i % 20 == 0) {
          assertThat(live.since(0).over()).isFalse();
        }
      }
      live.end();

      var written = Page.of(run).html();

      var changes = live.since(0);
      assertThat(changes.over()).isTrue();
      assertThat(changes.parts()).containsKeys("outcome", "stages", "time", "providers", "money");
      changes
          .parts()
          .forEach(
              (name, text) ->
                  assertThat(written)
                      .as(name)
                      .contains(name.equals("title") ? ">" + text + "<" : ">" + text + "</div>"));
    }
  }

  // ---- what is on the page

  @Test
  void fragmentsAreThereOneByOneTheSlowestFirst() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("local", "count"))
          .add(new RunEvent.StageExpanded("count", 400))
          .add(opened(0, "atlas"))
          .add(new RunEvent.FragmentsReused("count", FragmentSet.range(100, 200)))
          .add(new BatchStarted(0, 0, "count", FragmentSet.range(0, 3)))
          .add(new BatchStarted(1, 0, "count", FragmentSet.range(3, 5)))
          .at(9)
          .add(finished(0, FragmentSet.range(0, 3), 900))
          .add(
              new BatchFinished(
                  1,
                  FragmentSet.of(3),
                  List.of(new AttemptFailure(4, EXIT_3, 3, null)),
                  null,
                  4000,
                  0,
                  0));
    }

    var page = Page.of(run);

    assertThat(page.row("count/3")).containsExactly("count/3", "done", "atlas", "1", "2.0 s", "");
    assertThat(page.row("count/4"))
        .containsSequence(
            "to be tried again", "atlas", "1", "2.0 s", "`run` exited with 3.".replace("`", ""));
    assertThat(page.row("count/2")).containsSequence("done", "atlas", "1", "300 ms");
    assertThat(page.text())
        .contains("Fragments, the slowest first", "1 to 5 of 5.")
        .containsSubsequence("count/3", "count/4", "count/0", "count/1", "count/2", "1 to 5");
    assertThat(page.all("tr")).hasSizeLessThan(100);
    assertThat(page.html()).doesNotContain("<form", "<script", "<button", "data-version");
  }

  @Test
  void whatFragmentsTookIsWhatTheirProvidersSay() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("local", "count"))
          .add(new RunEvent.StageExpanded("count", 3))
          .add(opened(0, "atlas"))
          .add(new BatchStarted(0, 0, "count", FragmentSet.range(0, 3)))
          .at(9)
          .add(
              new BatchFinished(
                  0,
                  FragmentSet.of(0, 2),
                  List.of(new AttemptFailure(1, EXIT_3, 3, null)),
                  null,
                  9000,
                  0,
                  0,
                  new RunEvent.Figures(
                      List.of(700, 50, -1),
                      List.of(20, 2500, -1),
                      List.of(1500L, 0L, 7L),
                      List.of(-1L, 70_000_640L, 4096L))));
    }

    var page = Page.of(run);

    assertThat(page.row("count/0")).containsSequence("1", "700 ms", "20 ms", "–", "1.5 kB");
    assertThat(page.row("count/1")).containsSequence("1", "50 ms", "2.5 s", "70.0 MB", "0 B");
    assertThat(page.row("count/2")).containsSequence("1", "3.0 s", "–", "4.1 kB", "7 B");
    assertThat(page.text())
        .containsSubsequence(
            "the slowest first",
            "count/2",
            "count/0",
            "count/1",
            "the most CPU time first",
            "count/1",
            "count/0",
            "1 to 2 of 2.",
            "the most memory first",
            "count/1",
            "count/2",
            "1 to 2 of 2.");
  }

  @Test
  void aRunOnThisMachineKnowsNoMarket() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("local", "count"))
          .add(new RunEvent.AllocationCreated("al", BigDecimal.ONE, "local"))
          .add(new RunEvent.RentalRequested(0, "some/image", Set.of()))
          .add(new RunEvent.ProposalReceived("p0", "atlas", false))
          .at(1)
          .add(new RunEvent.AgreementApproved("a0", "p0", "atlas"))
          .add(opened(0, "atlas"))
          .add(new BatchStarted(0, 0, "count", FragmentSet.of(0)))
          .at(2)
          .add(finished(0, FragmentSet.of(0), 1000))
          .at(3)
          .add(new RunEvent.RunFinished(0, null, 1, 0, 0, 1, BigDecimal.ZERO, 3000));
    }

    assertThat(Page.of(run).text())
        .contains("Workers over time")
        .doesNotContain("rovider", "rented", "reserved", "greement", "The market");
  }

  @Test
  void aSearchThatWasCalledOffDidNotFail() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("golem", "count"))
          .add(new RunEvent.RentalRequested(0, "some/image", Set.of()))
          .add(new RunEvent.RentalRequested(1, "some/image", Set.of()))
          .add(new RunEvent.RentalFailed(1, EXIT_3))
          .add(new RunEvent.RentalEnding(0, "all work is done"))
          .add(new RunEvent.RentalFailed(0, EXIT_3));
    }

    assertThat(Page.of(run).text()).contains("1 search for a provider found none");
  }

  @Test
  void timeIsAccountedForWithoutRest() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("golem", "count"))
          .at(1)
          .add(new RunEvent.StageExpanded("count", 4))
          .at(2)
          .add(new RunEvent.RentalRequested(0, "some/image", Set.of()))
          .at(6)
          .add(new RunEvent.AgreementApproved("a0", "p0", "atlas"))
          .at(9)
          .add(opened(0, "atlas"))
          .at(10)
          .add(new BatchStarted(0, 0, "count", FragmentSet.range(0, 4)))
          .at(20)
          .add(finished(0, FragmentSet.range(0, 4), 10_000))
          .at(21)
          .add(new RunEvent.MergeStarted("count"))
          .at(24)
          .add(new RunEvent.MergeFinished("count", 1, 10))
          .add(new RunEvent.StageFinished("count", 4, 0))
          .add(new RunEvent.PublishStarted(1))
          .add(new RunEvent.RentalEnding(0, "all work is done"))
          .at(26)
          .add(new RunEvent.RentalClosed(0))
          .add(end(0, null, 4, 0, 26_000));
    }

    var page = Page.of(run);

    assertThat(page.row("scripts running")).containsExactly("scripts running", "10 s", "38 %");
    assertThat(page.row("merging on this machine, nothing running")).contains("3.0 s");
    assertThat(page.row("starting images, nothing running")).contains("3.0 s");
    assertThat(page.row("looking for providers, nothing running")).contains("4.0 s");
    assertThat(page.row("providers idle, nothing to send")).contains("2.0 s");
    assertThat(page.row("before anything was asked of the network")).contains("2.0 s");
    assertThat(page.row("publishing, ending, paying")).contains("2.0 s");
    assertThat(page.row("image being started")).contains("3.0 s", "15 %");
    assertThat(page.row("idle, or being let go")).contains("7.0 s", "35 %");
    assertThat(page.row("atlas")).contains("20 s", "10 s", "50 %");
    assertThat(page.row("all work is done")).containsExactly("all work is done", "1");
    assertThat(page.row("count")).endsWith("4", "–", "–", "–", "–", "–", "1", "2.5 s");
    assertThat(page.text()).contains("10 s of 20 s", "merge 3.0 s to 1 file, 10 B");
  }

  @Test
  void moneyIsShownWithItsArithmetic() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("golem", "count"))
          .add(new RunEvent.AllocationRequested(BigDecimal.TEN, Instant.EPOCH, "erc20-x-tglm"));
      for (var i = 0; i < 3; i++) {
        journal
            .add(new RunEvent.RentalRequested(i, "some/image", Set.of()))
            .add(new RunEvent.AgreementApproved("a" + i, "p" + i, "name " + i))
            .add(new RunEvent.ActivityCreated("x" + i, "a" + i))
            .add(opened(i, "name " + i));
      }
      journal.at(100);
      for (var i = 0; i < 3; i++) {
        journal
            .add(new RunEvent.ActivityDestroyed("x" + i, "a" + i))
            .add(new RunEvent.AgreementTerminated("a" + i, i == 1, "done"))
            .add(new RunEvent.RentalClosed(i))
            .add(new RunEvent.DebitNoteAccepted("n" + i, "a" + i, new BigDecimal("0.5")));
      }
      journal
          .add(new RunEvent.InvoiceAccepted("v0", "a0", new BigDecimal("1.25")))
          .add(new RunEvent.DocumentRefused("v1", "a1", "9 is more than 0.1 + 0.01 × 100 = 1.1"))
          .add(end(0, null, 0, 0, 100_000))
          .add(
              new RunEvent.SettlementFinished(
                  new BigDecimal("2.25"), 3, List.of("No invoice came for a2.")));
    }

    var page = Page.of(run);

    assertThat(page.text())
        .contains("2.25 GLM, 23 % of the 10 GLM that were reserved", "No invoice came for a2.")
        .contains("what name 1 asked for: 9 is more than 0.1 + 0.01 × 100 = 1.1");
    assertThat(page.elements("table").stream().map(each -> each.getTextContent().strip()))
        .anySatisfy(
            table ->
                assertThat(table)
                    .startsWith("Agreements")
                    .containsSubsequence("name 1", "refused", "name 0", "accepted", "1.25")
                    .containsSubsequence("name 2", "none yet")
                    .contains("0.1 + 1 + 2 × 2 = 5.1")
                    .contains("0.1 to start, 36/h, and 72/h for each busy thread")
                    .contains("provider: done", "run: done"));
    assertThat(page.text()).contains("golem-pipeline settle 20261124-120000-abcdef");
  }

  @Test
  void theEndOfALogIsShownAndOnlyFromTheRunsFolder() throws IOException {
    Files.createDirectories(run.resolve("logs/count"));
    Files.writeString(run.resolve("logs/count/0.log"), "line\n".repeat(5000) + "the <b>clue</b>\n");
    Files.writeString(folder.resolve("secret"), "not for you");
    Files.createSymbolicLink(run.resolve("logs/count/2.log"), folder.resolve("secret"));
    try (var journal = new JournalWriter(run)) {
      journal.add(JournalWriter.started("local", "count"));
      failed(journal, 0, "It exited with 3.", "logs/count/0.log");
      failed(journal, 1, "It is outside.", "../secret");
      failed(journal, 2, "It is a link.", "logs/count/2.log");
      failed(journal, 3, "It is gone.", "logs/count/3.log");
    }

    var page = Page.of(run);

    assertThat(page.all("pre")).anyMatch(text -> text.startsWith("… line line"));
    assertThat(page.all("pre")).anyMatch(text -> text.endsWith("the <b>clue</b>"));
    assertThat(page.html()).doesNotContain("not for you");
    assertThat(page.all("pre").stream().filter(text -> text.contains("repro count/"))).hasSize(8);
  }

  @Test
  void whatWasAskedHasParamsButNoSecret() throws IOException {
    var params =
        List.of(
            new RunEvent.Param("word", "the <i>", null),
            new RunEvent.Param("token", null, null),
            new RunEvent.Param("table", null, "ab".repeat(32)));
    try (var journal = new JournalWriter(run)) {
      journal.add(
          new RunEvent.RunStarted(
              "r1",
              "words",
              "it's.yaml",
              "golem",
              "s",
              7,
              List.of("count"),
              params,
              null,
              List.of("big", "<b>")));
    }

    assertThat(Page.of(run).text())
        .contains("profiles big, <b> word the <i> token a secret table a long value")
        .contains("it's.yaml", "on the Golem Network with up to 7 workers")
        .contains("2026-11-24 12:00:00 Z");
  }

  @Test
  void hintsNameTheNumberThatSaysSo() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("local", "count"))
          .add(new RunEvent.RentalRequested(0, "some/image", Set.of()))
          .at(90)
          .add(opened(0, "atlas"))
          .add(new BatchStarted(0, 0, "count", FragmentSet.of(0)))
          .at(100)
          .add(finished(0, FragmentSet.of(0), 10_000))
          .add(new RunEvent.RentalClosed(0))
          .add(end(0, null, 1, 0, 100_000));
    }

    assertThat(Page.of(run).text())
        .contains("90 % of the time went into looking for providers", "golem.price");
  }

  // ---- runs that did not end in good order

  @Test
  void aRunWhoseProcessDiedSaysHowFarItWas() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal
          .add(JournalWriter.started("local", "count", "join"))
          .add(new RunEvent.StageExpanded("count", 10))
          .add(new RunEvent.RentalRequested(0, "some/image", Set.of()))
          .add(opened(0, "atlas"))
          .add(new BatchStarted(0, 0, "count", FragmentSet.range(0, 5)))
          .at(30)
          .add(finished(0, FragmentSet.range(0, 5), 30_000))
          .add(new BatchStarted(1, 0, "count", FragmentSet.range(5, 8)))
          .at(45)
          .add(new RunEvent.Warned("so far `so` good"));
    }
    Files.writeString(
        run.resolve("journal.ndjson"), "{\"seq\":7,\"at\":\"2026", StandardOpenOption.APPEND);

    var page = Page.of(run);

    assertThat(page.all("title").get(0)).isEqualTo("words, not finished");
    assertThat(page.text())
        .contains("Its process died", "so far 45 s", "of 10", "not back", "so far so good");
    assertThat(page.all("title"))
        .contains("count 5-7: not back when the journal ends, 30 s to 45 s");
    assertThat(page.row("count")).containsSequence("not finished", "10");
    assertThat(page.row("join")).contains("never began");
    assertThat(page.row("atlas")).contains("45 s", "100 %");
  }

  @Test
  void aRunThatDiedAtOnceHasAPage() throws IOException {
    Files.createDirectories(run);
    Files.writeString(run.resolve("journal.ndjson"), "{\"seq\":0,\"at\":\"20");

    assertThat(Page.of(run).text()).startsWith("not finished " + run.getFileName());
  }

  @Test
  void withoutAJournalNothingIsWritten() throws IOException {
    Files.createDirectories(run);

    assertThatThrownBy(() -> Page.of(run)).isInstanceOf(NoSuchFileException.class);
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aPageReplacesTheOneBeforeAsAWhole() throws IOException {
    try (var journal = new JournalWriter(run)) {
      journal.add(JournalWriter.started("local", "count"));
    }
    var target = Files.createDirectory(folder.resolve("some where")).resolve("page.html");

    RunPage.write(run, target, ZoneOffset.UTC);
    RunPage.write(run, target, ZoneOffset.UTC);

    assertThat(target.getParent().toFile().list()).containsExactly("page.html");
    assertThat(target).content().endsWith("</body>\n</html>\n");
  }

  // ---- what strangers write

  @Test
  void nothingThatAStrangerWritesIsMoreThanText() throws IOException {
    var plain = shape(text -> text);
    var hostile = shape(text -> HOSTILE);

    assertThat(hostile.elements("script")).isEmpty();
    assertThat(hostile.elements("img")).isEmpty();
    assertThat(names(hostile)).isEqualTo(names(plain));
    assertThat(hostile.html()).doesNotContain("\u202e", "\u0000", "onerror='");
    assertThat(hostile.text()).contains("<script>alert(1)</script>", "\\u202e\\x00");
  }

  /** Every element and attribute by name: text can be anything, these are ours. */
  private static List<String> names(Page page) {
    return page.elements("*").stream()
        .map(
            element -> {
              var text = new StringBuilder(element.getTagName());
              for (var i = 0; i < element.getAttributes().getLength(); i++) {
                var name = element.getAttributes().item(i).getNodeName();
                text.append(name.equals("class") ? "" : " " + name);
              }
              return text.toString();
            })
        .toList();
  }

  /** A run with as many texts of others as possible, each as {@code text} makes it. */
  private Page shape(UnaryOperator<String> text) throws IOException {
    var failure =
        new Failure(FailureKind.PROVIDER, text.apply("some reason"), text.apply("some hint"));
    Files.createDirectories(run.resolve("logs"));
    Files.writeString(run.resolve("logs/0"), text.apply("some log"));
    try (var journal = new JournalWriter(run)) {
      var params = List.of(new RunEvent.Param(text.apply("word"), text.apply("value"), null));
      var stage = text.apply("stage");
      journal
          .add(
              new RunEvent.RunStarted(
                  "r",
                  text.apply("name"),
                  text.apply("file"),
                  "golem",
                  "s",
                  1,
                  List.of(stage),
                  params,
                  null,
                  List.of(text.apply("profile"))))
          .add(new RunEvent.Warned(text.apply("warning")))
          .add(
              new RunEvent.StrategyWarned(stage, text.apply("split"), text.apply("warning"), false))
          .add(new RunEvent.StageExpanded(stage, 9))
          .add(new RunEvent.StageReused(stage, 0, 9, List.of(text.apply("why"))))
          .add(new RunEvent.AllocationRequested(BigDecimal.ONE, Instant.EPOCH, text.apply("x")))
          .add(new RunEvent.RentalRequested(0, text.apply("image"), Set.of()))
          .add(new RunEvent.ProposalRejected(text.apply("id"), true, text.apply("reason")))
          .at(1)
          .add(
              new RunEvent.RentalOpened(
                  0,
                  text.apply("agreement"),
                  text.apply("id"),
                  text.apply("provider"),
                  1,
                  BigDecimal.ONE,
                  BigDecimal.ONE,
                  BigDecimal.ONE))
          .add(new BatchStarted(0, 0, stage, FragmentSet.range(0, 2)))
          .at(2)
          .add(
              new BatchFinished(
                  0,
                  FragmentSet.of(1),
                  List.of(new AttemptFailure(0, failure, 3, "logs/0")),
                  null,
                  1000,
                  1,
                  1))
          .add(new RunEvent.FragmentFailed(stage, 0, text.apply("label"), 1, failure, "logs/0"))
          .add(new BatchStarted(1, 0, stage, FragmentSet.of(2)))
          .at(3)
          .add(new BatchFinished(1, FragmentSet.EMPTY, List.of(), failure, 1000, 1, 1))
          .add(new RunEvent.RentalFailed(7, failure))
          .add(new RunEvent.ProviderBanned(text.apply("id"), stage))
          .add(new RunEvent.ValueFound(stage, text.apply("value")))
          .add(new RunEvent.DocumentRefused("d", text.apply("agreement"), text.apply("why")))
          .add(new RunEvent.AgreementTerminated(text.apply("agreement"), true, text.apply("why")))
          .add(new RunEvent.OutputPublished(stage, text.apply("path"), 1, 1))
          .add(
              new RunEvent.SettlementFinished(
                  BigDecimal.ZERO, 1, List.of(text.apply("still open"))))
          .add(end(4, failure, 1, 1, 3000));
    }
    return Page.of(run);
  }

  @Test
  void thePageForbidsEverythingButItsOwnStyle() throws IOException {
    var page = shape(text -> text);

    var policy =
        page.elements("meta").stream()
            .filter(meta -> meta.getAttribute("http-equiv").equals("Content-Security-Policy"))
            .map(meta -> meta.getAttribute("content"))
            .toList();
    assertThat(policy).hasSize(1);
    assertThat(policy.get(0)).startsWith("default-src 'none'; style-src 'sha256-");
    assertThat(page.html()).doesNotContain(" style=", "http://", "https://", "url(", "@import");
    assertThat(page.elements("*").stream().filter(each -> each.hasAttribute("href"))).isEmpty();
    assertThat(page.elements("th")).allMatch(cell -> cell.hasAttribute("scope"));
    assertThat(page.elements("table"))
        .allMatch(table -> table.getElementsByTagName("caption").getLength() == 1);
    assertThat(page.elements("svg"))
        .allMatch(svg -> svg.hasAttribute("aria-label") || svg.hasAttribute("aria-hidden"));
  }

  // ---- size

  @Test
  void thePageStaysSmallHoweverMuchThereIs() throws IOException {
    var long1 = "w".repeat(3000);
    try (var journal = new JournalWriter(run)) {
      var stages = new String[300];
      Arrays.setAll(stages, i -> "stage_" + i + "_" + "s".repeat(200));
      journal.add(JournalWriter.started("golem", stages));
      for (var i = 0; i < 3000; i++) {
        var stage = stages[i % stages.length];
        var failure =
            new Failure(
                FailureKind.COMMAND,
                long1 + Character.toString('a' + i % 26) + "x".repeat(i),
                long1);
        journal
            .at(i)
            .add(new RunEvent.Warned(i + long1))
            .add(new RunEvent.RentalRequested(i, i + long1, Set.of()))
            .add(opened(i, long1 + i))
            .add(new BatchStarted(i, i, stage, FragmentSet.range(0, 40)))
            .at(i + 0.9)
            .add(
                new BatchFinished(
                    i,
                    FragmentSet.range(0, 39),
                    List.of(new AttemptFailure(39, failure, 1, "logs/none")),
                    null,
                    900,
                    1,
                    1))
            .add(new RunEvent.FragmentFailed(stage, 39, long1, 1, failure, null))
            .add(new RunEvent.DocumentRefused("d" + i, "a" + i, long1))
            .add(new RunEvent.OutputPublished(stage, long1 + i, 1, 1))
            .add(new RunEvent.RentalClosed(i));
      }
    }

    var page = Page.of(run);

    assertThat(page.html().length()).isLessThan(1 << 20);
    assertThat(page.text())
        .contains("2,980 more for other reasons", "2,960 more", "240 more stages");
  }

  private static RunEvent opened(int rental, String name) {
    return new RunEvent.RentalOpened(
        rental,
        "a" + rental,
        "p" + rental,
        name,
        2,
        new BigDecimal("0.1"),
        new BigDecimal("0.02"),
        new BigDecimal("0.01"));
  }

  private static RunEvent finished(int batch, FragmentSet done, long milliseconds) {
    return new BatchFinished(batch, done, List.of(), null, milliseconds, 10, 20);
  }

  private static void failed(JournalWriter journal, int fragment, String message, String log)
      throws IOException {
    var failure = new Failure(EXIT_3.kind(), message, EXIT_3.hint());
    journal
        .add(new BatchStarted(fragment, 0, "count", FragmentSet.of(fragment)))
        .add(
            new BatchFinished(
                fragment,
                FragmentSet.EMPTY,
                List.of(new AttemptFailure(fragment, failure, 3, log)),
                null,
                10,
                0,
                0))
        .add(new RunEvent.FragmentFailed("count", fragment, "count/" + fragment, 1, failure, log));
  }

  private static RunEvent end(
      int exitCode, @Nullable Failure failure, int done, int failed, long milliseconds) {
    return new RunEvent.RunFinished(
        exitCode, failure, done, failed, failed, 1, new BigDecimal("1.75"), milliseconds);
  }
}
