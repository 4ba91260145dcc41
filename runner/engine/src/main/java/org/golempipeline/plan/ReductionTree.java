package org.golempipeline.plan;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.strategy.StrategyException;

/**
 * How a stage of the flow {@link StagePlan.Flow#TREE} combines the outputs of another: those that
 * belong to one path by a tree of their own.
 *
 * @param groups by tree, the fragments whose outputs it combines
 * @param paths by tree, where its result belongs
 */
public record ReductionTree(TreeLayout layout, List<FragmentSet> groups, List<String> paths) {
  public ReductionTree {
    groups = List.copyOf(groups);
    paths = List.copyOf(paths);
  }

  /**
   * The tree of {@code stage}.
   *
   * @param leaves the fragments of the stage that it reads
   * @param values params and values of earlier stages
   * @throws StrategyException if a path would leave the folder of the pipeline file
   */
  public static ReductionTree of(StagePlan stage, StageFragments leaves, Map<String, String> values)
      throws StrategyException {
    var names = new OutputNames(stage.spec(), values);
    var groups = new LinkedHashMap<String, BitSet>();
    if (leaves.count() > 0 && names.samePathForAll()) {
      groups.put(names.path(leaves.get(0)), FragmentSet.range(0, leaves.count()).toBitSet());
    } else {
      for (var i = 0; i < leaves.count(); i++) {
        groups.computeIfAbsent(names.path(leaves.get(i)), path -> new BitSet()).set(i);
      }
    }
    var sets = groups.values().stream().map(FragmentSet::of).toList();
    return new ReductionTree(
        TreeLayout.of(sets, leaves.count(), stage.fanIn()), sets, List.copyOf(groups.keySet()));
  }
}
