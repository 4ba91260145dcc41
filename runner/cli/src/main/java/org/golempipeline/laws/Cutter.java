package org.golempipeline.laws;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.StageExpander;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** Cuts the input of one stage in other ways than its file says. */
final class Cutter {
  private final StageSpec spec;
  private final SplitStrategy split;
  private final Path folder;
  private final Path work;
  private final LocalShell shell;
  private final SplitStrategy files;
  private final Map<String, String> values;
  private int calls;

  /**
   * @param folder of the pipeline file
   * @param work for what a split writes
   */
  Cutter(
      StagePlan stage, Path folder, Path work, LawsSettings settings, Map<String, String> values) {
    this.spec = LawStages.fewCombinations(stage.spec());
    this.split = stage.split();
    this.folder = folder;
    this.work = work;
    this.shell = settings.shell();
    this.files = settings.files();
    this.values = values;
  }

  /** The fragments of {@code inputs} under {@code use}. */
  StageFragments cut(StrategyUse use, List<InputFile> inputs)
      throws IOException, StrategyException {
    return expand(split, use, inputs);
  }

  /** Each of {@code inputs} as one fragment. */
  StageFragments files(StrategyUse use, List<InputFile> inputs)
      throws IOException, StrategyException {
    return expand(files, new StrategyUse(files.name(), Options.NONE, use.range()), inputs);
  }

  private StageFragments expand(SplitStrategy strategy, StrategyUse use, List<InputFile> inputs)
      throws IOException, StrategyException {
    // A command leaves its files there, so each time it needs a place of its own.
    var own = work.resolve("cut-" + calls++);
    Files.createDirectories(own.resolve("split-" + spec.name()));
    var stage = LawStages.with(spec, use, spec.output(), spec.outputRange());
    return new StageExpander(folder, own, shell).expand(stage, strategy, inputs, values);
  }
}
