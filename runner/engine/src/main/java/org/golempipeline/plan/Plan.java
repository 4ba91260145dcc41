package org.golempipeline.plan;

import java.nio.file.Path;
import java.util.List;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageName;

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

  /** The plan as a graph of fragments and merges. */
  public PlanGraph graph() {
    return new PlanGraph(this);
  }
}
