package org.golempipeline.plan;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * What the results of stages will be called by those that follow, as far as that is known before
 * the run.
 *
 * @param fragments of stages, where they and what they are called are known
 * @param params and their values
 */
record Promises(
    Map<StageName, StagePlan> plans,
    Map<StageName, StageFragments> fragments,
    Map<String, String> params) {

  /** One name for each file, in order; empty if they depend on what the run will find. */
  Optional<List<String>> of(StageName stage) {
    var plan = plans.get(stage);
    if (plan == null || plan.spec().enough() != null) {
      return Optional.empty();
    }
    var names = new OutputNames(plan.spec(), params);
    var result = plan.merge().result();
    if (result == Result.FILES) {
      return plan.oneOutputEach()
          ? named(names, fragments.get(stage)).map(all -> each(names, all))
          : Optional.empty();
    }
    if (result == Result.FIRST && isOfWinner(plan, names)) {
      return Optional.empty();
    }
    if (names.samePathForAll()) {
      var output = plan.spec().output();
      var path = output == null ? "" : output.resolve(name -> params.getOrDefault(name, ""));
      return Optional.of(List.of(names.downstream(path)));
    }
    // A tree puts its results where the fragments that it combines belong.
    var leaves = result == Result.TREE ? plan.spec().from().get(0) : stage;
    return named(names, fragments.get(leaves)).flatMap(all -> combined(names, all));
  }

  /** Whether the fragment that is first decides what the result is called. */
  private static boolean isOfWinner(StagePlan plan, OutputNames names) {
    return !plan.oneOutputEach()
        || !names.samePathForAll()
        || plan.spec().output() != null && names.intoFolder();
  }

  private static Optional<StageFragments> named(OutputNames names, @Nullable StageFragments all) {
    return Optional.ofNullable(all)
        .filter(some -> some.count() <= OutputNames.MOST_IN_ADVANCE && names.areKnown(some));
  }

  private static List<String> each(OutputNames names, StageFragments all) {
    return IntStream.range(0, all.count())
        .mapToObj(index -> names.downstream(all.get(index), ""))
        .toList();
  }

  private static Optional<List<String>> combined(OutputNames names, StageFragments all) {
    var paths = new LinkedHashSet<String>();
    try {
      for (var i = 0; i < all.count(); i++) {
        paths.add(names.path(all.get(i)));
      }
    } catch (StrategyException e) {
      return Optional.empty();
    }
    return Optional.of(paths.stream().map(names::downstream).toList());
  }
}
