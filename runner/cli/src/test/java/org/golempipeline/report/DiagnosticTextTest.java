package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.junit.jupiter.api.Test;

class DiagnosticTextTest {
  private final DiagnosticText plain = new DiagnosticText(false);

  @Test
  void showsPlaceLineMarkAndHint() {
    var source = new Source("pipelines/render/pipeline.yaml", "a: 1\n  size: many\n");
    var diagnostic =
        Diagnostic.error(
            "Schema.Type",
            source,
            new Range(2, 9, 2, 13),
            "`size` must be a whole number of frames.",
            "Write a number such as `size: 10`.");

    assertThat(plain.of(diagnostic))
        .isEqualTo(
            """
            pipelines/render/pipeline.yaml:2:9: error: `size` must be a whole number of frames. \
            [Schema.Type]
            2 |   size: many
              |         ^^^^
              hint: Write a number such as `size: 10`.
            """);
  }

  @Test
  void marksWhatIsMeantBehindTabsAndWideCharacters() {
    var source = new Source("f", "\t漢字: xé\u0301z\n");

    assertThat(plain.of(error(source, new Range(1, 6, 1, 8))))
        .contains("1 |     漢字: xé\u0301z\n  |           ^^\n");
  }

  @Test
  void marksToTheEndOfTheLineWhenTheRangeGoesOn() {
    var source = new Source("f", "run: |\n  a\n  b\n");

    assertThat(plain.of(error(source, new Range(1, 6, 3, 4)))).contains("  |      ^\n");
  }

  @Test
  void marksOneColumnBehindTheEndOfALine() {
    assertThat(plain.of(error(new Source("f", "ab"), new Range(1, 3, 1, 3))))
        .contains("1 | ab\n  |   ^\n");
  }

  @Test
  void cutsALongLineOnBothSides() {
    var source = new Source("f", "x".repeat(500) + "HERE" + "y".repeat(500));
    var text = plain.of(error(source, new Range(1, 501, 1, 505)));

    var lines = text.lines().toArray(String[]::new);
    assertThat(lines[1]).startsWith("1 | …").endsWith("…").hasSizeLessThan(180);
    assertThat(lines[1].substring(lines[2].indexOf('^'))).startsWith("HERE");
    assertThat(lines[2].strip()).endsWith("^^^^");
  }

  @Test
  void showsRelatedPlaces() {
    var source = new Source("f", "a: 1\nb: 2\na: 3\n");
    var diagnostic =
        error(source, new Range(3, 1, 3, 2))
            .withRelated(
                List.of(new Diagnostic.Related(new Range(1, 1, 1, 2), "The first one is here.")));

    assertThat(plain.of(diagnostic)).endsWith("  f:1:1: The first one is here.\n1 | a: 1\n  | ^\n");
  }

  @Test
  void letsNoControlCharacterThrough() {
    var source = new Source("f\033[2J", "a\033[31m: 1\n");

    assertThat(plain.of(error(source, new Range(1, 1, 1, 2))))
        .doesNotContain("\033")
        .contains("a\\x1b[31m: 1");
  }

  @Test
  void countsErrorsAndWarnings() {
    var source = new Source("f", "a\n");
    var warning = Diagnostic.warning("X.Y", source, Range.START, "Hm.", null);

    assertThat(plain.of(List.of(error(source, Range.START), warning, warning)))
        .endsWith("\n1 error, 2 warnings.\n");
    assertThat(plain.of(List.of())).isEmpty();
  }

  @Test
  void coloursOnlyWhenAsked() {
    var diagnostic = error(new Source("f", "a\n"), Range.START);

    assertThat(plain.of(diagnostic)).doesNotContain("\033");
    assertThat(new DiagnosticText(true).of(diagnostic)).contains("\033[31merror:\033[0m");
  }

  private static Diagnostic error(Source source, Range range) {
    return Diagnostic.error("X.Y", source, range, "Wrong.", null);
  }
}
