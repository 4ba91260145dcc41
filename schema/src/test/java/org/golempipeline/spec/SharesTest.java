package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static BigDecimal percent(int tenths) {
    return BigDecimal.valueOf(tenths, 3);
  }

  @Test
  void toleratesTheShareOfFailuresAndNotOneLess() {
    assertThat(retry("0.29").tolerated(100)).isEqualTo(29);
    assertThat(retry("0.07").tolerated(100)).isEqualTo(7);
    assertThat(retry("1").tolerated(7)).isEqualTo(7);
    assertThat(retry("0.333").tolerated(3)).isZero();
  }

  @Test
  void hasEnoughWithTheShareAndNotOneMore() {
    assertThat(enough("0.28").isReached(7, 25)).isTrue();
    assertThat(enough("0.28").isReached(6, 25)).isFalse();
    assertThat(enough("0.07").isReached(7, 100)).isTrue();
  }

  @Test
  void countsEveryShareOfEveryTotalAsWholeNumbersDo() {
    for (var tenths = 0; tenths <= 1000; tenths++) {
      for (var total = 0L; total <= 300; total++) {
        var parts = tenths * total;
        var share = percent(tenths);
        assertThat(Shares.of(share, total)).isEqualTo(parts / 1000);
        var enough = (parts + 999) / 1000;
        assertThat(Shares.isReached(share, enough, total)).isTrue();
        assertThat(Shares.isReached(share, enough - 1, total)).isFalse();
      }
    }
  }

  @Test
  void limitsACommandToTheShareOfTheMedian() {
    var timeouts =
        new Timeouts(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofHours(1),
            new BigDecimal("1.15"),
            Duration.ZERO);

    assertThat(timeouts.run(100.0)).isEqualTo(Duration.ofMillis(115));
    assertThat(timeouts.run(2000.5)).isEqualTo(Duration.ofMillis(2300));
  }

  @Test
  void auditsWhatIsDrawnBelowTheShare() {
    assertThat(audit("0.29").audits(Math.nextDown(0.29))).isTrue();
    assertThat(audit("0.29").audits(Math.nextUp(0.29))).isFalse();
    assertThat(audit("1").audits(Math.nextDown(1.0))).isTrue();
    assertThat(audit("0").audits(0)).isFalse();
  }

  private static Retry retry(String share) {
    return new Retry(1, Duration.ZERO, null, new BigDecimal(share), false);
  }

  private static Enough enough(String share) {
    return new Enough(null, new BigDecimal(share), null);
  }

  private static Verify audit(String share) {
    return new Verify(1, new BigDecimal(share), false, Comparison.BYTES);
  }
}
