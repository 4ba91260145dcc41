package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that includes files and has profiles, from end to end. */
@Timeout(240)
class IncludeIT {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("shared/params.yaml", "params: { word: rose }\n");
    workspace.write(
        "shared/stages.yaml",
        """
        include: params.yaml
        stages:
          number:
            input: input/*.txt
            run: grep -n . "$in" > "$out"
          find:
            from: number
            run: grep -F "$word" "$in" > "$out"
            merge: concat
        """);
    workspace.write(
        "job/pipeline.yaml",
        """
        version: 1
        include: ../shared/stages.yaml
        profiles:
          other: { params: { word: thorn } }
        stages:
          last:
            from: find
            run: tr a-z A-Z < "$in" > "$out"
            output: found.txt
        """);
    workspace.write("job/input/a.txt", "a rose\na thorn\n");
  }

  @Test
  void aChangeInAnIncludedFileMakesStaleWhatDependsOnIt() throws IOException {
    assertThat(run().exitCode()).isZero();
    assertThat(workspace.read("job/found.txt")).isEqualTo("1:A ROSE\n");
    workspace.write("shared/params.yaml", "params: { word: thorn }\n");

    var plan = workspace.run("plan", "job/pipeline.yaml");
    assertThat(plan.out()).contains("number: 1 of 1 fragment kept").doesNotContain("find: 1 of 1");
    assertThat(run().err())
        .contains("number: all 1 fragment reused")
        .contains("find: 0 fragments reused, 1 to compute: param word rose→thorn");
    assertThat(workspace.read("job/found.txt")).isEqualTo("2:A THORN\n");

    workspace.write("shared/params.yaml", "# The same.\nparams: { word: thorn }\n");
    assertThat(run().err()).doesNotContain("to compute");
  }

  @Test
  void aRunKeepsItsProfilesForRepro() throws IOException {
    assertThat(run("--profile", "other").exitCode()).isZero();
    assertThat(workspace.read("job/found.txt")).isEqualTo("2:A THORN\n");

    var again = workspace.run("repro", "find/0", "job/pipeline.yaml", "--to", "again");

    assertThat(again.err())
        .contains("As in run")
        .contains("--profile other")
        .contains("word=thorn");
    assertThat(workspace.files("again").values()).anyMatch(file -> file.contains("word='thorn'"));
    workspace.write("shared/params.yaml", "params: { word: rose }\ntimeout: 1m\n");
    assertThat(workspace.run("repro", "find/0", "job/pipeline.yaml", "--to", "then").err())
        .contains("`job/pipeline.yaml` has changed since run");
  }

  @Test
  void aMistakeIsShownInTheFileItStandsIn() throws IOException {
    workspace.write("shared/params.yaml", "params:\n  word: { type: colour }\n");

    var checked = workspace.run("check", "job/pipeline.yaml");

    assertThat(checked.err())
        .contains("shared/params.yaml:2:17: error:")
        .contains("2 |   word: { type: colour }");
    assertThat(workspace.run("check", "--json", "job/pipeline.yaml").out())
        .contains("\"file\":\"shared/params.yaml\",\"line\":2,\"column\":17");
    assertThat(checked.exitCode()).isEqualTo(2);
  }

  @Test
  void theMergedFileIsOnePipelineThatMeansTheSame() throws IOException {
    var merged =
        workspace.run("check", "job/pipeline.yaml", "--profile", "other", "--merged").out();

    assertThat(merged)
        .isEqualTo(
            """
            version: 1
            params:
              word: thorn
            profiles:
              other:
                params:
                  word: thorn
            stages:
              # shared/stages.yaml:3
              number:
                input: input/*.txt
                run: grep -n . "$in" > "$out"
              # shared/stages.yaml:6
              find:
                from: number
                run: grep -F "$word" "$in" > "$out"
                merge: concat
              last:
                from: find
                run: tr a-z A-Z < "$in" > "$out"
                output: found.txt
            """);
    workspace.write("job/one.yaml", merged);
    assertThat(workspace.run("run", "job/one.yaml").exitCode()).isZero();
    assertThat(workspace.read("job/found.txt")).isEqualTo("2:A THORN\n");
  }

  private Workspace.Ran run(String... options) throws IOException {
    var arguments = new ArrayList<>(List.of("run", "job/pipeline.yaml"));
    arguments.addAll(List.of(options));
    return workspace.run(arguments.toArray(String[]::new));
  }
}
