package org.golempipeline.run;

import java.math.BigDecimal;
import java.time.Duration;
import org.golempipeline.spec.PipelineSpec;

/** What a run takes where neither its file nor its caller says anything. */
public final class RunDefaults {
  private static final int GOLEM_WORKERS = 5;
  private static final Duration LEAST_AGREEMENT = Duration.ofHours(3);

  private RunDefaults() {}

  /** The most providers at a time. */
  public static int workers(PipelineSpec spec, RunSettings.Target target) {
    if (spec.workers() != null) {
      return spec.workers();
    }
    return target == RunSettings.Target.LOCAL ? cores() : GOLEM_WORKERS;
  }

  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** What may be spent, in GLM; on this machine nothing is. */
  public static BigDecimal budget(PipelineSpec spec) {
    return spec.budget() == null ? BigDecimal.ONE : spec.budget();
  }

  /** How long agreements last: enough for the slowest fragment that the file allows. */
  public static Duration agreements(PipelineSpec spec) {
    var longest = LEAST_AGREEMENT;
    for (var stage : spec.stages()) {
      var timeouts = stage.timeouts();
      var needed =
          timeouts
              .deploy()
              .plus(timeouts.run())
              .plus(timeouts.transfer())
              .plus(timeouts.transfer())
              .plusMinutes(10);
      longest = needed.compareTo(longest) > 0 ? needed : longest;
    }
    return longest;
  }
}
