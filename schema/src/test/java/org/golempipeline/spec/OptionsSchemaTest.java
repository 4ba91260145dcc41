package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.golempipeline.standard.StandardStrategies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsSchemaTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "true",
        "{\"type\": 5}",
        "{\"type\": \"text\"}",
        "{\"properties\": []}",
        "{\"pattern\": \"(\"}",
        "{\"$ref\": \"#/$defs/absent\"}",
        "{\"properties\": {\"a\": {\"$ref\": \"#/$defs/absent\"}}}",
        "{\"properties\": {\"a\": {\"pattern\": \"[\"}}}"
      })
  void findsWhatIsNoSchema(String text) {
    assertThat(OptionsSchema.problem(text)).as(text).isPresent();
  }

  @Test
  void acceptsTheSchemasOfAllStandardStrategies() {
    for (var split : StandardStrategies.splits()) {
      assertThat(OptionsSchema.problem(split.optionsSchema())).as(split.name()).isEmpty();
    }
    for (var merge : StandardStrategies.merges()) {
      assertThat(OptionsSchema.problem(merge.optionsSchema())).as(merge.name()).isEmpty();
    }
  }
}
