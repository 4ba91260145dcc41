package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.golempipeline.plan.PlanDiagnosticIds;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputCheckTest {
  private static final String ONE =
      """
      version: 1
      name: one
      run: echo new > "$out"
      output: o.txt
      """;

  private static final String EACH =
      """
      version: 1
      name: each
      input: in/*
      run: cp "$in" "$out"
      output: out/${stem}.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder.resolve("project"));
    project.file("in/a", "1").file("in/b", "2");
  }

  @Test
  void whatNobodyElseHasIsFree() {
    assertThat(project.obstacles(ONE)).isEmpty();
    assertThat(project.obstacles(EACH)).isEmpty();
  }

  @Test
  void aFileOfSomebodyElseIsInTheWayUntilItMayBeReplaced() {
    project.file("o.txt", "precious");
    var sentence = "`o.txt` exists and was not made by this pipeline.";
    assertThat(project.obstacles(ONE)).containsExactly(sentence);
    project.overwrite = true;
    assertThat(project.obstacles(ONE)).isEmpty();
  }

  @Test
  void theTroubleStandsWhereTheFileNamesTheOutput() {
    project.file("o.txt", "precious");
    var plan = project.plan(ONE).value().orElseThrow();
    var found = OutputCheck.of(plan, false, false);
    assertThat(found.value()).isEmpty();
    assertThat(found.diagnostics())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.id()).isEqualTo(PlanDiagnosticIds.OUTPUT_NO_PLACE);
              assertThat(each.range().line()).isEqualTo(4);
              assertThat(each.range().column()).isEqualTo(9);
              assertThat(each.hint()).contains("`run` with `--overwrite`");
            });
  }

  @Test
  void whatAnEarlierRunPublishedIsNotInTheWayUnlessItWasEdited() throws Exception {
    project.succeed(ONE);
    assertThat(project.obstacles(ONE.replace("new", "newer"))).isEmpty();
    project.file("o.txt", "notes");
    var sentence = "`o.txt` was changed since this pipeline published it.";
    assertThat(project.obstacles(ONE)).containsExactly(sentence);
  }

  @Test
  void aFileAmongManyIsFoundOnceTheInputWasSplit() {
    project.file("out/b.txt", "precious");
    assertThat(project.obstacles(EACH))
        .containsExactly("`out/b.txt` exists and was not made by this pipeline.");
  }

  @Test
  void aFileInTheWayOfTheFolderIsFound() {
    project.file("out", "");
    var sentence = "`out` is no folder, and files are to be published below it.";
    assertThat(project.obstacles(EACH)).containsExactly(sentence);
    var unknown =
        EACH.replace("run: cp \"$in\" \"$out\"", "out: '*'\nrun: cp \"$in\" \"$outdir/x\"");
    assertThat(project.obstacles(unknown.replace("${stem}.txt", "${stem}/")))
        .containsExactly(sentence);
    assertThat(project.obstacles(unknown.replace("${stem}.txt", ""))).containsExactly(sentence);
  }

  @Test
  void aLinkOutOfTheFolderIsRefusedUnlessAllowed() throws IOException {
    var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(project.folder.resolve("out"), elsewhere);
    var sentence =
        "`out` leads to `%s`, outside the folder of the pipeline file."
            .formatted(elsewhere.toRealPath());
    assertThat(project.obstacles(EACH)).containsExactly(sentence);
    project.allowOutside = true;
    assertThat(project.obstacles(EACH)).isEmpty();
  }

  @Test
  void everyStageSaysItsOwn() throws IOException {
    project.file("a.txt", "precious");
    Files.createDirectory(project.folder.resolve("b.txt"));
    var yaml =
        """
        version: 1
        name: two
        stages:
          a:
            run: echo a > "$out"
            output: a.txt
          b:
            run: echo b > "$out"
            output: b.txt
        """;
    assertThat(project.obstacles(yaml))
        .containsExactly(
            "`a.txt` exists and was not made by this pipeline.",
            "`b.txt` is a folder, and a file is to be published there.");
  }
}
