package org.golempipeline.strategy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.golempipeline.strategy.Strategy;
import org.junit.jupiter.api.Test;

/** What both kinds of strategy promise about themselves. */
abstract class StrategyContract<S extends Strategy> {
  private final Class<S> kind;

  StrategyContract(Class<S> kind) {
    this.kind = kind;
  }

  /** The strategy under test. */
  protected abstract S strategy();

  @Test
  void saysWhoItIs() {
    assertTrue(
        strategy().name().matches("([a-z][a-z0-9-]*/)?[a-z][a-z0-9_-]*"),
        "the name is lower-case: " + strategy().name());
    assertFalse(strategy().version().isBlank(), "there is a version");
    assertTrue(
        strategy().summary().matches("[A-Z].*\\."),
        "the summary is a sentence: " + strategy().summary());
    assertFalse(strategy().summary().contains("\n"), "the summary is one line");
  }

  @Test
  void answersTheSameEveryTime() {
    assertEquals(strategy().name(), strategy().name());
    assertEquals(strategy().version(), strategy().version());
    assertEquals(strategy().optionsSchema(), strategy().optionsSchema());
  }

  @Test
  void describesItsOptionsInJsonSchema() {
    var schema = JsonText.read(strategy().optionsSchema());
    var description = schema instanceof Map<?, ?> object ? object.get("description") : null;
    assertTrue(description != null, "the schema is a JSON object with a description");
    describesProperties(Objects.requireNonNull(schema));
  }

  @Test
  void isFoundByServiceLoader() {
    assertTrue(
        ServiceLoader.load(kind).stream()
            .anyMatch(provider -> provider.type().equals(strategy().getClass())),
        "META-INF/services/%s names %s".formatted(kind.getName(), strategy().getClass().getName()));
  }

  /** Warnings are what a case says, and each is a sentence for one line of a terminal. */
  static void checkWarnings(List<String> expected, List<String> warnings) {
    assertEquals(expected, warnings, "what the user is warned of");
    for (var warning : warnings) {
      assertTrue(
          warning.matches("[^\\p{Cntrl}]*\\."), "a warning is a sentence in one line: " + warning);
    }
  }

  private static void describesProperties(Object schema) {
    if (schema instanceof List<?> list) {
      list.forEach(StrategyContract::describesProperties);
    }
    if (schema instanceof Map<?, ?> map) {
      if (map.get("properties") instanceof Map<?, ?> properties) {
        properties.forEach(
            (name, property) ->
                assertTrue(
                    property instanceof Map<?, ?> described
                        && described.get("description") instanceof String text
                        && text.endsWith("."),
                    "the option " + name + " is described in a sentence"));
      }
      map.values().forEach(StrategyContract::describesProperties);
    }
  }
}
