package org.golempipeline.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * What a run calls now: it begins with the system's time and never goes back. Whoever sets the
 * system's clock while a run goes on neither makes it wait for hours nor lets its timeouts run out.
 * Thread-safe.
 */
public final class RunClock implements InstantSource {
  /** What is less is corrected by the system bit by bit, and nobody waits for it. */
  private static final Duration JUMP = Duration.ofSeconds(1);

  private final InstantSource system;
  private final LongSupplier nanoseconds;
  private final boolean shared;
  private final long begun;
  private Instant begin;

  private RunClock(InstantSource system, LongSupplier nanoseconds, boolean shared) {
    this.system = system;
    this.nanoseconds = nanoseconds;
    this.shared = shared;
    begun = nanoseconds.getAsLong();
    begin = system.instant();
  }

  /**
   * Of a run whose machines are all here: it stands still while this machine sleeps, as they do.
   */
  public static Clock alone(InstantSource system) {
    return alone(system, System::nanoTime);
  }

  /**
   * @param nanoseconds since any moment, evenly
   */
  static Clock alone(InstantSource system, LongSupplier nanoseconds) {
    return new RunClock(system, nanoseconds, false).withZone(ZoneOffset.UTC);
  }

  /** Of a run with machines elsewhere: what passed while this one slept has passed for them. */
  public static Clock shared(InstantSource system) {
    return shared(system, System::nanoTime);
  }

  static Clock shared(InstantSource system, LongSupplier nanoseconds) {
    return new RunClock(system, nanoseconds, true).withZone(ZoneOffset.UTC);
  }

  @Override
  public synchronized Instant instant() {
    var now = begin.plusNanos(nanoseconds.getAsLong() - begun);
    if (shared) {
      var ahead = Duration.between(now, system.instant());
      if (ahead.compareTo(JUMP) > 0) {
        begin = begin.plus(ahead);
        return now.plus(ahead);
      }
    }
    return now;
  }
}
