package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FmtCommandTest {
  private static final String UNTIDY = "run:   \"true\"   # why\nversion: 1\n";
  private static final String TIDY = "version: 1\nrun: \"true\"   # why\n";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() {
    workspace = new Workspace(folder);
  }

  @Test
  void namesWhatItChangesAndLeavesTheRest() throws IOException {
    workspace.write("pipeline.yaml", UNTIDY);
    workspace.write("tidy.yaml", TIDY);

    var first = workspace.run("fmt");
    assertThat(first.out()).isEqualTo("pipeline.yaml\n");
    assertThat(workspace.read("pipeline.yaml")).isEqualTo(TIDY);
    var again = workspace.run("fmt", "pipeline.yaml", "tidy.yaml");
    assertThat(again.out()).isEmpty();
    assertThat(again.exitCode()).isZero();
    assertThat(workspace.files("").keySet())
        .containsExactlyInAnyOrder("pipeline.yaml", "tidy.yaml");
  }

  @Test
  void onlyChecks() throws IOException {
    workspace.write("a.yaml", UNTIDY);
    workspace.write("b.yaml", TIDY);

    var checked = workspace.run("fmt", "--check", "a.yaml", "b.yaml");

    assertThat(checked.out()).isEqualTo("a.yaml\n");
    assertThat(checked.exitCode()).isEqualTo(1);
    assertThat(workspace.read("a.yaml")).isEqualTo(UNTIDY);
    assertThat(workspace.run("fmt", "--check", "b.yaml").exitCode()).isZero();
  }

  @Test
  void printsWhatComesFromStandardInput() throws IOException {
    var printed = workspace.saying(UNTIDY).run("fmt", "-");

    assertThat(printed.out()).isEqualTo(TIDY);
    assertThat(workspace.saying(UNTIDY).run("fmt", "--check", "-").exitCode()).isEqualTo(1);
  }

  @Test
  void leavesALinkALinkAndPermissionsAsTheyAre() throws IOException {
    workspace.write("own/a.yaml", UNTIDY);
    var mode = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(folder.resolve("own/a.yaml"), mode);
    Files.createSymbolicLink(folder.resolve("link.yaml"), Path.of("own/a.yaml"));

    assertThat(workspace.run("fmt", "link.yaml").exitCode()).isZero();

    assertThat(folder.resolve("link.yaml")).isSymbolicLink();
    assertThat(workspace.read("own/a.yaml")).isEqualTo(TIDY);
    assertThat(Files.getPosixFilePermissions(folder.resolve("own/a.yaml"))).isEqualTo(mode);
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    workspace.write("a.yaml", "a: b\n  c: d\n");

    var broken = workspace.run("fmt", "a.yaml");
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err()).contains("a.yaml:2:").contains("[Yaml.Syntax]");
    var nowhere = workspace.run("fmt", "nowhere.yaml");
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("There is no file `nowhere.yaml`.");
  }
}
