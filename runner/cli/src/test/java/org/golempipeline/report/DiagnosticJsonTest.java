package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.junit.jupiter.api.Test;

class DiagnosticJsonTest {
  @Test
  void hasTheDocumentedShape() {
    var diagnostic =
        Diagnostic.error("Graph.Cycle", new Source("f.yaml", "a\nb\n"), Range.START, "Turns.", null)
            .withRelated(List.of(new Diagnostic.Related(new Range(2, 1, 2, 2), "And \"back\".")));

    assertThat(DiagnosticJson.of(List.of(diagnostic)))
        .isEqualTo(
            """
            [
            {"severity":"error","id":"Graph.Cycle","file":"f.yaml","line":1,"column":1,\
            "endLine":1,"endColumn":1,"message":"Turns.","hint":null,"related":[{"file":"f.yaml",\
            "line":2,"column":1,"endLine":2,"endColumn":2,"message":"And \\"back\\"."}]}
            ]
            """);
  }

  @Test
  void isAnEmptyArrayWithoutDiagnostics() {
    assertThat(DiagnosticJson.of(List.of())).isEqualTo("[]\n");
  }
}
