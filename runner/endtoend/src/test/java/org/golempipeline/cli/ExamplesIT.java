package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example makes what its {@code expected} folder says. */
@Timeout(120)
class ExamplesIT {
  @TempDir Path folder;

  private static final String KEPT =
      "cache/(lock|digests|(packs|index)/.*)|published/.*|stages/.*|[^/]*\\.lock"
          + "|runs/[^/]*/(journal\\.ndjson|messages\\.ndjson|lock)";

  @ParameterizedTest
  @MethodSource("examples")
  void makesWhatIsExpected(String name) throws IOException {
    var example = Workspace.project().resolve("pipelines").resolve(name);
    var workspace = new Workspace(folder).copy(example, name);

    var ran = workspace.run("run", name + "/pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).contains(name + ": done in").contains(name + "/result/");
    assertThat(workspace.files(name + "/result"))
        .isEqualTo(Workspace.files(example.resolve("expected")));
    assertThat(workspace.files(name + "/.golem-pipeline").keySet())
        .as("what stays is what later runs and commands read")
        .allMatch(file -> file.matches(KEPT));

    var again = workspace.run("run", name + "/pipeline.yaml", "--workers", "1");
    assertThat(again.exitCode()).as("a second run has nothing to do").isZero();
    assertThat(again.err()).contains("reused").doesNotContain(" busy");
    var fresh = workspace.run("run", name + "/pipeline.yaml", "--fresh", "--workers", "1");
    assertThat(fresh.exitCode()).as("a third one replaces what the first made").isZero();
    assertThat(workspace.files(name + "/result"))
        .isEqualTo(Workspace.files(example.resolve("expected")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isComplete(String name) throws IOException {
    var example = Workspace.project().resolve("pipelines").resolve(name);

    assertThat(example.resolve("README.md")).isNotEmptyFile();
    assertThat(example.resolve("expected")).isNotEmptyDirectory();
    assertThat(Files.readString(example.resolve("pipeline.yaml")))
        .startsWith(
            "# yaml-language-server: $schema=../../.golem-pipeline/schema.json\nversion: 1\n")
        .contains("\nname: " + name + "\n");
  }

  static List<String> examples() throws IOException {
    try (var folders = Files.list(Workspace.project().resolve("pipelines"))) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }
}
