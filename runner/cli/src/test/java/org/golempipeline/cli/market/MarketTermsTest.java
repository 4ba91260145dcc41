package org.golempipeline.cli.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.golempipeline.golem.market.Relaxation;
import org.golempipeline.golem.market.Relaxation.Term;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarketTermsTest {
  /** Never a little less than what was found. */
  @ParameterizedTest
  @CsvSource({
    "THREADS,     4,          resources: { threads: 4 }",
    "MEMORY,      2,          resources: { memory: 2GiB }",
    "MEMORY,      1.9999,     resources: { memory: 2047MiB }",
    "STORAGE,     0,          resources: { storage: 0GiB }",
    "STORAGE,     100.5,      resources: { storage: 102912MiB }",
    "START_PRICE, 0.1,        golem: { price: { start: 0.1 GLM } }",
    "CPU_PRICE,   0.09999720, golem: { price: { cpu: 0.1 GLM/h } }",
    "CPU_PRICE,   0.1299901,  golem: { price: { cpu: 0.13 GLM/h } }",
    "ENV_PRICE,   1234567,    golem: { price: { env: 1235000 GLM/h } }",
    "ENV_PRICE,   0.000000123456, golem: { price: { env: 0.0000001235 GLM/h } }",
  })
  void areWrittenAsAFileSaysThem(Term term, BigDecimal value, String said) {
    assertThat(MarketTerms.say(new Relaxation(term, value, 1))).isEqualTo(said);
  }
}
