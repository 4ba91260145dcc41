package org.golempipeline.cli;

import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and its relatives (SIGINT, SIGTERM, SIGHUP) while something runs that must be ended in
 * good order: the first one asks for the end, the second one insists. Closing it gives the signals
 * back to the JVM.
 */
final class Interruption implements AutoCloseable {
  private static final String[] SIGNALS = {"INT", "TERM", "HUP"};

  private final SignalHandler[] before = new SignalHandler[SIGNALS.length];
  private final AtomicInteger count = new AtomicInteger();

  /** Both are called on a thread of the JVM's own. */
  Interruption(Runnable first, Runnable second) {
    for (var i = 0; i < SIGNALS.length; i++) {
      try {
        before[i] =
            Signal.handle(
                new Signal(SIGNALS[i]),
                signal -> (count.getAndIncrement() == 0 ? first : second).run());
      } catch (IllegalArgumentException e) {
        before[i] = SignalHandler.SIG_DFL; // not to be had on this system, or with -Xrs
      }
    }
  }

  @Override
  public void close() {
    for (var i = 0; i < SIGNALS.length; i++) {
      try {
        Signal.handle(new Signal(SIGNALS[i]), before[i]);
      } catch (IllegalArgumentException e) {
        // as in the constructor
      }
    }
  }
}
