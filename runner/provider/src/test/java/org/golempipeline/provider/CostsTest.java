package org.golempipeline.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.PropertyNames;
import org.junit.jupiter.api.Test;

class CostsTest {
  private static BigDecimal cost(List<?> coefficients, Double... usage) {
    return Costs.of(Map.of(PropertyNames.COEFFICIENTS, coefficients)).of(List.of(usage));
  }

  @Test
  void isTheSumOfCountersTimesPricesAndTheStart() {
    assertThat(cost(List.of(0.25, 0.5, 1), 2.0, 3.0)).isEqualByComparingTo("3");
    assertThat(cost(List.of(0.1, 0.0, 0.0), 3.0, 9.0)).isEqualByComparingTo("0.3");
  }

  @Test
  void decimalsAreExact() {
    assertThat(cost(List.of(0.1, 0.2, 0.0), 0.1, 0.2).toPlainString()).isEqualTo("0.05");
    assertThat(cost(List.of(1e-7, 0.0, 0.0), 1e-7, 0.0).toPlainString())
        .isEqualTo("0.00000000000001");
    assertThat(cost(List.of(1000000.0, 0.0, 0.0), 10.0, 0.0).toPlainString()).isEqualTo("10000000");
  }

  @Test
  void isRoundedToTheSmallestCoin() {
    assertThat(cost(List.of(1e-10, 0.0, 0.0), 1.4e-8, 0.0).toPlainString())
        .isEqualTo("0.000000000000000001");
    assertThat(cost(List.of(1e-10, 0.0, 0.0), 4e-9, 0.0)).isEqualByComparingTo("0");
  }

  @Test
  void withoutUsageOnlyTheStartIsDue() {
    assertThat(cost(List.of(0.1, 0.2, 0.01))).isEqualByComparingTo("0.01");
    assertThat(Costs.of(Map.of()).of(List.of(1.0))).isEqualByComparingTo("0");
  }
}
