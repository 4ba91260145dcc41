package org.golempipeline.laws;

import java.util.List;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * A part of a stage's input that is input as well, and how it is cut so that there is something to
 * merge.
 *
 * @param cut whether it is less than the whole input
 * @param use the split, its size perhaps changed to fit the sample
 * @param knob the option that is the size, null if the split has none
 */
record Sample(
    List<InputFile> inputs,
    boolean cut,
    StrategyUse use,
    StageFragments fragments,
    @Nullable SizeKnob knob) {
  Sample {
    inputs = List.copyOf(inputs);
  }

  long bytes() {
    return inputs.stream().mapToLong(InputFile::size).sum();
  }

  StageLaws.SampleFigures figures(List<String> from) {
    return new StageLaws.SampleFigures(
        from, inputs.size(), bytes(), cut, fragments.count(), written(use));
  }

  /** A way to split as a file would say it. */
  String written(StrategyUse other) {
    return knob == null ? other.name() : knob.written(other);
  }
}
