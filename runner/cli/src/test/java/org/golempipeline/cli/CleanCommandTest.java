package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class CleanCommandTest {
  private static final String PIPELINE =
      """
      version: 1
      name: numbers
      matrix: { n: 1..20 }
      run: echo "$n" > "$out"
      merge: concat
      output: numbers.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void runOnce() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("p.yaml", PIPELINE);
    assertThat(workspace.run("run", "p.yaml").exitCode()).isZero();
  }

  @Test
  void saysWhatIsThere() {
    var ran = workspace.run("clean");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.lines().get(0)).matches(".* of results in .*cache; 1 run\\.");
  }

  @Test
  void keepsWhatIsYoungerThanAskedFor() {
    var ran = workspace.run("clean", "--older", "30d");

    assertThat(ran.lines().get(0)).startsWith("Removed 0 B of results and 0 runs;");
    assertThat(workspace.run("run", "p.yaml").err()).contains("all 20 fragments reused");
  }

  @Test
  void whatWasRemovedIsComputedAgainAndTheResultStays() throws IOException {
    var ran = workspace.run("clean", "--max", "0B", "--older", "0s");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.lines().get(0)).contains("1 run;").endsWith(" 0 B of results left.");
    assertThat(folder.resolve("numbers.txt")).exists();
    Files.writeString(folder.resolve("p.yaml"), PIPELINE.replace("1..20", "1..21"));
    assertThat(workspace.run("run", "p.yaml").err())
        .contains("21 fragments done")
        .doesNotContain("reused");
  }

  @Test
  void whatKilledCommandsLeftIsCountedAndRemoved() throws IOException {
    workspace.write(".golem-pipeline/runs/killed/work/split-a/0", "12345");

    assertThat(workspace.run("clean").lines()).contains("5 B left by 1 command that was killed.");
    assertThat(workspace.run("clean", "--older", "30d").lines())
        .contains("Removed 5 B left by 1 command that was killed.");
    assertThat(folder.resolve(".golem-pipeline/runs/killed")).doesNotExist();
    assertThat(workspace.run("clean").lines()).hasSize(2);
  }

  @Test
  void badAmountsAreRefused() {
    var ran = workspace.run("clean", "--older", "soon");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("`--older soon` is no length of time.").contains("`30d`");
  }
}
