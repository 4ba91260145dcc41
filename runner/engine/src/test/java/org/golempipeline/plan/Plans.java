package org.golempipeline.plan;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;

/** Plans of texts, whose strategies may run nothing on this machine. */
public final class Plans {
  private Plans() {}

  /**
   * @param file what the text is called
   * @param folder of its input
   */
  public static Checked<Plan> of(String yaml, String file, Path folder) {
    var strategies = new Strategies(StandardStrategies.splits(), StandardStrategies.merges());
    return PipelineFiles.load(
            yaml.getBytes(StandardCharsets.UTF_8),
            file,
            strategies,
            new Overrides(Map.of(), name -> Optional.empty(), false))
        .then(
            spec ->
                Planner.plan(
                    spec,
                    strategies,
                    folder,
                    folder.resolve("work"),
                    new LocalShell(false, Secrets.NONE)));
  }
}
