package org.golempipeline.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void quantilesAreRightToAFewPercent() {
    var times = new Distribution();
    for (var i = 1; i <= 10_000; i++) {
      times.add(i, 2);
    }

    assertThat(times.quantile(0.5).toMillis()).isBetween(4700L, 5300L);
    assertThat(times.quantile(0.9).toMillis()).isBetween(8500L, 9500L);
    assertThat(times.shortest()).isEqualTo(Duration.ofMillis(1));
    assertThat(times.longest()).isEqualTo(Duration.ofSeconds(10));
    assertThat(times.quantile(1)).isBetween(Duration.ofMillis(9500), Duration.ofSeconds(10));
  }

  @Test
  void barsHoldEveryOneAndAreFew() {
    var times = new Distribution();
    times.add(0, 3);
    times.add(0.02, 1);
    times.add(1e15, 5);

    assertThat(times.bars(48)).hasSizeLessThanOrEqualTo(48);
    assertThat(Arrays.stream(times.bars(48)).sum()).isEqualTo(9);
    assertThat(new Distribution().bars(48)).isEmpty();
  }

  @Test
  void equalTimesAreOneBar() {
    var times = new Distribution();
    times.add(1500, 7);

    assertThat(times.bars(48)).containsExactly(7);
    assertThat(times.quantile(0.5)).isEqualTo(Duration.ofMillis(1500));
  }
}
