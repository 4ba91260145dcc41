package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example makes on the network what it makes here. */
class ExamplesOnGolemIT extends RealNetwork {
  @ParameterizedTest
  @MethodSource("examples")
  void makesWhatIsExpected(String name) throws IOException {
    var example = Workspace.project().resolve("pipelines").resolve(name);
    workspace.copy(example, name);

    var ran = run(name + "/pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.files(name + "/result"))
        .isEqualTo(Workspace.files(example.resolve("expected")));
    assertSettled(1);
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
