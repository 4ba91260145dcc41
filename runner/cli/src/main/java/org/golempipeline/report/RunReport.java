package org.golempipeline.report;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run while it goes on and sums it up at its end, all from its events. On a terminal a
 * block of lines is drawn again and again; elsewhere a line is written when a stage ends, when
 * something new fails, and now and then in between. Taking an event never waits for the screen: a
 * thread of its own draws, and what it cannot keep up with is left out. {@link #close} waits for
 * that thread.
 */
public final class RunReport implements EventSink, AutoCloseable {
  private static final Duration FRAME = Duration.ofMillis(100);
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

  /** Also if nothing happens: nobody is to wonder whether it still runs. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private static final int LINES_KEPT = 200;

  private final Screen screen;
  private final Path runFolder;
  private final boolean quiet;
  private final Clock clock;
  private final RunTally tally = new RunTally();
  private final ProgressLines progress;

  /** Only the drawing thread uses it. */
  private final LiveBlock block;

  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread thread = new Thread(this::draw, "progress");
  private int dropped;
  private boolean changed;
  private boolean closed;

  private @Nullable Instant lastPlain;

  private RunReport(Screen screen, Path runFolder, boolean quiet, Clock clock) {
    this.screen = screen;
    this.runFolder = runFolder;
    this.quiet = quiet;
    this.clock = clock;
    this.progress = new ProgressLines(tally, screen.coloured());
    this.block = new LiveBlock(screen);
  }

  /**
   * Starts to show a run.
   *
   * @param runFolder where its logs are
   * @param quiet whether nothing is shown of a run that ends well
   */
  public static RunReport open(Screen screen, Path runFolder, boolean quiet, Clock clock) {
    var report = new RunReport(screen, runFolder, quiet, clock);
    report.thread.setDaemon(true);
    report.thread.start();
    return report;
  }

  @Override
  public synchronized void accept(StampedEvent event) {
    tally.add(event).forEach(this::keep);
    if (lastPlain == null && tally.started != null) {
      lastPlain = event.at();
      if (!screen.live()) {
        keep("%s: running %s".formatted(tally.title(), tally.where()));
      }
    }
    changed = true;
  }

  private void keep(String line) {
    if (quiet) {
      return;
    }
    if (lines.size() == LINES_KEPT) {
      lines.remove();
      dropped++;
    }
    lines.add(line);
  }

  /** What stays behind if the process ends at this moment, a sentence each. */
  public synchronized List<String> leftOpen() {
    return tally.leftOpen();
  }

  /** Says how the run ended, or nothing if it did not. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (quiet && tally.finished != null && tally.finished.exitCode() == 0) {
      return;
    }
    screen.out().print(new Summary(tally, runFolder, screen.coloured()).text());
    screen.out().flush();
  }

  private void draw() {
    while (true) {
      Frame frame;
      synchronized (this) {
        if (!closed) {
          try {
            wait(FRAME.toMillis());
          } catch (InterruptedException e) {
            return;
          }
        }
        frame = frame();
      }
      block.show(frame.lines(), frame.block());
      if (frame.last()) {
        return;
      }
    }
  }

  private Frame frame() {
    var ready = new ArrayList<String>();
    if (dropped > 0) {
      ready.add(Words.count(dropped, "line") + " left out");
      dropped = 0;
    }
    ready.addAll(lines);
    lines.clear();
    var now = clock.instant();
    List<String> block = List.of();
    if (tally.started != null && !closed && !quiet) {
      if (screen.live()) {
        block = progress.block(now, Math.max(20, screen.columns().getAsInt() - 1));
      } else if (isPlainLineDue(now)) {
        ready.add(progress.line(now));
        changed = false;
      }
    }
    return new Frame(ready, block, closed);
  }

  private boolean isPlainLineDue(Instant now) {
    var interval = changed ? PLAIN_INTERVAL : LONGEST_SILENCE;
    if (lastPlain == null || Duration.between(lastPlain, now).compareTo(interval) < 0) {
      return false;
    }
    lastPlain = now;
    return true;
  }

  /** What is shown next: lines that stay, then the block that will be drawn again. */
  private record Frame(List<String> lines, List<String> block, boolean last) {}
}
