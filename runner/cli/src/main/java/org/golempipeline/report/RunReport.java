package org.golempipeline.report;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
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
  /** How much of a run is shown. */
  public enum Detail {
    /** Nothing of a run that ends well. */
    TROUBLE(0),
    USUAL(200),
    /** A line for every event, and none is drawn again. */
    EVERYTHING(20_000);

    /** Lines that wait for a screen which does not keep up. */
    private final int kept;

    Detail(int kept) {
      this.kept = kept;
    }
  }

  private static final Duration FRAME = Duration.ofMillis(100);
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

  /** Also if nothing happens: nobody is to wonder whether it still runs. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private final Screen screen;
  private final Path runFolder;
  private final Detail detail;
  private final Clock clock;
  private final RunTally tally = new RunTally();
  private final Announcements announcements;
  private final EventText text = new EventText(tally);
  private final ProgressLines progress;

  private final LiveBlock block;

  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread thread = new Thread(this::draw, "progress");
  private int dropped;
  private boolean changed;
  private boolean closed;

  private @Nullable Instant lastPlain;

  private RunReport(Screen screen, Path runFolder, Detail detail, Clock clock) {
    this.screen = detail == Detail.EVERYTHING ? screen.plain() : screen;
    this.runFolder = runFolder;
    this.detail = detail;
    this.announcements = new Announcements(tally, this.screen.live());
    this.clock = clock;
    this.progress = new ProgressLines(tally, this.screen.coloured());
    this.block = new LiveBlock(this.screen);
  }

  /**
   * Starts to show a run.
   *
   * @param runFolder where its logs are
   */
  public static RunReport open(Screen screen, Path runFolder, Detail detail, Clock clock) {
    var report = new RunReport(screen, runFolder, detail, clock);
    report.thread.setDaemon(true);
    report.thread.start();
    return report;
  }

  @Override
  public synchronized void accept(StampedEvent event) {
    tally.add(event);
    if (event.event() instanceof RunEvent.RunStarted) {
      lastPlain = event.at();
    }
    line(event).ifPresent(this::keep);
    changed = true;
  }

  private Optional<String> line(StampedEvent event) {
    var line = announcements.of(event);
    return detail == Detail.EVERYTHING
        ? line.or(() -> text.of(event.event())).map(each -> timed(each, event.at()))
        : line;
  }

  private String timed(String line, Instant at) {
    return Words.clock(tally.elapsed(at)) + "  " + line;
  }

  private void keep(String line) {
    if (detail == Detail.TROUBLE) {
      return;
    }
    if (lines.size() == detail.kept) {
      lines.remove();
      dropped++;
    }
    lines.add(line);
  }

  /** What stays behind if the process ends at this moment, a sentence each. */
  public synchronized List<String> leftOpen() {
    return tally.leftOpen();
  }

  /** Says this in place of what is drawn. Of the run nothing is shown after it but its summary. */
  public void leave(List<String> lines) {
    block.end(lines);
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
    if (detail == Detail.TROUBLE && tally.finished != null && tally.finished.exitCode() == 0) {
      return;
    }
    screen.out().print(new Summary(tally, runFolder, screen.coloured()).text());
  }

  private void draw() {
    try {
      while (!pause()) {
        var frame = frame(size());
        block.show(frame.lines(), frame.block());
      }
      block.end(frame(Screen.Size.USUAL).lines());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it was closed. */
  private synchronized boolean pause() throws InterruptedException {
    if (!closed) {
      wait(FRAME.toMillis());
    }
    return closed;
  }

  /** To be asked before a frame is made: it may take a process, and events wait for frames. */
  private Screen.Size size() {
    return screen.live() ? screen.size().get() : Screen.Size.USUAL;
  }

  private synchronized Frame frame(Screen.Size size) {
    var ready = new ArrayList<String>();
    if (dropped > 0) {
      ready.add(Words.count(dropped, "line") + " left out");
      dropped = 0;
    }
    ready.addAll(lines);
    lines.clear();
    var now = clock.instant();
    List<String> block = List.of();
    if (tally.started != null && !closed && detail != Detail.TROUBLE) {
      if (screen.live()) {
        block = progress.block(now, size);
      } else if (isPlainLineDue(now)) {
        ready.add(progress.line(now));
        changed = false;
      }
    }
    return new Frame(ready, block);
  }

  private boolean isPlainLineDue(Instant now) {
    var interval = changed ? PLAIN_INTERVAL : LONGEST_SILENCE;
    if (lastPlain == null) {
      return false;
    }
    // Whoever watches may have taken the run's clock to be further than it is.
    if (!now.isBefore(lastPlain) && Duration.between(lastPlain, now).compareTo(interval) < 0) {
      return false;
    }
    lastPlain = now;
    return true;
  }

  /** What is shown next: lines that stay, then the block that will be drawn again. */
  private record Frame(List<String> lines, List<String> block) {}
}
