package org.golempipeline.plan;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.StrategyException;

/**
 * A pipeline compiled for its input: the same text and input files give the same plan, with the
 * same fragments in the same order.
 *
 * @param folder of the pipeline file; all its paths are relative to it
 * @param stages in an order in which each stands after all it needs
 * @param results the folder that stands for {@code folder} where results go and where is remembered
 *     what was published; the same one but for rehearsals
 * @param mostFragments how many fragments a stage has at the most: of more, so many are taken
 */
public record Plan(
    PipelineSpec spec, Path folder, List<StagePlan> stages, Path results, int mostFragments) {
  public Plan {
    stages = List.copyOf(stages);
  }

  /** Every fragment, with results beside the pipeline file. */
  public Plan(PipelineSpec spec, Path folder, List<StagePlan> stages) {
    this(spec, folder, stages, folder, Integer.MAX_VALUE);
  }

  public StagePlan stage(StageName name) {
    for (var stage : stages) {
      if (stage.name().equals(name)) {
        return stage;
      }
    }
    throw new IllegalArgumentException("no stage " + name);
  }

  /**
   * How {@code stage} combines the outputs of another, if it is a tree and its size is known before
   * the run.
   */
  public Optional<ReductionTree> tree(StagePlan stage) {
    if (stage.flow() != StagePlan.Flow.TREE) {
      return Optional.empty();
    }
    var leaves = stage(stage.spec().from().get(0)).known();
    var names = stage.spec().output() == null ? Set.<String>of() : stage.spec().output().names();
    var waits = stages.stream().anyMatch(each -> names.contains(each.name().value()));
    if (leaves == null || waits) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    spec.params().forEach((name, value) -> values.put(name, value.value()));
    try {
      return Optional.of(ReductionTree.of(stage, leaves, values));
    } catch (StrategyException e) {
      return Optional.empty();
    }
  }

  /** The plan as a graph of fragments and merges. */
  public PlanGraph graph() {
    return new PlanGraph(this);
  }
}
