package org.golempipeline.golem.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.wire.PropertyNames;
import org.junit.jupiter.api.Test;

final class OfferedTest {
  @Test
  void readsProviderAndPrices() {
    Offered offered = Offers.offered();
    assertThat(offered.provider())
        .isEqualTo(
            new Provider("0xdaeeb975729fae923d5a4fd12aabfe228f219e9c", "brick-12", "0xwallet", 8));
    assertThat(offered.pricing().cpuSecond()).isEqualByComparingTo("0.00002777");
    assertThat(offered.pricing().envSecond()).isEqualByComparingTo("0.000005555");
    assertThat(offered.pricing().start()).isZero();
  }

  @Test
  void pricesFollowTheOrderOfTheUsageVector() throws Exception {
    Map<String, Object> properties = Offers.properties();
    properties.put(
        PropertyNames.USAGE_VECTOR, List.of("golem.usage.duration_sec", "golem.usage.cpu_sec"));
    properties.put(PropertyNames.COEFFICIENTS, List.of(1, 2.5, 3));
    Pricing pricing = Offered.of(Offers.proposal(properties), Offers.PLATFORM).pricing();
    assertThat(pricing.envSecond()).isEqualByComparingTo("1");
    assertThat(pricing.cpuSecond()).isEqualByComparingTo("2.5");
    assertThat(pricing.start()).isEqualByComparingTo("3");
  }

  @Test
  void refusesPricesThatCannotBeChecked() {
    assertUnsuitable(PropertyNames.PRICING_MODEL, "auction", "without a linear price");
    assertUnsuitable(PropertyNames.COEFFICIENTS, List.of(1, 2), "without a usable price");
    assertUnsuitable(PropertyNames.COEFFICIENTS, List.of(1, -2, 3), "without a usable price");
    assertUnsuitable(PropertyNames.COEFFICIENTS, List.of(1, "NaN", 3), "without a usable price");
    for (String hard : List.of("1e999999999", "1e-999999999", "1" + "0".repeat(400))) {
      assertUnsuitable(PropertyNames.COEFFICIENTS, List.of(1, hard, 3), "without a usable price");
    }
    assertUnsuitable(
        PropertyNames.USAGE_VECTOR,
        List.of("golem.usage.gib", "golem.usage.cpu_sec"),
        "priced by what cannot be checked");
    assertUnsuitable(
        PropertyNames.address(Offers.PLATFORM), null, "without a wallet on erc20-hoodi-tglm");
  }

  @Test
  void pricesAboveTheLimitsAreNotWanted() {
    Offered offered = Offers.offered();
    assertThat(offered.objections(Offers.priced(null, null, null))).isEmpty();
    assertThat(
            offered.objections(
                Offers.priced(BigDecimal.ZERO, new BigDecimal("1"), new BigDecimal("1"))))
        .isEmpty();
    assertThat(offered.objections(Offers.priced(null, new BigDecimal("0.00001"), null)))
        .containsExactly("too expensive per processor second");
    assertThat(offered.objections(Offers.priced(null, null, new BigDecimal("0.000001"))))
        .containsExactly("too expensive per second");
    BigDecimal low = new BigDecimal("0.000001");
    assertThat(offered.objections(Offers.priced(null, low, low)))
        .containsExactly("too expensive per processor second", "too expensive per second");
  }

  @Test
  void listsNameProvidersByIdOrName() {
    Offered offered = Offers.offered();
    assertThat(offered.objections(Offers.among(Set.of(Offers.PROVIDER), Set.of()))).isEmpty();
    assertThat(offered.objections(Offers.among(Set.of("brick-12"), Set.of()))).isEmpty();
    assertThat(offered.objections(Offers.among(Set.of("other"), Set.of())))
        .containsExactly("not on the allow list");
    assertThat(offered.objections(Offers.among(Set.of(), Set.of("brick-12"))))
        .containsExactly("excluded");
  }

  private static void assertUnsuitable(String key, Object value, String reason) {
    Map<String, Object> properties = Offers.properties();
    properties.put(key, value);
    assertThatThrownBy(() -> Offered.of(Offers.proposal(properties), Offers.PLATFORM))
        .isInstanceOf(Offered.Unsuitable.class)
        .hasMessage(reason);
  }
}
