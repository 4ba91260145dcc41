package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunClockTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOURS = Duration.ofHours(3);

  private long nanoseconds = 7;
  private Instant now = BEGIN;
  private Duration uptime = Duration.ofDays(3);
  private int questions;
  private final InstantSource system = () -> now;

  private void pass(Duration time) {
    nanoseconds += time.toNanos();
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  private void sleep(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  private Clock alone() {
    return RunClock.alone(system, () -> nanoseconds);
  }

  private Clock shared() {
    return RunClock.shared(
        system,
        () -> nanoseconds,
        () -> {
          questions++;
          return Optional.of(uptime);
        });
  }

  private Clock sharedWithoutUptime() {
    return RunClock.shared(system, () -> nanoseconds, Optional::empty);
  }

  @Test
  void neverGoesBackWithTheSystem() {
    var alone = alone();
    var shared = shared();
    var without = sharedWithoutUptime();
    pass(Duration.ofSeconds(5));
    now = now.minus(HOURS);
    pass(Duration.ofSeconds(2));

    assertThat(alone.instant()).isEqualTo(BEGIN.plusSeconds(7));
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(7));
    assertThat(without.instant()).isEqualTo(BEGIN.plusSeconds(7));
  }

  @Test
  void standsStillWhileAllThatItConcernsSleeps() {
    var alone = alone();
    sleep(HOURS);
    pass(Duration.ofSeconds(2));

    assertThat(alone.instant()).isEqualTo(BEGIN.plusSeconds(2));
  }

  @Test
  void goesOnWithOthersAfterASleep() {
    var shared = shared();
    sleep(HOURS);
    pass(Duration.ofSeconds(2));
    assertThat(shared.instant()).isEqualTo(now);

    sleep(HOURS);
    pass(Duration.ofSeconds(2));
    assertThat(shared.instant()).isEqualTo(now);
  }

  @Test
  void doesNotGoForwardWithAClockThatIsSet() {
    var shared = shared();
    pass(Duration.ofSeconds(2));
    now = now.plus(HOURS);
    pass(Duration.ofSeconds(2));

    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(4));
  }

  @Test
  void tellsASleepFromAClockThatIsSetBeforeAndAfter() {
    var shared = shared();
    now = now.plus(HOURS);
    assertThat(shared.instant()).isEqualTo(BEGIN);
    sleep(Duration.ofMinutes(10));
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(600));
    now = now.minus(HOURS);
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(600));
    // Nothing shows in the difference of the clocks, and nothing is lost either.
    sleep(HOURS);
    now = now.minus(HOURS);
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(600));
    sleep(Duration.ofMinutes(1));
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(660).plus(HOURS));
  }

  @Test
  void asksTheSystemOnlyWhenItsClockJumped() {
    var shared = shared();
    now = now.plus(HOURS);
    for (var i = 1; i <= 100; i++) {
      pass(Duration.ofSeconds(1));
      assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(i));
    }
    now = now.plusMillis(900); // corrected
    assertThat(shared.instant()).isEqualTo(BEGIN.plusSeconds(100));
    assertThat(questions).isEqualTo(2);
  }

  @Test
  void followsTheSystemForwardWhereNobodyKnowsOfSleep() {
    var shared = sharedWithoutUptime();
    sleep(HOURS);
    pass(Duration.ofSeconds(2));
    assertThat(shared.instant()).isEqualTo(now);

    now = now.plusMillis(900); // corrected
    assertThat(shared.instant()).isEqualTo(now.minusMillis(900));
    now = now.minus(Duration.ofHours(1));
    pass(Duration.ofSeconds(1));
    assertThat(shared.instant()).isEqualTo(BEGIN.plus(HOURS).plusSeconds(3));
  }

  @Test
  void keepsTheTimeOfThisMachine() {
    var shared = RunClock.shared(InstantSource.system());
    assertThat(Duration.between(shared.instant(), InstantSource.system().instant()).abs())
        .isLessThan(HOURS);
  }
}
