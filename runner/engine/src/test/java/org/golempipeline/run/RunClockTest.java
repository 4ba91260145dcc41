package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RunClockTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private long nanoseconds = 7;
  private Instant now = BEGIN;
  private final InstantSource system = () -> now;

  private void pass(Duration time) {
    nanoseconds += time.toNanos();
    now = now.plus(time);
  }

  @Test
  void neverGoesBackWithTheSystem() {
    var alone = RunClock.alone(system, () -> nanoseconds);
    var shared = RunClock.shared(system, () -> nanoseconds);
    pass(Duration.ofSeconds(5));
    now = now.minus(Duration.ofHours(3));
    pass(Duration.ofSeconds(2));

    assertThat(alone.instant()).isEqualTo(BEGIN.plusSeconds(7));
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(7));
  }

  @Test
  void standsStillWhileAllThatItConcernsSleeps() {
    var alone = RunClock.alone(system, () -> nanoseconds);
    now = now.plus(Duration.ofHours(3));
    pass(Duration.ofSeconds(2));

    assertThat(alone.instant()).isEqualTo(BEGIN.plusSeconds(2));
  }

  @Test
  void goesOnWithOthersAfterASleep() {
    var shared = RunClock.shared(system, () -> nanoseconds);
    now = now.plus(Duration.ofHours(3));
    pass(Duration.ofSeconds(2));
    assertThat(shared.instant()).isEqualTo(now);

    now = now.plusMillis(900); // corrected
    assertThat(shared.instant()).isEqualTo(now.minusMillis(900));
    now = now.minus(Duration.ofHours(1));
    pass(Duration.ofSeconds(1));
    assertThat(shared.instant()).isEqualTo(BEGIN.plus(Duration.ofHours(3)).plusSeconds(3));
  }
}
