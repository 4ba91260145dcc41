package org.golempipeline.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what other processes do. */
final class Waiting {

  private Waiting() {}

  /** Until something is so; three minutes are too long. */
  static void until(String what, BooleanSupplier condition) {
    until(what, 3, condition);
  }

  /** Until something is so within some minutes. */
  static void until(String what, int minutes, BooleanSupplier condition) {
    var end = Instant.now().plus(Duration.ofMinutes(minutes));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("still waiting for: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
