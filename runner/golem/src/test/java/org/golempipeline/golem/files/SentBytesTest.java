package org.golempipeline.golem.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SentBytesTest {
  private final SentBytes sent = new SentBytes();

  @Test
  void nothingTakesNoTime() {
    assertThat(sent.bytes()).isZero();
    assertThat(sent.time()).isZero();
  }

  @Test
  void theTimeIsThatInWhichAnybodyFetched() {
    fetched(100, 0, 400);
    fetched(100, 100, 500);
    fetched(100, 400, 800);
    fetched(100, 700, 750);
    fetched(100, 5000, 5200);
    assertThat(sent.bytes()).isEqualTo(500);
    assertThat(sent.time()).isEqualTo(Duration.ofMillis(1000));
  }

  @Test
  void whoPausesWaitsForNoLine() {
    fetched(100, 0, 2001);
    assertThat(sent.bytes()).isZero();
    fetched(100, 2001, 4001);
    assertThat(sent.bytes()).isEqualTo(100);
    assertThat(sent.time()).isEqualTo(Duration.ofSeconds(2));
  }

  /** In milliseconds of a clock that began long before zero, as the system's may. */
  private void fetched(int size, long before, long now) {
    var zero = Long.MIN_VALUE / 2;
    sent.fetched(size, zero + before * 1_000_000, zero + now * 1_000_000);
  }
}
