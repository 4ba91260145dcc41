package org.golempipeline.laws;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.plan.OutputNames;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.Archive;
import org.golempipeline.spec.MatrixAxis;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.spec.Template;
import org.golempipeline.strategy.InputFile;
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
    return copy(spec, spec.from(), spec.split(), axes, spec.output(), spec.outputRange());
  }

  /** A stage that reads others, with the files of those as its input; it waits for nobody. */
  static StagePlan alone(StagePlan stage, List<InputFile> inputs) {
    var spec = fewCombinations(stage.spec());
    return new StagePlan(
        stage.number(),
        copy(spec, List.of(), spec.split(), spec.matrix(), spec.output(), spec.outputRange()),
        stage.split(),
        stage.merge(),
        stage.shape(),
        inputs,
        stage.shared(),
        StagePlan.Flow.WHOLE,
        stage.spec().from().isEmpty() ? stage.known() : null);
  }

  /** What others read of a stage's result, called as they know it. */
  static List<InputFile> inputs(StagePlan stage, Answer answer) throws IOException {
    var spec = stage.spec();
    var tried = with(spec, spec.split(), output(stage, true), spec.outputRange());
    var names = new OutputNames(tried, Map.of());
    var collectedUnnamed = spec.output() == null && stage.merge().result() == Result.FILES;
    var files = new ArrayList<InputFile>();
    for (var result : answer.results().entrySet()) {
      var name = names.downstream(result.getKey());
      files.add(
          new InputFile(
              result.getValue(),
              0,
              Files.size(result.getValue()),
              collectedUnnamed ? name.substring(name.indexOf('/') + 1) : name));
    }
    return files;
  }

  /** The same stage, split and published in another way. */
  static StageSpec with(
      StageSpec spec, StrategyUse split, @Nullable Template output, @Nullable Range outputRange) {
    return copy(spec, spec.from(), split, spec.matrix(), output, outputRange);
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
      var path = String.join("/", segments);
      if (stage.merge().result() == Result.FILES && Archive.named(path).isPresent()) {
        // One folder for what goes into one archive.
        return Template.of(output.names().isEmpty() ? "result/" : "result/" + path + "/");
      }
      return Template.of(path);
    }
    if (!wanted || stage.merge().result() == Result.VALUE) {
      return null;
    }
    if (stage.merge().result() == Result.FILES) {
      return Template.of("result/${index}/"); // the names alone need not differ
    }
    var folder = stage.spec().out() instanceof OutSpec.Many;
    return Template.of(folder ? "result/" : "result/" + stage.name());
  }

  /** Without the stages that were only read. */
  private static Set<StageName> needs(StageSpec spec, List<StageName> from) {
    return spec.needs().stream()
        .filter(
            name ->
                !spec.from().contains(name)
                    || from.contains(name)
                    || spec.files().stream()
                        .anyMatch(each -> each.origin().equals(new SharedFile.Origin.Stage(name))))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static StageSpec copy(
      StageSpec spec,
      List<StageName> from,
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
        from,
        needs(spec, from),
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
