package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples of every shape make on the network what they make here. */
class ExamplesOnGolemIT extends RealNetwork {
  @ParameterizedTest
  @ValueSource(strings = {"mask-attack", "monte-carlo-pi", "parameter-sweep", "word-count"})
  void makesWhatIsExpected(String name) throws IOException {
    var example = Workspace.project().resolve("pipelines").resolve(name);
    workspace.copy(example, name);

    var ran = run(name + "/pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.files(name + "/result"))
        .isEqualTo(Workspace.files(example.resolve("expected")));
    assertSettled(1);
  }
}
