package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.JournalTail;
import org.golempipeline.report.RunReport;
import org.jspecify.annotations.Nullable;

/**
 * A run of another process, shown as that one shows it, from its journal. For one thread; {@link
 * #leave} for any.
 */
final class LiveRun implements AutoCloseable {
  /** As often as the terminal is drawn. */
  private static final long PAUSE_MILLISECONDS = 100;

  private final EventSink more;
  private final JournalClock clock;
  private final RunReport report;
  private final JournalTail tail;
  private final CountDownLatch left = new CountDownLatch(1);
  private RunEvent.@Nullable RunFinished finished;
  private @Nullable Instant newest;
  private boolean lives = true;

  private LiveRun(Console console, Path runFolder, JournalClock clock, EventSink more)
      throws IOException {
    this.more = more;
    this.clock = clock;
    tail = JournalTail.open(runFolder, this::add);
    report =
        RunReport.open(
            console.screen(), runFolder, RunReport.Detail.USUAL, clock.withZone(ZoneOffset.UTC));
  }

  static LiveRun open(Console console, Path runFolder) throws IOException {
    return open(console, runFolder, new JournalClock(console.clock(), runFolder), event -> {});
  }

  /**
   * @param clock that it keeps right
   * @param more gets the events too
   */
  static LiveRun open(Console console, Path runFolder, JournalClock clock, EventSink more)
      throws IOException {
    return new LiveRun(console, runFolder, clock, more);
  }

  private void add(StampedEvent event) {
    report.accept(event);
    more.accept(event);
    newest = event.at();
    if (event.event() instanceof RunEvent.RunFinished end) {
      finished = end;
    }
  }

  /** Takes in what the journal has by now. */
  void read() throws IOException {
    newest = null;
    lives = tail.read();
    if (newest != null) {
      clock.read(newest);
    }
  }

  /** Waits a moment; false if nobody wants to see more. */
  boolean pause() throws InterruptedException {
    return !left.await(PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  /** Until whoever watches goes. */
  void awaitLeaving() throws InterruptedException {
    left.await();
  }

  /** Whoever watches goes; the run goes on. */
  void leave() {
    left.countDown();
  }

  /** Whether its process had the journal open when that was read last. */
  boolean lives() {
    return lives;
  }

  /** Its last event; null as long as there is none. */
  RunEvent.@Nullable RunFinished finished() {
    return finished;
  }

  /** What stays behind if its process ended just now, a sentence each. */
  List<String> leftOpen() {
    return report.leftOpen();
  }

  /** Says this in place of what is drawn. */
  void end(List<String> lines) {
    report.leave(lines);
  }

  /** Sums the run up if it is over. */
  @Override
  public void close() throws IOException {
    report.close();
    tail.close();
  }
}
