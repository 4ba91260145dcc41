package org.golempipeline.laws;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StrategyUse;

/**
 * Checks the laws of splitting and merging on samples of a pipeline's own input: every stage that
 * reads one is run a few times, cut in different ways, by the real engine on a node of this
 * machine. Nothing is published and nothing is kept.
 */
public final class LawsCheck {
  /** Most providers that work at a time. */
  static final int WORKERS = 4;

  /** Providers that the node must have: a fragment that fails is tried on others. */
  public static final int PROVIDERS = WORKERS + 3;

  /** A stage that others need and that cannot be sampled is bounded at least. */
  private static final int MOST_FRAGMENTS = 256;

  private final Plan plan;
  private final LawsSettings settings;
  private final SampleRuns runs;
  private final Map<String, String> params = new LinkedHashMap<>();

  /** Stages whose input was sampled, as they run then. */
  private final Map<StageName, StagePlan> sampled = new HashMap<>();

  public LawsCheck(Plan plan, LawsSettings settings) {
    this.plan = plan;
    this.settings = settings;
    this.runs = new SampleRuns(settings);
    plan.spec().params().forEach((name, value) -> params.put(name, value.value()));
  }

  /**
   * Does all of it; to be called once.
   *
   * @throws InterruptedException if {@link #stop} was called
   */
  public LawsReport run() throws IOException, InterruptedException {
    var stages = new ArrayList<StageLaws>();
    for (var stage : plan.stages()) {
      if (stage.flow() != StagePlan.Flow.TREE) {
        runs.goOn();
        stages.add(check(stage));
      }
    }
    return new LawsReport(settings.file(), stages);
  }

  /** Ends it early; may be called from any thread, more than once. */
  public void stop() {
    runs.stop();
  }

  private StageLaws check(StagePlan stage) throws IOException, InterruptedException {
    var name = stage.name().value();
    var folder = settings.home().resolve("stage-" + stage.number());
    var cutter =
        new Cutter(stage, plan.folder(), folder.resolve("split"), settings.shell(), params);
    try {
      var sample = new Sampler(stage, cutter, settings.sample(), folder.resolve("input")).sample();
      sampled.put(stage.name(), variant(stage, sample, sample.use(), sample.fragments()));
      var trial = new Trial(stage, last(stage), sample, cutter);
      return new StageTrial(trial, runs, this::planFor, settings.say()).laws();
    } catch (NoSampleException e) {
      return StageLaws.notTried(name, e.getMessage());
    }
  }

  /**
   * A stage under trial.
   *
   * @param last the stage that has its result: itself, or the tree that combines its outputs
   */
  record Trial(StagePlan stage, StagePlan last, Sample sample, Cutter cutter) {}

  private StagePlan last(StagePlan stage) {
    for (var other : plan.stages()) {
      if (other.flow() == StagePlan.Flow.TREE
          && other.spec().from().equals(List.of(stage.name()))) {
        return other;
      }
    }
    return stage;
  }

  /** The stage and all that it needs, as a plan whose results go to a folder of its own. */
  private Plan planFor(Trial trial, StrategyUse use, StageFragments fragments, Path results) {
    var needed = needed(trial.last());
    var stages = new ArrayList<StagePlan>();
    for (var stage : plan.stages()) {
      if (needed.contains(stage.name())) {
        var other =
            stage.equals(trial.stage())
                ? variant(stage, trial.sample(), use, fragments)
                : sampled.getOrDefault(stage.name(), stage);
        stages.add(placed(other, stages.size(), stage.equals(trial.last())));
      }
    }
    var spec = plan.spec();
    return new Plan(
        new PipelineSpec(
            spec.source(),
            spec.name(),
            spec.description(),
            spec.params(),
            stages.stream().map(StagePlan::spec).toList(),
            spec.budget(),
            spec.workers(),
            spec.golem()),
        plan.folder(),
        stages,
        results,
        MOST_FRAGMENTS);
  }

  private Set<StageName> needed(StagePlan last) {
    var needed = new HashSet<StageName>();
    needed.add(last.name());
    for (var i = plan.stages().size() - 1; i >= 0; i--) {
      var stage = plan.stages().get(i);
      if (needed.contains(stage.name())) {
        needed.addAll(stage.spec().needs());
      }
    }
    return needed;
  }

  private static StagePlan variant(
      StagePlan stage, Sample sample, StrategyUse use, StageFragments fragments) {
    var few = LawStages.fewCombinations(stage.spec());
    return new StagePlan(
        stage.number(),
        LawStages.with(few, use, few.output(), few.outputRange()),
        stage.split(),
        stage.merge(),
        stage.shape(),
        sample.inputs(),
        stage.shared(),
        stage.flow(),
        fragments);
  }

  private static StagePlan placed(StagePlan stage, int number, boolean wanted) {
    var spec = stage.spec();
    return new StagePlan(
        number,
        LawStages.with(spec, spec.split(), LawStages.output(stage, wanted), spec.outputRange()),
        stage.split(),
        stage.merge(),
        stage.shape(),
        stage.inputs(),
        stage.shared(),
        stage.flow(),
        stage.known());
  }
}
