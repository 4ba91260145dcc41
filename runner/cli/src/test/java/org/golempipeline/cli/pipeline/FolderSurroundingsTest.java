package org.golempipeline.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.golempipeline.cli.Workspace;
import org.golempipeline.pipeline.FolderSurroundings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSurroundingsTest {
  @TempDir Path folder;

  @Test
  void readsEachTextAndRunsNone() {
    var answers =
        new FolderSurroundings(folder)
            .syntax(
                List.of(
                    "touch '" + folder + "/ran'; true\n",
                    "date\nif true; then date\n",
                    "'\"; touch " + folder + "/ran #",
                    "",
                    "x".repeat(200_000) + " (",
                    "echo 'ü\n' | cat"));

    assertThat(answers).hasSize(6);
    assertThat(answers.get(0)).isEmpty();
    assertThat(answers.get(1).orElseThrow().message()).isNotBlank();
    assertThat(answers.get(2)).isPresent();
    assertThat(answers.subList(3, 6)).as("the long one is not read").containsOnly(Optional.empty());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void checkSaysWhatLiesBesideAndWhatIsNotThere() throws IOException {
    var workspace = new Workspace(folder);
    workspace.write("work.py", "print(1)\n");
    workspace.write(
        "p.yaml",
        """
        version: 1
        input: "*.txt"
        run: |
          python3 work.py "$inn" > "$out"
          if true; then date
        output: x/
        """);

    var checked = workspace.run("check", "p.yaml");

    assertThat(checked.exitCode()).as("warnings alone").isZero();
    assertThat(checked.out()).isEmpty();
    assertThat(checked.err())
        .contains("p.yaml:2:8: warning: No file matches `*.txt`. [Input.NoMatch]")
        .contains("[Lint.FileBeside]")
        .contains("[Lint.Unset]")
        .contains("[Lint.Syntax]")
        .contains("4 warnings.");
  }
}
