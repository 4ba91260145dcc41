package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.strategy.Strategy;
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
          genomes/fastq   | {"reads": 1}
          genomes/fastq   | {"reads": 1, "pairs": "(?<mate>[12])"}
          genomes/regions | {"size": 1}
          genomes/regions | {"size": 1, "overlap": 0}
          genomes/vcf     | {}
          genomes/vcf     | {"unique": true}
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
          genomes/fastq   | {}
          genomes/fastq   | 10
          genomes/fastq   | {"reads": 0}
          genomes/fastq   | {"reads": 1, "pairs": ""}
          genomes/fastq   | {"reads": 1, "pair": "x"}
          genomes/regions | {}
          genomes/regions | {"size": 0}
          genomes/regions | {"size": 1.5}
          genomes/regions | {"size": 1, "overlap": -1}
          genomes/vcf     | {"unique": "yes"}
          genomes/vcf     | {"x": 1}
          """)
  void refuses(String name, String options) {
    assertThat(problems(name, options)).isNotEmpty();
  }

  private List<String> problems(String name, String options) {
    var strategy =
        Stream.<Strategy>of(new FastqSplit(), new RegionsSplit(), new VcfMerge())
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    return registry
        .getSchema(strategy.optionsSchema(), InputFormat.JSON)
        .validate(options, InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }
}
