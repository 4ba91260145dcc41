package org.golempipeline.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline compiled for its input: the same text and input files give the same plan, with the
 * same fragments in the same order.
 *
 * @param folder of the pipeline file; all its paths are relative to it
 * @param stages in an order in which each stands after all it needs
 * @param results the folder that stands for {@code folder} where results go and where is remembered
 *     what was published; the same one but for rehearsals
 * @param mostFragments how many fragments a stage has at the most: of more, so many are taken
 * @param only what of the pipeline is asked for; null for all of it
 */
public record Plan(
    PipelineSpec spec,
    Path folder,
    List<StagePlan> stages,
    Path results,
    int mostFragments,
    @Nullable Only only) {
  public Plan {
    stages = List.copyOf(stages);
  }

  /** Every fragment, with results beside the pipeline file. */
  public Plan(PipelineSpec spec, Path folder, List<StagePlan> stages) {
    this(spec, folder, stages, folder, Integer.MAX_VALUE, null);
  }

  /** All of the pipeline. */
  public Plan(
      PipelineSpec spec, Path folder, List<StagePlan> stages, Path results, int mostFragments) {
    this(spec, folder, stages, results, mostFragments, null);
  }

  /**
   * A stage that is asked for, with what it needs.
   *
   * @param fragment the only fragment of it that is asked for, whose output is not published; null
   *     for all of them
   */
  public record Only(StageName stage, @Nullable Integer fragment) {}

  /**
   * The same for one stage and what it needs. Of one that is reduced by a tree the tree is meant,
   * unless a fragment is.
   */
  public Plan only(StageName name, @Nullable Integer fragment) {
    var target = fragment == null ? resultOf(name) : name;
    var needed = new HashSet<>(Set.of(target));
    for (var i = stages.size() - 1; i >= 0; i--) {
      if (needed.contains(stages.get(i).name())) {
        needed.addAll(stages.get(i).needed());
      }
    }
    var kept = new ArrayList<StagePlan>();
    for (var stage : stages) {
      if (needed.contains(stage.name())) {
        kept.add(stage.numbered(kept.size()));
      }
    }
    return new Plan(spec, folder, kept, results, mostFragments, new Only(target, fragment));
  }

  /** The stage that leaves the result of the one of that name in the file. */
  public StageName resultOf(StageName name) {
    return stages.stream()
        .filter(each -> each.flow() == StagePlan.Flow.TREE && each.spec().from().contains(name))
        .filter(each -> each.name().value().startsWith(name.value() + "."))
        .map(StagePlan::name)
        .findFirst()
        .orElse(name);
  }

  /** Whether a run puts the result of a stage in its place. */
  public boolean publishes(StagePlan stage) {
    return stage.spec().output() != null
        && (only == null || only.fragment() == null && only.stage().equals(stage.name()));
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
    try {
      return Optional.of(ReductionTree.of(stage, leaves, spec.values()));
    } catch (StrategyException e) {
      return Optional.empty();
    }
  }

  /** How many fragments a stage has, if that is known before the run. */
  OptionalInt fragments(StagePlan stage) {
    var count =
        stage.flow() == StagePlan.Flow.TREE
            ? tree(stage).map(tree -> tree.layout().nodes())
            : stage.fragments().map(StageFragments::count);
    return count.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /**
   * The longest chain of stages: however many providers there are, these follow one another. Among
   * chains of equal length the one with the most fragments.
   */
  public List<StageName> criticalPath() {
    var chains = new HashMap<StageName, Chain>();
    for (var stage : stages) {
      var longest = stage.spec().needs().stream().map(chains::get).max(Chain.BY_LENGTH);
      chains.put(stage.name(), longest.orElse(Chain.NONE).and(stage, fragments(stage).orElse(1)));
    }
    return stages.stream()
        .map(stage -> chains.get(stage.name()))
        .max(Chain.BY_LENGTH)
        .orElse(Chain.NONE)
        .stages();
  }

  /** Stages of which each needs the one before, and how many fragments they have in all. */
  private record Chain(List<StageName> stages, long fragments) {
    static final Chain NONE = new Chain(List.of(), 0);
    static final Comparator<Chain> BY_LENGTH =
        Comparator.<Chain>comparingInt(chain -> chain.stages().size())
            .thenComparingLong(Chain::fragments);

    Chain and(StagePlan stage, int more) {
      var longer = new ArrayList<>(stages);
      longer.add(stage.name());
      return new Chain(longer, fragments + more);
    }
  }
}
