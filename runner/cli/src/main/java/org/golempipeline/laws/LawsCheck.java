package org.golempipeline.laws;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * Checks the laws of splitting and merging on samples of a pipeline's own input: every stage is run
 * a few times, cut in different ways, by the real engine on a node of this machine. A stage that
 * reads another one is given what that one left of its sample. Nothing is published and nothing is
 * kept.
 */
public final class LawsCheck {
  /** Most providers that work at a time. */
  static final int WORKERS = 4;

  /** Providers that the node must have: a fragment that fails is tried on others. */
  public static final int PROVIDERS = WORKERS + 3;

  /** A stage that others need and that cannot be sampled is bounded at least. */
  private static final int MOST_FRAGMENTS = 256;

  /** Enough of a stage that is not tried, for the one that reads it. */
  private static final int FEW_FRAGMENTS = 24;

  private final Plan plan;
  private final LawsSettings settings;
  private final SampleRuns runs;
  private final Map<String, String> params;

  /** Stages whose input was sampled, as they run then. */
  private final Map<StageName, StagePlan> sampled = new HashMap<>();

  /** What stages left of their samples, for those that read it. */
  private final Map<StageName, List<InputFile>> left = new HashMap<>();

  public LawsCheck(Plan plan, LawsSettings settings) {
    this.plan = plan;
    this.settings = settings;
    this.runs = new SampleRuns(settings);
    this.params = plan.spec().values();
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

  private StageLaws check(StagePlan planned) throws IOException, InterruptedException {
    var folder = settings.home().resolve("stage-" + planned.number());
    var last = last(planned);
    var from = planned.spec().from().stream().map(LawsCheck::written).toList();
    var stage = planned;
    try {
      stage = fed(planned);
      var cutter = new Cutter(stage, plan.folder(), folder.resolve("split"), settings, params);
      var sample = new Sampler(stage, cutter, settings.sample(), folder.resolve("input")).sample();
      sampled.put(stage.name(), variant(stage, sample, sample.use(), sample.fragments()));
      var trial = new Trial(stage, last, from, sample, cutter, Secrets.of(plan.spec().params()));
      var tried = new StageTrial(trial, runs, this::planFor, settings.say());
      var laws = tried.laws();
      if (isRead(last) && !laws.failed()) {
        leave(last, tried.answer());
      }
      return laws;
    } catch (NoSampleException e) {
      if (isRead(last) && isHere(stage)) {
        sampled.put(stage.name(), LawStages.alone(stage, stage.inputs()));
        leave(last, null);
      }
      return StageLaws.notTried(planned.name().value(), e.getMessage());
    }
  }

  /**
   * A stage under trial.
   *
   * @param last the stage that has its result: itself, or the tree that combines its outputs
   * @param from the stages whose results it reads
   * @param secrets that are not shown where results differ
   */
  record Trial(
      StagePlan stage,
      StagePlan last,
      List<String> from,
      Sample sample,
      Cutter cutter,
      Secrets secrets) {}

  private StagePlan last(StagePlan stage) {
    for (var other : plan.stages()) {
      if (other.flow() == StagePlan.Flow.TREE
          && other.spec().from().equals(List.of(stage.name()))) {
        return other;
      }
    }
    return stage;
  }

  /** The stage with the results of others as an input of its own. */
  private StagePlan fed(StagePlan stage) throws NoSampleException {
    if (stage.spec().from().isEmpty()) {
      return stage;
    }
    var inputs = new ArrayList<>(stage.inputs());
    for (var from : stage.spec().from()) {
      var files = left.getOrDefault(from, List.of());
      if (files.isEmpty()) {
        throw new NoSampleException(
            "it reads what `%s` leaves, and that left nothing here".formatted(written(from)));
      }
      inputs.addAll(files);
    }
    return LawStages.alone(stage, inputs);
  }

  /** A stage as the file calls it, also if a tree stands for it. */
  private static String written(StageName stage) {
    var dot = stage.value().indexOf('.');
    return dot < 0 ? stage.value() : stage.value().substring(0, dot);
  }

  /** Whether a stage can be run without others that it reads, and without the web. */
  private static boolean isHere(StagePlan stage) {
    return stage.spec().from().isEmpty()
        && stage.inputs().stream().allMatch(file -> file.remote() == null);
  }

  private boolean isRead(StagePlan last) {
    return plan.stages().stream()
        .anyMatch(
            other ->
                other.flow() != StagePlan.Flow.TREE && other.spec().from().contains(last.name()));
  }

  /**
   * Keeps the result of a stage for those that read it.
   *
   * @param known null if it has to be run for that
   */
  private void leave(StagePlan last, @Nullable Answer known)
      throws IOException, InterruptedException {
    var answer = known;
    if (answer == null) {
      settings.say().accept("%s: for those that read it …".formatted(written(last.name())));
      var own = planFor(last, null, runs.results(), FEW_FRAGMENTS);
      answer = runs.run(own, last.name().value(), WORKERS);
    }
    if (answer.failure() == null) {
      left.put(last.name(), LawStages.inputs(last, answer));
    }
  }

  private Plan planFor(Trial trial, StrategyUse use, StageFragments fragments, Path results) {
    var stage = variant(trial.stage(), trial.sample(), use, fragments);
    return planFor(trial.last(), stage, results, MOST_FRAGMENTS);
  }

  /**
   * A stage and all that it needs, as a plan whose results go to a folder of its own.
   *
   * @param variant of a stage that is cut in another way than its sample
   */
  private Plan planFor(StagePlan last, @Nullable StagePlan variant, Path results, int most) {
    var needed = needed(last);
    var stages = new ArrayList<StagePlan>();
    for (var stage : plan.stages()) {
      if (needed.contains(stage.name())) {
        var other =
            variant != null && variant.name().equals(stage.name())
                ? variant
                : sampled.getOrDefault(stage.name(), stage);
        stages.add(placed(other, stages.size(), stage.equals(last)));
      }
    }
    var spec = plan.spec();
    return new Plan(
        spec.withStages(stages.stream().map(StagePlan::spec).toList()),
        plan.folder(),
        stages,
        results,
        most);
  }

  private Set<StageName> needed(StagePlan last) {
    var needed = new HashSet<StageName>();
    needed.add(last.name());
    for (var i = plan.stages().size() - 1; i >= 0; i--) {
      var stage = plan.stages().get(i);
      if (needed.contains(stage.name())) {
        needed.addAll(sampled.getOrDefault(stage.name(), stage).spec().needs());
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
    return stage.as(
        number,
        LawStages.with(spec, spec.split(), LawStages.output(stage, wanted), spec.outputRange()));
  }
}
