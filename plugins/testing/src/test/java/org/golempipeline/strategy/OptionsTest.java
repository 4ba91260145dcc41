package org.golempipeline.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.golempipeline.strategy.testing.JsonText;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private final Options options =
      JsonText.options(
          "{\"rows\": 3, \"size\": \"2KiB\", \"on\": true, \"by\": [1, \"n\"], \"at\": \"7\"}");

  @Test
  void readsEachKindOfValue() {
    assertThat(options.at("rows").integer()).contains(3L);
    assertThat(options.at("size").bytes()).contains(2048L);
    assertThat(options.at("on").flag()).isTrue();
    assertThat(options.at("by").items())
        .extracting(item -> item.text().orElse(""))
        .containsExactly("1", "n");
    assertThat(options.at("at").integer()).contains(7L);
  }

  @Test
  void answersEmptyForWhatIsAbsent() {
    assertThat(options.at("none").text()).isEmpty();
    assertThat(options.at("none").at("deeper").integer()).isEmpty();
    assertThat(options.at("none").flag()).isFalse();
    assertThat(options.at("none").items()).isEmpty();
    assertThat(Options.NONE.isPresent()).isFalse();
  }

  @Test
  void isNotTakenInByHugeExponents() {
    var huge = JsonText.options("1e999999999");
    assertThat(huge.decimal()).contains(new BigDecimal("1e999999999"));
    assertThatThrownBy(huge::integer).hasMessage("expected a whole number, not 1E+999999999");
    assertThatThrownBy(huge::text).hasMessage("a number with too many digits");
  }

  @Test
  void refusesWhatTheSchemaShouldHaveRefused() {
    assertThatThrownBy(() -> options.at("size").integer())
        .hasMessage("expected a number, not 2KiB");
    assertThatThrownBy(() -> options.at("by").text()).hasMessage("expected text, not [1, n]");
  }
}
