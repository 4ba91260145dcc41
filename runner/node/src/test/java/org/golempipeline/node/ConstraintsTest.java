package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.golempipeline.node.Constraints.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstraintsTest {
  private static final Map<String, Object> OFFER =
      Map.of(
          "cores",
          4,
          "mem",
          12.5,
          "name",
          "vm",
          "version",
          "0.10.2",
          "public",
          true,
          "caps",
          List.of("inet", "vpn"),
          "numbers",
          List.of(1, 2),
          "node",
          Map.of("child", 1));

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(); TRUE",
        "(&); TRUE",
        "(|); FALSE",
        "(cores=4); TRUE",
        "(cores=4.0); TRUE",
        "(cores>=4); TRUE",
        "(cores>4); FALSE",
        "(cores<4.5); TRUE",
        "(cores<=3); FALSE",
        "(cores=four); FALSE",
        "(mem>=0.5); TRUE",
        "(name=vm); TRUE",
        "(name=v*); TRUE",
        "(name=v*m); TRUE",
        "(name=x*); FALSE",
        "(name=[uv]*); TRUE",
        "(name<wm); TRUE",
        "(public=true); TRUE",
        "(public=yes); FALSE",
        "(public>false); FALSE",
        "(caps=vpn); TRUE",
        "(caps=gpu); FALSE",
        "(caps>vpn); FALSE",
        "(caps=[vpn,inet]); TRUE",
        "(caps=[vpn]); FALSE",
        "(numbers=2); TRUE",
        "(name=*); TRUE",
        "(missing=*); FALSE",
        "(missing=1); UNDEFINED",
        "(!(missing=1)); UNDEFINED",
        "(!(missing=*)); TRUE",
        "(!(cores=4)); FALSE",
        "(node=1); UNDEFINED",
        "(&(cores=4)(missing=1)); UNDEFINED",
        "(&(cores=5)(missing=1)); FALSE",
        "(|(cores=4)(missing=1)); TRUE",
        "(|(cores=5)(missing=1)); UNDEFINED",
        "(version$v>=0.9); TRUE",
        "(version>=0.9); FALSE",
        "(cores$d=4); TRUE",
        "(cores[x]=4); UNDEFINED",
        "(cores =4); UNDEFINED",
        "(name= vm); FALSE",
        "(name=*foo); UNDEFINED",
        "(cores<>5); FALSE",
        "(cores=4; UNDEFINED",
        "(cores=4)rubbish; TRUE",
        "nonsense; UNDEFINED",
      })
  void evaluates(String text, Truth expected) {
    assertThat(Constraints.parse(text).evaluate(OFFER)).isEqualTo(expected);
  }

  @Test
  void emptyTextNeverMatches() {
    assertThat(Constraints.parse("").matches(OFFER)).isFalse();
  }

  @Test
  void nestingHasAnEnd() {
    for (String operator : List.of("&", "|", "!")) {
      String deep = ("(" + operator).repeat(200) + "(cores=4)" + ")".repeat(200);
      assertThat(Constraints.parse(deep).evaluate(OFFER)).isEqualTo(Truth.TRUE);
      String deeper = ("(" + operator).repeat(100_000) + "(cores=4)" + ")".repeat(100_000);
      assertThat(Constraints.parse(deeper).evaluate(OFFER)).isEqualTo(Truth.UNDEFINED);
      assertThat(Constraints.read(deeper)).isEmpty();
    }
    String wide = "(&" + "(cores=4)".repeat(1000) + ")";
    assertThat(Constraints.parse(wide).evaluate(OFFER)).isEqualTo(Truth.TRUE);
  }

  @Test
  void allowsWhiteSpaceBetweenElements() {
    assertThat(Constraints.parse(" (&\n\t(cores=4)\n  ( | (name=x) (name=vm) )\n)").matches(OFFER))
        .isTrue();
  }

  @Test
  void flattensNestedPropertiesWithTheirOwnValues() {
    Map<String, Object> nested =
        Map.of("a", Map.of("@tag", "linear", "b", Map.of("c", 1)), "d.e", true);
    assertThat(FlatProperties.of(nested))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "linear", "a.b.c", 1, "d.e", true));
  }
}
