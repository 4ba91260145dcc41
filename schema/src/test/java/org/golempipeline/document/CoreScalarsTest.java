package org.golempipeline.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoreScalarsTest {
  @ParameterizedTest
  @CsvSource({
    "010, 10",
    "0o17, 15",
    "0x1F, 31",
    "-5, -5",
    "+5, 5",
    "1e3, 1000",
    ".5, 0.5",
    "5., 5",
    "0.10, 0.10",
    "-1.5E-2, -0.015"
  })
  void readsNumbers(String text, BigDecimal number) {
    assertThat((BigDecimal) CoreScalars.resolve(text)).isEqualByComparingTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yes",
        "no",
        "on",
        "off",
        "y",
        "1:30",
        "1_000",
        "0b1",
        "0o8",
        "0xg",
        "1.2.3",
        "1e",
        "e3",
        ".",
        "-",
        "+",
        "..",
        "1..250",
        "2024-01-01",
        "tRUE",
        "nULL",
        "5%",
        "10m",
        "0x",
        "1e+"
      })
  void takesEverythingElseAsText(String text) {
    assertThat(CoreScalars.resolve(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "Null", "NULL"})
  void readsNothing(String text) {
    assertThat(CoreScalars.resolve(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "True, true", "TRUE, true", "false, false", "FALSE, false"})
  void readsBooleans(String text, boolean value) {
    assertThat(CoreScalars.resolve(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {".inf", "-.inf", "+.INF", ".nan", "1e999999999", "1e-999999999"})
  void refusesNumbersNobodyCanUse(String text) {
    assertThat(CoreScalars.resolve(text)).isSameAs(CoreScalars.UNUSABLE);
  }
}
