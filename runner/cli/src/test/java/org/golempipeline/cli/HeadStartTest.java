package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.golempipeline.plugins.Plugins;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.junit.jupiter.api.Test;

class HeadStartTest {
  /** With a mistake in it, only half of what a command needs would be loaded. */
  @Test
  void whatItReadsIsAPipeline() {
    var checked =
        PipelineFiles.load(
            HeadStart.SMALLEST, "smallest.yaml", Plugins.NONE.strategies(), Overrides.NONE);

    assertThat(checked.diagnostics()).isEmpty();
    assertThat(checked.value()).isPresent();
  }
}
