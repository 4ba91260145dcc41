package org.golempipeline.laws;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.MatrixAxis;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.spec.Template;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/** Stages of a user as they are when laws are tried: every fragment once, and all of them. */
final class LawStages {
  /** Combinations of a matrix that are tried. */
  private static final int COMBINATIONS = 2;

  private LawStages() {}

  /** The same stage with its matrix cut short. */
  static StageSpec fewCombinations(StageSpec spec) {
    var axes = new ArrayList<MatrixAxis>();
    var left = COMBINATIONS;
    for (var axis : spec.matrix()) {
      var taken = new ArrayList<String>();
      for (var i = 0; i < Math.min(left, axis.values().count()); i++) {
        taken.add(axis.values().get(i));
      }
      axes.add(new MatrixAxis(axis.name(), new MatrixAxis.Listed(taken)));
      left = Math.max(1, left / Math.max(1, taken.size()));
    }
    return copy(spec, spec.split(), axes, spec.output(), spec.outputRange());
  }

  /** The same stage, split and published in another way. */
  static StageSpec with(
      StageSpec spec, StrategyUse split, @Nullable Template output, @Nullable Range outputRange) {
    return copy(spec, split, spec.matrix(), output, outputRange);
  }

  /**
   * Where the results of a stage go below the folder of a trial, wherever its file puts them.
   *
   * @param wanted whether there must be a result to look at
   */
  static @Nullable Template output(StagePlan stage, boolean wanted) {
    var output = stage.spec().output();
    if (output != null) {
      var segments = new ArrayList<String>();
      for (var segment : output.toString().replaceFirst("^/+", "").split("/", -1)) {
        if (!segment.equals("..")) {
          segments.add(segment);
        }
      }
      return Template.of(String.join("/", segments));
    }
    if (!wanted || stage.merge().result() == Result.VALUE) {
      return null;
    }
    var folder =
        stage.merge().result() == Result.FILES || stage.spec().out() instanceof OutSpec.Many;
    return Template.of(folder ? "result/" : "result/" + stage.name());
  }

  private static StageSpec copy(
      StageSpec spec,
      StrategyUse split,
      List<MatrixAxis> matrix,
      @Nullable Template output,
      @Nullable Range outputRange) {
    return new StageSpec(
        spec.name(),
        spec.range(),
        spec.image(),
        spec.imageRange(),
        spec.input(),
        spec.from(),
        spec.needs(),
        spec.files(),
        spec.setup(),
        split,
        matrix,
        spec.run(),
        spec.out(),
        spec.accept(),
        spec.merge(),
        output,
        output == null ? null : outputRange == null ? spec.range() : outputRange,
        spec.resources(),
        spec.retry(),
        spec.timeouts(),
        false,
        null,
        null);
  }
}
