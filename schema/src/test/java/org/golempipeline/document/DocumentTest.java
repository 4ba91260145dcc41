package org.golempipeline.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.junit.jupiter.api.Test;

class DocumentTest {
  @Test
  void knowsWhereEverythingStands() {
    var root =
        map(
            """
            # 𝒳
            a: &x "𝒳 b"   # c
            list:
              - 1
              - { k: v }
            text: |
              one
              two

            last: *x
            """);

    assertThat(root.range()).isEqualTo(new Range(2, 1, 10, 5));
    assertThat(root.entry("a").key().range()).isEqualTo(new Range(2, 1, 2, 2));
    assertThat(root.get("a").range()).isEqualTo(new Range(2, 7, 2, 12));
    assertThat(root.get("list").range()).isEqualTo(new Range(4, 3, 5, 13));
    assertThat(((Sequence) root.get("list")).items().get(1).range())
        .isEqualTo(new Range(5, 5, 5, 13));
    assertThat(root.get("text").range()).isEqualTo(new Range(6, 7, 8, 6));
    assertThat(((Scalar) root.get("text")).style()).isEqualTo(Style.LITERAL);
    assertThat(root.get("last")).isSameAs(root.get("a"));
  }

  @Test
  void countsLinesAsEditorsDo() {
    var root = map("a: \"x\u2028y\u0085z\"\r\nb: 1\n");

    assertThat(root.entry("b").key().range()).isEqualTo(new Range(2, 1, 2, 2));
  }

  @Test
  void keepsQuotedNumbersAsText() {
    var root = map("a: '010'\nb: 010\n");

    assertThat(((Scalar) root.get("a")).value()).isEqualTo("010");
    assertThat(((Scalar) root.get("b")).text()).isEqualTo("010");
    assertThat(root.get("c")).isNull();
  }

  private static Mapping map(String text) {
    var document = Document.read(text.getBytes(StandardCharsets.UTF_8), "t.yaml");
    assertThat(document.diagnostics()).isEmpty();
    return (Mapping) document.root().orElseThrow();
  }
}
