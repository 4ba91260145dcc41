package org.golempipeline.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a run calls now: it begins with the system's time and never goes back. Whoever sets the
 * system's clock while a run goes on neither makes it wait for hours nor lets its timeouts run out.
 * Thread-safe.
 */
public final class RunClock implements InstantSource {
  /** What is less is corrected by the system bit by bit, and nobody waits for it. */
  private static final Duration JUMP = Duration.ofSeconds(1);

  private static final Path UPTIME = Path.of("/proc/uptime");

  private final InstantSource system;
  private final LongSupplier nanoseconds;
  private final Sleep sleep;
  private final long begun;
  private final Instant begin;

  /** What passed without being counted, as far as it concerns the run. */
  private Duration slept = Duration.ZERO;

  /** How far the system's clock was ahead of ours when it was last found out why. */
  private Duration explained = Duration.ZERO;

  /** How long this machine slept since the run began. */
  private interface Sleep {
    /**
     * @param known what it was before
     * @param passed that is counted, since the run began
     * @param ahead how far the system's clock is ahead of what is known
     */
    Duration at(Duration known, Duration passed, Duration ahead);
  }

  private RunClock(InstantSource system, LongSupplier nanoseconds, Sleep sleep) {
    this.system = system;
    this.nanoseconds = nanoseconds;
    this.sleep = sleep;
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
   * @param nanoseconds since any moment, evenly, without those that this machine sleeps
   */
  static Clock alone(InstantSource system, LongSupplier nanoseconds) {
    return new RunClock(system, nanoseconds, (known, passed, ahead) -> known)
        .withZone(ZoneOffset.UTC);
  }

  /**
   * Of a run with machines elsewhere: what passed while this one slept has passed for them. Where
   * the system does not say how long it slept, its clock is believed that goes forward at once.
   */
  public static Clock shared(InstantSource system) {
    return shared(system, System::nanoTime, RunClock::uptime);
  }

  /**
   * @param uptime since this machine began, with what it slept, if anybody knows
   */
  static Clock shared(
      InstantSource system, LongSupplier nanoseconds, Supplier<Optional<Duration>> uptime) {
    return new RunClock(system, nanoseconds, sleep(uptime)).withZone(ZoneOffset.UTC);
  }

  private static Sleep sleep(Supplier<Optional<Duration>> uptime) {
    var first = uptime.get();
    return first.isEmpty()
        ? (known, passed, ahead) -> ahead.compareTo(JUMP) > 0 ? known.plus(ahead) : known
        : (known, passed, ahead) ->
            uptime.get().map(now -> now.minus(first.get()).minus(passed)).orElse(known);
  }

  private static Optional<Duration> uptime() {
    try {
      var seconds = new BigDecimal(Files.readString(UPTIME).split(" ", 2)[0]);
      return Optional.of(Duration.ofMillis(seconds.movePointRight(3).longValue()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized Instant instant() {
    var passed = Duration.ofNanos(nanoseconds.getAsLong() - begun);
    var ahead = Duration.between(begin.plus(passed).plus(slept), system.instant());
    if (ahead.minus(explained).abs().compareTo(JUMP) > 0) {
      var before = slept;
      var all = sleep.at(slept, passed, ahead);
      // Both clocks are rounded, and what is less was no sleep.
      if (all.minus(before).compareTo(JUMP) > 0) {
        slept = all;
      }
      explained = ahead.plus(before).minus(slept);
    }
    return begin.plus(passed).plus(slept);
  }
}
