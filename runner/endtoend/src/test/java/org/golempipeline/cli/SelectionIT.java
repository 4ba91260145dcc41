package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --only} and {@code --fresh}, for {@code run} and {@code plan}. */
@Timeout(240)
class SelectionIT {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws Exception {
    workspace = new Workspace(folder);
    workspace.write("in/a", "1\n");
    workspace.write("in/b", "2\n");
    workspace.write(
        "two.yaml",
        """
        version: 1
        name: two
        stages:
          copy: { input: in/*, run: 'cp "$in" "$out"', out: .txt, output: copies/ }
          join: { from: copy, run: 'cat "$in" > "$out"', merge: concat, output: all.txt }
        """);
    workspace.write(
        "one.yaml",
        "version: 1\nname: one\ninput: in/*\nrun: 'cp \"$in\" \"$out\"'\nmerge: concat\n"
            + "output: one.txt\n");
  }

  @Test
  void onlyOneStage() throws Exception {
    var ran = workspace.run("run", "two.yaml", "--only", "copy");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(folder.resolve("copies/a.txt")).hasContent("1\n");
    assertThat(folder.resolve("all.txt")).doesNotExist();

    var plan = workspace.run("plan", "two.yaml", "--only", "join");
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("stage copy")
        .doesNotContain("copies/")
        .contains("→ all.txt")
        .contains("only stage join and what it needs; no other result is published\n");
  }

  @Test
  void onlyOneFragmentSaysWhereItsOutputIs() throws Exception {
    var ran = workspace.run("run", "--only", "copy/1", "two.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    var line =
        ran.err().lines().filter(each -> each.startsWith("  output ")).findFirst().orElseThrow();
    assertThat(line).endsWith("(2 B of copy/1)");
    var path = line.substring(line.indexOf(".golem-pipeline"), line.indexOf(" ("));
    assertThat(path).endsWith("/outputs/copy-1.txt");
    assertThat(Files.readString(folder.resolve(path))).isEqualTo("2\n");
    assertThat(folder.resolve("copies")).doesNotExist();

    assertThat(workspace.run("plan", "two.yaml", "--only", "copy/1").out())
        .contains("only fragment copy/1 and what it needs; nothing is published\n");
  }

  @Test
  void theOnlyStageNeedsNoName() throws Exception {
    var ran = workspace.run("run", "one.yaml", "--only", "0");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("of one/0)");
    assertThat(folder.resolve("one.txt")).doesNotExist();
    assertThat(workspace.run("run", "two.yaml", "--only", "0").err())
        .contains("Each stage has a fragment of that number.");
  }

  @Test
  void wrongNamesGetASuggestion() throws Exception {
    for (var words :
        new String[][] {
          {"run", "two.yaml", "--only", "jion"},
          {"run", "two.yaml", "--only", "jion/1"},
          {"plan", "two.yaml", "--only", "jion"},
          {"run", "two.yaml", "--fresh", "jion"},
          {"plan", "two.yaml", "--fresh=jion"}
        }) {
      var ran = workspace.run(words);
      assertThat(ran.exitCode()).as(String.join(" ", words)).isEqualTo(2);
      assertThat(ran.err()).contains("There is no stage `jion`.").contains("Did you mean `join`?");
    }
    var ran = workspace.run("run", "two.yaml", "--only", "copy/2");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .contains("Stage `copy` has no fragment 2.")
        .contains("Its fragments are numbered from 0 to 1.");
    assertThat(workspace.run("run", "two.yaml", "--only", "copy/x").err())
        .contains("`copy/x` names no fragment.");
  }

  @Test
  void freshOfOneStageOrOfAll() throws Exception {
    workspace.run("run", "two.yaml");
    var ran = workspace.run("run", "two.yaml", "--fresh", "join");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("copy: all 2 fragments reused")
        .contains("join: 0 fragments reused, 2 to compute: asked for with --fresh");
    for (var words :
        new String[][] {
          {"run", "two.yaml", "--fresh"},
          {"run", "--fresh", "two.yaml"},
          {"run", "two.yaml", "--fresh", "--workers", "1"}
        }) {
      var all = workspace.run(words);
      assertThat(all.exitCode()).as(all.err()).isZero();
      assertThat(all.err()).contains("4 done").doesNotContain("reused");
    }
    assertThat(workspace.run("plan", "two.yaml", "--fresh", "copy").out())
        .contains("from earlier runs, copy: nothing is used, as --fresh says\n");
    assertThat(workspace.run("plan", "--fresh", "two.yaml").out())
        .contains("from earlier runs: nothing is used, as --fresh says\n");
  }
}
