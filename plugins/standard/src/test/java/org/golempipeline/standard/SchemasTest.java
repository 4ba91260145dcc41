package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The option schemas say yes and no to the right things. */
class SchemasTest {
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          none      | {}
          files     | {"group": 10}
          files     | {"size": "64MiB"}
          files     | {"by": "(.+)_R[12]", "exactly": 2}
          lines     | 50000
          lines     | {"into": 16}
          lines     | {"every": 1000}
          lines     | {"every": 1000, "stable": true}
          bytes     | "64MiB"
          bytes     | {"size": "1MiB", "delimiter": "\\n"}
          csv       | {"rows": 1000}
          csv       | {"rows": 1000, "delimiter": ";", "stable": true}
          csv       | {"rows": 1000, "delimiter": "\\t"}
          json      | {"elements": 5, "stable": false}
          records   | {"start": "^>", "every": 3, "stable": true}
          range     | {"from": 0, "to": 10.5, "step": 0.5, "as": ["first", "size"]}
          range     | {"to": 10, "as": "i"}
          table     | "jobs.csv"
          table     | {"file": "jobs.txt", "delimiter": "tab"}
          command:split | "split -l 10"
          collect   | {}
          concat    | {}
          csv:merge | {}
          json:merge | {}
          sort      | {"key": 2, "numeric": true, "unique": true}
          sort      | {"key": [2, 1]}
          sum       | {}
          aggregate | {"by": 1, "sum": 2}
          aggregate | {"by": ["a", 2], "min": "n", "max": ["n", 3], "mean": 4, "count": true}
          value     | {}
          first     | {}
          reduce    | {"run": "cat"}
          reduce    | {"run": "cat", "fan_in": 2}
          command:merge | "cat"
          """)
  void allows(String name, String options) {
    assertThat(problems(name, options)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          none      | {"x": 1}
          none      | 1
          files     | {}
          files     | {"group": 0}
          files     | {"group": 1, "size": "1MiB"}
          files     | {"group": 1, "exactly": 1}
          lines     | 0
          lines     | 1.5
          lines     | 99999999999999999999
          lines     | {"every": 99999999999999999999}
          lines     | "10"
          lines     | {"into": 0}
          lines     | {"into": 16, "stable": true}
          lines     | {"stable": true}
          lines     | {}
          bytes     | 10
          bytes     | {"delimiter": "x"}
          files     | {"group": 99999999999999999999}
          files     | {"by": "(x)", "exactly": 99999999999999999999}
          csv       | {"rows": 99999999999999999999}
          json      | {"elements": 99999999999999999999}
          records   | {"start": "x", "every": 99999999999999999999}
          csv       | {"rows": 0}
          csv       | {"rows": 1, "delimiter": ";;"}
          json      | {}
          records   | {"every": 1}
          range     | {"to": 1}
          range     | {"to": 1, "as": ["a", "b", "c"]}
          range     | {"to": 1, "as": ["a", "a"]}
          range     | {"to": 1, "as": "Upper"}
          range     | {"to": 1, "as": "a", "step": 0}
          table     | ""
          command:split | ""
          sort      | {"key": 0}
          sort      | {"key": 4294967297}
          sort      | {"key": [4294967297]}
          aggregate | {"by": 2147483648, "count": true}
          aggregate | {"by": 1, "sum": [2147483648]}
          aggregate | {"by": 1}
          aggregate | {"sum": 1}
          aggregate | {"by": 1, "total": 2}
          value     | {"x": 1}
          reduce    | "cat"
          reduce    | {"fan_in": 16}
          reduce    | {"run": ""}
          reduce    | {"run": "cat", "fan_in": 1}
          reduce    | {"run": "cat", "fan_in": 1001}
          """)
  void refuses(String name, String options) {
    assertThat(problems(name, options)).isNotEmpty();
  }

  @Test
  void theServiceFilesNameWhatIsBuiltIn() {
    assertThat(
            ServiceLoader.load(SplitStrategy.class).stream().map(provider -> provider.get().name()))
        .containsExactlyElementsOf(
            StandardStrategies.splits().stream().map(Strategy::name).toList());
    assertThat(
            ServiceLoader.load(MergeStrategy.class).stream().map(provider -> provider.get().name()))
        .containsExactlyElementsOf(
            StandardStrategies.merges().stream().map(Strategy::name).toList());
  }

  private List<String> problems(String name, String options) {
    return registry
        .getSchema(strategy(name).optionsSchema(), InputFormat.JSON)
        .validate(options, InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** {@code csv} is a split unless {@code csv:merge} is said. */
  private static Strategy strategy(String name) {
    var all =
        name.endsWith(":merge")
            ? StandardStrategies.merges().stream()
            : Stream.concat(
                StandardStrategies.splits().stream(), StandardStrategies.merges().stream());
    var plain = name.replaceFirst(":.*", "");
    return all.map(strategy -> (Strategy) strategy)
        .filter(strategy -> strategy.name().equals(plain))
        .findFirst()
        .orElseThrow();
  }
}
