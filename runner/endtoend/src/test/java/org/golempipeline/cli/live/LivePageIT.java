package org.golempipeline.cli.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.golempipeline.cli.Browser;
import org.golempipeline.cli.BrowserTab;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.html.LivePage;
import org.golempipeline.journal.Journal;
import org.golempipeline.journal.JournalTail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run of 100,000 fragments that goes on, as a real browser shows it. */
@Timeout(240)
class LivePageIT {
  private static final int FRAGMENTS = 100_000;
  private static final int IN_SCRIPT = 50;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Failure BAD = Failure.of(FailureKind.COMMAND, "It exited with 7.");

  @TempDir Path folder;
  private long sequence;

  @Test
  void isKeptUpToDateSearchedAndSeenEverywhere() throws Exception {
    assumeThat(Browser.installed()).isPresent();
    var run = Files.createDirectories(folder.resolve("20260101-000000-aaaaaa"));
    var ago = Duration.between(Instant.now(), BEGIN.plusSeconds(3000));
    var page = new LivePage(run, ZoneOffset.UTC, Clock.offset(Clock.systemUTC(), ago));
    try (var journal = Journal.create(run.resolve("journal.ndjson"));
        var tail = JournalTail.open(run, page::add);
        var server = PageServer.start(page, 0);
        var tab =
            BrowserTab.open(
                Browser.installed().get(), Files.createDirectory(folder.resolve("profile")))) {
      write(journal, begun());
      tail.read();

      tab.go(server.url(), 1280, false);

      assertThat(tab.text("document.title")).isEqualTo("many, still running");
      assertThat(tab.text("document.body.innerText"))
          .contains("99,950\nof 100,000", "Providers over time", "1 to 50 of 100,000.");
      assertThat(Double.parseDouble(tab.text("document.body.outerHTML.length")))
          .isLessThan(1 << 20);
      tab.text("document.querySelector('#stages details').open = true");

      // Search, and the log of what failed.
      Files.createDirectories(run.resolve("logs/one"));
      Files.writeString(run.resolve("logs/one/99950.log"), "<b>no</b> such file\n");
      write(
          journal,
          new RunEvent.BatchFinished(
              FRAGMENTS / IN_SCRIPT - 1,
              FragmentSet.range(FRAGMENTS - IN_SCRIPT + 1, FRAGMENTS),
              List.of(
                  new RunEvent.AttemptFailure(FRAGMENTS - IN_SCRIPT, BAD, 7, "logs/one/99950.log")),
              null,
              4000,
              1,
              1));
      tail.read();
      ChildJvm.await(
          "the part that is new",
          () -> tab.is("document.getElementById('outcome').innerText.includes('99,999')"));
      assertThat(tab.is("document.querySelector('#stages details').open")).isTrue();
      tab.text(
          """
          document.querySelector('[name=text]').value = 'exited with';
          document.querySelector('[name=text]').dispatchEvent(new Event('input', {bubbles: true}))
          """);
      ChildJvm.await(
          "what was searched for",
          () -> tab.is("document.getElementById('found').innerText.includes('1 to 1 of 1.')"));
      tab.text("document.querySelector('#found details').open = true");
      assertThat(tab.text("document.getElementById('found').innerText"))
          .contains("one/99950", "to be tried again", "It exited with 7.", "<b>no</b> such file");

      tab.text(
          """
          document.querySelector('[name=text]').value = '';
          document.querySelector('[name=order]').value = 'MEMORY';
          document.querySelector('[name=order]').dispatchEvent(new Event('input', {bubbles: true}))
          """);
      ChildJvm.await(
          "another order",
          () -> tab.is("document.querySelector('#found tbody tr').innerText.includes('2.1 GB')"));
      assertThat(tab.text("document.querySelector('#found tbody th').innerText"))
          .isEqualTo("one/99900");

      for (var width : new int[] {390, 1280}) {
        for (var dark : new boolean[] {true, false}) {
          tab.look(width, dark);
          assertThat(tab.is("document.documentElement.scrollWidth <= innerWidth")).isTrue();
          assertThat(tab.text("getComputedStyle(document.body).backgroundColor"))
              .isEqualTo(dark ? "rgb(16, 20, 27)" : "rgb(246, 247, 249)");
          assertThat(tab.text("getComputedStyle(document.querySelector('input')).color"))
              .isEqualTo(dark ? "rgb(229, 233, 240)" : "rgb(27, 35, 48)");
        }
      }

      write(
          journal,
          new RunEvent.RunFinished(0, null, FRAGMENTS, 0, 0, 20, BigDecimal.ONE, 3_000_000));
      tail.read();
      page.end();
      ChildJvm.await("the end", () -> tab.is("document.title === 'many, done'"));
      assertThat(tab.is("document.body.classList.contains('cut')")).isFalse();
      assertThat(tab.errors()).isEmpty();
    }
  }

  /** Scripts of 50 fragments on 20 providers; the last one is not back. */
  private static RunEvent[] begun() {
    var events = new ArrayList<RunEvent>();
    events.add(
        new RunEvent.RunStarted(
            "r",
            "many",
            "many.yaml",
            "golem",
            "s",
            20,
            List.of("one"),
            List.of(),
            null,
            List.of()));
    events.add(new RunEvent.StageExpanded("one", FRAGMENTS));
    for (var i = 0; i < 20; i++) {
      events.add(
          new RunEvent.RentalOpened(
              i,
              "a" + i,
              "p" + i,
              "provider-" + i,
              4,
              BigDecimal.ZERO,
              BigDecimal.ZERO,
              new BigDecimal("0.0001")));
    }
    for (var i = 0; i < FRAGMENTS / IN_SCRIPT; i++) {
      var fragments = FragmentSet.range(i * IN_SCRIPT, (i + 1) * IN_SCRIPT);
      events.add(new RunEvent.BatchStarted(i, i % 20, "one", fragments));
      if (i % 50 == 0) {
        events.add(
            new RunEvent.DebitNoteAccepted(
                "n" + i, "a" + i % 20, new BigDecimal("0.001").multiply(BigDecimal.valueOf(i))));
      }
      if (i < FRAGMENTS / IN_SCRIPT - 1) {
        var figures =
            new RunEvent.Figures(
                Collections.nCopies(IN_SCRIPT, 60),
                Collections.nCopies(IN_SCRIPT, 50),
                Collections.nCopies(IN_SCRIPT, 1L),
                Collections.nCopies(IN_SCRIPT, (i + 1L) << 20));
        events.add(
            new RunEvent.BatchFinished(i, fragments, List.of(), null, 3000 + i, 1, 1, figures));
      }
    }
    return events.toArray(RunEvent[]::new);
  }

  private void write(Journal journal, RunEvent... events) throws IOException {
    for (var event : events) {
      journal.accept(new StampedEvent(sequence, BEGIN.plusMillis(500 * sequence), event));
      sequence++;
    }
  }
}
