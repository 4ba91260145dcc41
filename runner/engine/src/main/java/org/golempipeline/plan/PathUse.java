package org.golempipeline.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.spec.InputSource;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.strategy.StrategyException;

/** What a pipeline itself does with a file that is written beside its results. */
public final class PathUse {
  private PathUse() {}

  /**
   * {@code an input of the pipeline}, {@code the result of stage `x`}, or that it lies among what
   * runs keep; empty if nothing is known that it does with it.
   *
   * @param file absolute
   */
  public static Optional<String> of(Plan plan, Path file) {
    if (!file.startsWith(plan.folder())) {
      return Optional.empty();
    }
    if (file.startsWith(plan.folder().resolve(OutputNames.OWN))) {
      return Optional.of("in the folder where runs keep their own files");
    }
    var path = plan.folder().relativize(file).toString();
    if (inputs(plan.spec()).stream().anyMatch(pattern -> pattern.matches(path))) {
      return Optional.of("an input of the pipeline");
    }
    var values = plan.spec().values();
    return plan.stages().stream()
        .filter(plan::publishes)
        .filter(stage -> isResult(stage, values, path))
        .map(stage -> "the result of stage `%s`".formatted(stage.name()))
        .findFirst();
  }

  private static boolean isResult(StagePlan stage, Map<String, String> values, String path) {
    try {
      return new OutputNames(stage.spec(), values).files(stage.known()).contains(path);
    } catch (StrategyException e) {
      return false; // told with its place before anything runs
    }
  }

  /** What matches whatever {@code input} of any stage names, exclusions not considered. */
  static List<PathPattern> inputs(PipelineSpec spec) {
    var patterns = new ArrayList<PathPattern>();
    for (var stage : spec.stages()) {
      for (var source : stage.input()) {
        if (source instanceof InputSource.Glob glob && !glob.exclude()) {
          patterns.add(PathPattern.of(glob.pattern()));
        } else if (source instanceof InputSource.Literal literal) {
          patterns.add(PathPattern.of(literal.path().replaceAll("([\\\\*?\\[\\]{}])", "\\\\$1")));
        }
      }
    }
    return patterns;
  }
}
