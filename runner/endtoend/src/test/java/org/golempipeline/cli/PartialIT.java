package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A result without fragments that failed, as the user meets it. */
@Timeout(240)
class PartialIT {
  private static final String PIPELINE =
      """
      version: 1
      name: copy
      input: in/*
      retry: { attempts: 1, keep_going: true }
      run: |
        if grep -q bad "$in"; then exit 3; fi
        cat "$in" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws Exception {
    workspace = new Workspace(folder);
    workspace.write("in/a", "1\n");
    workspace.write("in/b", "bad\n");
    workspace.write("in/c", "3\n");
    workspace.write("copy.yaml", PIPELINE);
  }

  @Test
  void isSaidEverywhere() throws Exception {
    var ran = workspace.run("run", "copy.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(6);
    assertThat(ran.err())
        .containsPattern("copy: partial after .*: 1 fragment missing\n")
        .contains("  partial    copy lacks 1 of 3 fragments: 1\n")
        .contains("  next       run it again: only what failed is computed\n")
        .doesNotContain("done in");
    assertThat(folder.resolve("all.txt")).hasContent("1\n3\n");

    assertThat(workspace.run("runs").out())
        .contains("2 done, 1 failed")
        .contains("partial: 1 fragment missing");
    var json = new ObjectMapper().readTree(workspace.run("runs", "--json").out());
    assertThat(json.path("state").asText()).isEqualTo("partial");
    assertThat(json.path("exitCode").asInt()).isEqualTo(6);
    assertThat(json.path("fragmentsMissing").asInt()).isEqualTo(1);
    assertThat(workspace.run("logs", "last").out())
        .contains("It exited with 3.")
        .contains("The result is partial: 1 fragment missing.\n  copy/1\n");
    assertThat(workspace.run("replay", "last").exitCode()).isZero();
    var page = workspace.run("report", "last", "--output", "page.html");
    assertThat(page.exitCode()).as(page.err()).isZero();
    assertThat(Files.readString(folder.resolve("page.html")))
        .contains(">partial<")
        .contains("exit code 6")
        .contains("The result is partial: 1 fragment missing.");
  }

  @Test
  void isAnEventOfItsOwn() throws Exception {
    var ran = workspace.run("run", "copy.yaml", "--json");
    assertThat(ran.exitCode()).isEqualTo(6);
    assertThat(ran.out())
        .contains(
            "\"type\":\"part-made\",\"stage\":\"copy\",\"missing\":\"1\",\"from\":[],\"failed\":true")
        .contains("\"fragmentsMissing\":1");
  }

  @Test
  void isWholeAfterTheNextRun() throws Exception {
    workspace.run("run", "copy.yaml");
    workspace.write("in/b", "2\n");
    var ran = workspace.run("run", "copy.yaml");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).contains("copy: 2 fragments reused, 1 to compute:").contains("done in");
    assertThat(folder.resolve("all.txt")).hasContent("1\n2\n3\n");
    assertThat(workspace.run("runs").out().lines().findFirst().orElseThrow()).endsWith("done");
  }

  @Test
  void saysWhyItComputesAgain() throws Exception {
    workspace.run("run", "copy.yaml");
    var ran = workspace.run("run", "copy.yaml");
    assertThat(ran.exitCode()).isEqualTo(6);
    assertThat(ran.err())
        .contains("copy: 2 fragments reused, 1 to compute: 1 failed in the last run\n");
  }

  @Test
  void isNoneIfNothingSucceeds() throws Exception {
    workspace.write("in/a", "bad\n");
    workspace.write("in/c", "bad\n");
    var ran = workspace.run("run", "copy.yaml");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("No fragment of `copy` succeeded.");
    assertThat(folder.resolve("all.txt")).doesNotExist();
    assertThat(workspace.run("runs").out()).contains("failed: No fragment of `copy` succeeded.");
  }

  @Test
  void isDoneIfEnoughWasAskedFor() throws Exception {
    workspace.write(
        "enough.yaml",
        PIPELINE
            .replace("retry: { attempts: 1, keep_going: true }", "enough: 2")
            .replace(
                "if grep -q bad \"$in\"; then exit 3; fi",
                "if grep -q bad \"$in\"; then sleep 1000; fi"));
    var ran = workspace.run("run", "enough.yaml", "--workers", "2");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("1 fragment missing")
        .contains("copy has enough with 2; without 1: 1\n");
    assertThat(workspace.run("runs").out()).contains("partial: 1 fragment missing");
  }
}
