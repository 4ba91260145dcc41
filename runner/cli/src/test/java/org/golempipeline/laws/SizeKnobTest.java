package org.golempipeline.laws;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.Options;
import org.junit.jupiter.api.Test;

class SizeKnobTest {
  private static final long ITEMS = 1000;

  private static StrategyUse use(Object options) {
    return new StrategyUse("cut", new Options(options), Range.START);
  }

  private static BigDecimal number(long value) {
    return BigDecimal.valueOf(value);
  }

  private static int pieces(long size) {
    return (int) ((ITEMS + size - 1) / size);
  }

  @Test
  void findsABareNumberEvenIfItIsLargerThanTheInput() {
    var use = use(number(50_000));

    var knob = SizeKnob.find(use, each -> pieces(each.options().integer().orElseThrow()));

    assertThat(knob).isEqualTo(new SizeKnob(null, false, false));
    assertThat(knob.written(knob.finer(use, 2))).isEqualTo("cut: 25000");
    assertThat(knob.written(knob.coarser(use, 2))).isEqualTo("cut: 100000");
  }

  @Test
  void findsTheOptionThatMattersAmongOthers() {
    var use = use(Map.of("window", "100B", "overlap", number(3), "name", "x"));

    var knob =
        SizeKnob.find(use, each -> pieces(each.options().at("window").bytes().orElseThrow()));

    assertThat(knob).isEqualTo(new SizeKnob("window", true, false));
    assertThat(knob.with(use, 50).options().at("overlap").integer()).hasValue(3L);
    assertThat(knob.written(knob.coarsest(use, ITEMS))).isEqualTo("cut: { window: 1001B }");
  }

  @Test
  void knowsANumberOfFragmentsFromASize() {
    var use = use(Map.of("into", number(16)));

    var knob =
        SizeKnob.find(use, each -> each.options().at("into").integer().orElseThrow().intValue());

    assertThat(knob).isEqualTo(new SizeKnob("into", false, true));
    assertThat(knob.value(knob.finer(use, 2))).isEqualTo(32);
    assertThat(knob.value(knob.coarsest(use, ITEMS))).isEqualTo(1);
  }

  @Test
  void findsNothingInOptionsThatDoNotMatterOrMayNotChange() {
    assertThat(SizeKnob.find(use(Map.of("exactly", number(2))), each -> 5)).isNull();
    assertThat(
            SizeKnob.find(
                use(number(2)), each -> each.options().equals(new Options(number(2))) ? 3 : -1))
        .isNull();
    assertThat(SizeKnob.find(use(null), each -> 1)).isNull();
  }
}
