package org.golempipeline.cli.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and its relatives (SIGINT, SIGTERM, SIGHUP) while something runs that must be ended in
 * good order: the first one asks for the end, a later one insists, and so does patience that ran
 * out. Closing it gives the signals back to the JVM; it waits for a wish that is being passed on,
 * so that none comes out later.
 */
public final class Interruption implements AutoCloseable {
  private static final String[] SIGNALS = {"INT", "TERM", "HUP"};

  /**
   * One wish for the end can arrive as several signals: {@code timeout} signals its child and then
   * the child's process group, and a terminal that closes sends SIGHUP beside what a shell sends.
   */
  public static final Duration ONE_WISH = Duration.ofSeconds(1);

  /** What ends in order asks a network for no more than this; whatever takes longer has failed. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SignalHandler[] before = new SignalHandler[SIGNALS.length];
  private final Runnable first;
  private final Runnable second;
  private final Duration patience;
  private final LongSupplier nanoseconds;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Object passingOn = new Object();
  private boolean asked;
  private long askedAt;
  private boolean closed;

  /** The process ends at once if somebody insists. */
  public Interruption(Runnable first) {
    this(first, () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED));
  }

  /** Both are called on a thread of the JVM's own. */
  public Interruption(Runnable first, Runnable second) {
    this(first, second, PATIENCE);
  }

  /**
   * @param patience after which {@code second} is called, if this is not closed before
   */
  public Interruption(Runnable first, Runnable second, Duration patience) {
    this(first, second, patience, System::nanoTime);
  }

  /**
   * @param nanoseconds since any moment
   */
  Interruption(Runnable first, Runnable second, Duration patience, LongSupplier nanoseconds) {
    this.first = first;
    this.second = second;
    this.patience = patience;
    this.nanoseconds = nanoseconds;
    for (var i = 0; i < SIGNALS.length; i++) {
      try {
        before[i] = Signal.handle(new Signal(SIGNALS[i]), signal -> arrived());
      } catch (IllegalArgumentException e) {
        before[i] = SignalHandler.SIG_DFL; // not to be had on this system, or with -Xrs
      }
    }
  }

  private void arrived() {
    boolean isFirst;
    synchronized (this) { // each signal has a thread; a later one is not to be weighed first
      var now = nanoseconds.getAsLong();
      isFirst = !asked;
      if (isFirst) {
        asked = true;
        askedAt = now;
      } else if (now - askedAt < ONE_WISH.toNanos()) {
        return;
      }
    }
    if (!isFirst) {
      second.run();
      return;
    }
    synchronized (passingOn) {
      if (!closed) {
        first.run();
        insistLater();
        return;
      }
    }
    Runtime.getRuntime().exit(ExitCodes.INTERRUPTED); // as the JVM does it, which has it again
  }

  private void insistLater() {
    var thread =
        new Thread(
            () -> {
              try {
                if (!over.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                  second.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "patience");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    synchronized (passingOn) {
      closed = true;
      over.countDown();
    }
    for (var i = 0; i < SIGNALS.length; i++) {
      try {
        Signal.handle(new Signal(SIGNALS[i]), before[i]);
      } catch (IllegalArgumentException e) {
        // as in the constructor
      }
    }
  }
}
