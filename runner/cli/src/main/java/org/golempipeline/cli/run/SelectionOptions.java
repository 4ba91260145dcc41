package org.golempipeline.cli.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.Plan;
import org.golempipeline.spec.StageName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which part of a pipeline is meant, and what of earlier runs is not to be used. */
final class SelectionOptions {
  /** Stands for every stage; no stage has such a name. */
  private static final String ALL = "*";

  @Option(
      names = "--only",
      paramLabel = "STAGE[/N]",
      description = {
        "This stage and what it needs; of the results only its own is published.",
        "With a number: that fragment and what it needs. Nothing is published; its output is left"
            + " in the run's folder."
      })
  private @Nullable String only;

  @Option(
      names = "--fresh",
      arity = "0..1",
      paramLabel = "STAGE",
      fallbackValue = ALL,
      preprocessor = StageOrNothing.class,
      description = {
        "Computes everything, whatever earlier runs left; with the name of a stage, all of that"
            + " stage.",
        "May be given several times."
      })
  private List<String> fresh = List.of();

  /** Whether nothing that earlier runs left is used. */
  boolean allFresh() {
    return fresh.contains(ALL);
  }

  /** The part of a plan that is meant. */
  Plan of(Plan plan) throws Refusal {
    var asked = only;
    if (asked == null) {
      return plan;
    }
    if (!asked.contains("/") && !asked.matches("[0-9]+")) {
      return plan.only(FragmentName.stage(plan, asked).name(), null);
    }
    var fragment = FragmentName.of(asked);
    var stage = FragmentName.stage(plan, fragment.stage());
    var known = stage.fragments().orElse(null);
    if (known != null && fragment.number() >= known.count()) {
      throw Refusal.usage(
          "Stage `%s` has no fragment %d.".formatted(stage.name(), fragment.number()),
          known.count() == 0
              ? null
              : "Its fragments are numbered from 0 to %d.".formatted(known.count() - 1));
    }
    return plan.only(stage.name(), fragment.number());
  }

  /**
   * Stages of a whole plan whose own results of earlier runs are not used, those that reduce them
   * included.
   */
  Set<StageName> freshStages(Plan plan) throws Refusal {
    var stages = new HashSet<StageName>();
    for (var name : fresh) {
      if (!name.equals(ALL)) {
        var stage = FragmentName.stage(plan, name).name();
        stages.add(stage);
        stages.add(plan.resultOf(stage));
      }
    }
    return stages;
  }

  /** What of the options a plan does not show, a line each. */
  List<String> lines(Plan selected, Set<StageName> freshStages) {
    var lines = new ArrayList<String>();
    var asked = selected.only();
    if (asked != null) {
      lines.add(
          asked.fragment() == null
              ? "only stage %s and what it needs%s"
                  .formatted(
                      asked.stage(),
                      selected.stages().stream().anyMatch(selected::publishes)
                          ? "; no other result is published"
                          : "; nothing is published")
              : "only fragment %s/%d and what it needs; nothing is published"
                  .formatted(asked.stage(), asked.fragment()));
    }
    if (allFresh()) {
      lines.add("from earlier runs: nothing is used, as --fresh says");
    } else {
      selected.stages().stream()
          .filter(stage -> freshStages.contains(stage.name()))
          .forEach(
              stage ->
                  lines.add(
                      "from earlier runs, %s: nothing is used, as --fresh says"
                          .formatted(stage.name())));
    }
    return lines;
  }

  /**
   * Takes the word behind {@code --fresh} only if it can be a stage: a file has a dot or a slash.
   */
  static final class StageOrNothing implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> information) {
      var attached = "=".equals(information.get("separator"));
      if (!attached && (words.isEmpty() || !words.peek().matches("[a-z][a-z0-9_-]*"))) {
        words.push(ALL);
      }
      return false;
    }
  }
}
