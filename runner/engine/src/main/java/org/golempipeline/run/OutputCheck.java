package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.plan.OutputNames;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.PlanDiagnosticIds;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, before anything is spent, results that cannot be written, or would replace what is not
 * as the pipeline left it: the first trouble of each stage. What is only known later is looked at
 * again before it is published.
 */
public final class OutputCheck {
  private final PipelineSpec spec;
  private final Publisher publisher;
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private OutputCheck(PipelineSpec spec, Path results, boolean overwrite, boolean outside) {
    this.spec = spec;
    this.publisher = new Publisher(results, spec.name(), Map.of(), overwrite, outside);
  }

  /**
   * Looks at every place that is known before a run.
   *
   * @param overwrite whether files may be replaced that are not as the pipeline left them
   * @param outside whether results may be written outside the folder of the pipeline file
   */
  public static Checked<Plan> of(Plan plan, boolean overwrite, boolean outside) {
    var check = new OutputCheck(plan.spec(), plan.results(), overwrite, outside);
    for (var stage : plan.stages()) {
      if (plan.publishes(stage)) {
        check.add(stage.spec(), stage.known());
      }
    }
    return new Checked<>(plan, check.diagnostics);
  }

  /**
   * @param fragments null if they are not known yet
   */
  private void add(StageSpec stage, @Nullable StageFragments fragments) {
    var range = stage.outputRange();
    if (range == null) {
      return;
    }
    var id = PlanDiagnosticIds.OUTPUT_BAD_PATH;
    try {
      var paths = new TreeSet<>(new OutputNames(stage, spec.values()).files(fragments));
      id = PlanDiagnosticIds.OUTPUT_NO_PLACE;
      publisher.check(paths);
    } catch (StrategyException e) {
      diagnostics.add(
          Diagnostic.error(id, spec.source(), range, e.getMessage(), e.hint().orElse(null)));
    } catch (IOException e) {
      diagnostics.add(
          Diagnostic.error(
              id,
              spec.source(),
              range,
              "Could not look where the result goes: " + Trouble.reason(e) + ".",
              Trouble.cure(e)));
    }
  }
}
