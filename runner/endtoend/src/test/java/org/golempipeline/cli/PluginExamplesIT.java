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

/** The examples of the plugins, each with the jar that the build made. */
@Timeout(180)
class PluginExamplesIT {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("plugins")
  void makesWhatIsExpected(String plugin) throws IOException {
    var module = Workspace.project().resolve("plugins").resolve(plugin);
    var example = only(module.resolve("example"), ".*");
    var name = example.getFileName().toString();
    var workspace = new Workspace(folder).copy(example, name);

    var ran = workspace.run("run", name + "/pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.files(name + "/result"))
        .isEqualTo(Workspace.files(example.resolve("expected")));
    var jar = jar(plugin).toString();
    assertThat(workspace.run("plugins", "pin", name + "/pipeline.yaml", jar).exitCode()).isZero();
    var again = workspace.run("run", name + "/pipeline.yaml");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.err()).contains("reused");
  }

  static List<String> plugins() {
    return List.of("genomes", "media");
  }

  /** The jar that the build made of a plugin. */
  private static Path jar(String plugin) throws IOException {
    var target = Workspace.project().resolve("plugins").resolve(plugin).resolve("target");
    return only(target, "golem-pipeline-" + plugin + "-[0-9.]+\\.jar");
  }

  private static Path only(Path folder, String name) throws IOException {
    try (var files = Files.list(folder)) {
      var found = files.filter(file -> file.getFileName().toString().matches(name)).toList();
      assertThat(found).as("%s in %s", name, folder).hasSize(1);
      return found.get(0);
    }
  }
}
