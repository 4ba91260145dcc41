package org.golempipeline.cli.run;

import org.golempipeline.cli.pipeline.OpenPipeline;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.plan.Plan;
import org.golempipeline.run.OutputCheck;
import picocli.CommandLine.Option;

/** What a command may replace by results, and whether they can go where they belong. */
final class OutputOptions {
  @Option(
      names = "--overwrite",
      description = "Lets results replace files that are not as an earlier run left them.")
  private boolean overwrite;

  boolean overwrite() {
    return overwrite;
  }

  /** {@code plan}, unless something lies in the way of its results. */
  Checked<Plan> check(OpenPipeline pipeline, Plan plan) {
    return OutputCheck.of(plan, overwrite, pipeline.allowsOutside());
  }
}
