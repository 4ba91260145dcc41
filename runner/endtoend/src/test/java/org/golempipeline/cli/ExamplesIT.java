package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example makes what its {@code expected} folder says. One whose README says {@code Needs
 * `program`} is left out where that is not installed, but not in continuous integration.
 */
@Timeout(240)
class ExamplesIT {
  private static final Pattern NEEDS = Pattern.compile("\\bNeeds `([^`]+)`");

  private static final String KEPT =
      "cache/(lock|digests|(packs|index)/.*)|published/.*|stages/.*|[^/]*\\.lock"
          + "|runs/[^/]*/(journal\\.ndjson|messages\\.ndjson|lock|process)";

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("examples")
  void makesWhatIsExpected(String name) throws IOException {
    var example = Workspace.project().resolve("pipelines").resolve(name);
    assumeNeeds(example);
    var workspace = new Workspace(folder);
    workspace.write(name + "/pipeline.yaml", Files.readString(example.resolve("pipeline.yaml")));
    if (Files.exists(example.resolve("input"))) {
      workspace.copy(example.resolve("input"), name + "/input");
    }

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
  }

  @Test
  void replacesWhatAnEarlierRunMade() throws IOException {
    var example = Workspace.project().resolve("pipelines/parameter-sweep");
    var workspace = new Workspace(folder).copy(example, "sweep");
    assertThat(workspace.run("run", "sweep/pipeline.yaml").exitCode()).isZero();

    var fresh = workspace.run("run", "sweep/pipeline.yaml", "--fresh", "--workers", "1");

    assertThat(fresh.exitCode()).as(fresh.err()).isZero();
    assertThat(workspace.files("sweep/result"))
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
    assertThat(Files.readString(example.resolveSibling("README.md")))
        .contains("| [" + name + "](" + name + "/): ");
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

  private static void assumeNeeds(Path example) throws IOException {
    var needs = NEEDS.matcher(Files.readString(example.resolve("README.md")));
    while (needs.find()) {
      var program = needs.group(1);
      var installed =
          Stream.of(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
      assumeTrue(installed || System.getenv("CI") != null, "there is no `" + program + "`");
    }
  }
}
