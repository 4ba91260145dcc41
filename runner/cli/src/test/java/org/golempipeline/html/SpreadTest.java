package org.golempipeline.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void nothingIsLostHoweverLongItGoesOn() {
    var random = new Random(7);
    var spread = new Spread();
    var other = new Spread();
    var all = 0L;
    for (var i = 0; i < 1000; i++) {
      var from = (long) random.nextInt(i * 100 + 1);
      var length = random.nextInt(10_000);
      (i % 3 == 0 ? other : spread).add(from, from + length);
      all += length;
    }

    spread.addAll(other);

    var sum = Arrays.stream(spread.averages()).sum() * spread.spanMilliseconds();
    assertThat(sum).isCloseTo(all, within(0.5));
    assertThat(spread.averages()).hasSize(Spread.SPANS);
  }

  @Test
  void oneThatIsAlwaysThereIsOneOnAverage() {
    var spread = new Spread();
    for (var i = 0; i < 100; i++) {
      spread.add(i * 1000, (i + 1) * 1000);
    }

    var spans = (int) (100_000 / spread.spanMilliseconds());
    assertThat(Arrays.copyOf(spread.averages(), spans)).containsOnly(1.0);
    assertThat(spans).isGreaterThan(Spread.SPANS / 2 - 1);
  }
}
