package org.golempipeline.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuantitiesTest {
  @Test
  void readsSizes() {
    assertThat(Quantities.bytes("64MiB")).isEqualTo(64L << 20);
    assertThat(Quantities.bytes("1.5 GB")).isEqualTo(1_500_000_000L);
    assertThat(Quantities.bytes("0B")).isZero();
  }

  @Test
  void readsDurations() {
    assertThat(Quantities.duration("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Quantities.duration("1.5h")).isEqualTo(Duration.ofMinutes(90));
  }

  @Test
  void refusesWhatHasNoUnitOrAWrongOne() {
    assertThatThrownBy(() -> Quantities.bytes("64")).hasMessage("64 is not a size");
    assertThatThrownBy(() -> Quantities.bytes("5 parsecs")).hasMessage("5 parsecs is not a size");
    assertThatThrownBy(() -> Quantities.bytes("99999999999999TiB"))
        .hasMessage("99999999999999TiB is too large for a size");
  }
}
