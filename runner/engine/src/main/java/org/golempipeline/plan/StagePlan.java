package org.golempipeline.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A stage, ready to be executed.
 *
 * @param number its place in the plan's order, from 0
 * @param shape what {@code $in} is for its fragments
 * @param inputs the files of its {@code input}, empty with {@code from}
 * @param shared the files every provider gets once, as far as they are known before the run
 * @param flow when its fragments become known and may start
 * @param known its fragments, null while they depend on earlier results
 */
public record StagePlan(
    int number,
    StageSpec spec,
    SplitStrategy split,
    MergeStrategy merge,
    SplitStrategy.InputShape shape,
    List<InputFile> inputs,
    List<Shared> shared,
    Flow flow,
    @Nullable StageFragments known) {

  public StagePlan {
    inputs = List.copyOf(inputs);
    shared = List.copyOf(shared);
  }

  /** The same at another place of a plan. */
  StagePlan numbered(int other) {
    return as(other, spec);
  }

  /** The same at a place of a plan, with a spec that asks for the same fragments. */
  public StagePlan as(int other, StageSpec otherSpec) {
    return new StagePlan(other, otherSpec, split, merge, shape, inputs, shared, flow, known);
  }

  /** The stages that must be there before it can end. */
  public Set<StageName> needed() {
    var needed = new HashSet<>(spec.needs());
    needed.addAll(spec.from());
    for (var file : spec.files()) {
      if (file.origin() instanceof SharedFile.Origin.Stage from) {
        needed.add(from.stage());
      }
    }
    return needed;
  }

  public StageName name() {
    return spec.name();
  }

  /** Its fragments, if they are known before the run. */
  public Optional<StageFragments> fragments() {
    return Optional.ofNullable(known);
  }

  /** How many outputs a node of a tree combines at the most; 0 for other stages. */
  public int fanIn() {
    return flow == Flow.TREE ? Reductions.fanIn(spec) : 0;
  }

  /** Whether every fragment leaves exactly one file. */
  boolean oneOutputEach() {
    return !(spec.out() instanceof OutSpec.Many);
  }

  /** When the fragments of a stage become known and may start. */
  public enum Flow {
    /** All at once, as soon as what the stage needs is finished. */
    WHOLE,
    /** One by one, each as soon as the fragment that it reads from is done. */
    FOLLOWING,
    /** The nodes of a tree, each as soon as the outputs that it combines are there. */
    TREE
  }

  /** A file that every provider gets once, under {@code name}. */
  public record Shared(String name, InputFile file) {}
}
