package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;
import org.golempipeline.strategy.testing.MergeCase;
import org.golempipeline.strategy.testing.MergeContract;
import org.golempipeline.strategy.testing.SplitCase;
import org.golempipeline.strategy.testing.SplitContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every strategy promises about itself. The contracts' cases hold input as text and compare
 * bytes of the input with those of the fragments, which no video and no segment of one can be: that
 * pictures are covered once, bytes are the same twice and ranges do is in {@link
 * SegmentsSplitTest}.
 */
class ContractTest {
  @Nested
  class Segments extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new SegmentsSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of();
    }
  }

  @Nested
  class Concat extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new ConcatMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          segments | true  | {"seconds": 10}
          segments | true  | {"seconds": 0.5}
          segments | true  | {"into": 5}
          segments | true  | {"into": 5, "audio": "keep"}
          segments | false | {"into": 5, "audio": "original"}
          segments | false | {"into": 5, "seconds": 10}
          segments | false | {"into": 0}
          segments | false | {"seconds": 0}
          segments | false | {"seconds": "10s"}
          segments | false | {}
          concat   | true  | {}
          concat   | true  | {"audio": "none", "format": "mp4"}
          concat   | true  | {"audio": "segments"}
          concat   | true  | {"subtitles": "none"}
          concat   | false | {"audio": "copy"}
          concat   | false | {"format": "avi"}
          concat   | false | {"container": "mp4"}
          """)
  void optionsAreWhatTheSchemaSays(String name, boolean right, String options) {
    Strategy strategy = name.equals("concat") ? new ConcatMerge() : new SegmentsSplit();
    var problems =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(strategy.optionsSchema(), InputFormat.JSON)
            .validate(options, InputFormat.JSON);

    assertThat(problems.isEmpty()).isEqualTo(right);
  }
}
