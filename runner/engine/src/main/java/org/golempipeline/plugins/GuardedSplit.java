package org.golempipeline.plugins;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** A plugin's split, called with care. */
record GuardedSplit(SplitStrategy split, Traits traits, InputUse inputUse, Guard guard)
    implements GuardedStrategy, SplitStrategy {
  @Override
  public InputShape inputShape(Options options) {
    return guard.runUnchecked(
        "inputShape", () -> Objects.requireNonNull(split.inputShape(options)));
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    try {
      return guard.run("variables", () -> List.copyOf(split.variables(options)));
    } catch (IOException e) {
      throw new StrategyException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var promised = variables(context.options());
    var found = guard.run("split", () -> Objects.requireNonNull(split.split(context)));
    var count = guard.run("count", found::count);
    if (count == 0) {
      return Fragments.of(List.of());
    }
    var names = guard.run("get", () -> Objects.requireNonNull(found.get(0)).variables().keySet());
    for (var name : promised) {
      if (!names.contains(name)) {
        throw guard.broken(
            "gives fragment 0 no variable `%s`, which its `variables` names".formatted(name));
      }
    }
    return new GuardedFragments(found, count, names, guard);
  }

  /**
   * @param names of the variables of the first, which the others must have: commands are given no
   *     other ones
   */
  private record GuardedFragments(Fragments fragments, int count, Set<String> names, Guard guard)
      implements Fragments {
    @Override
    public Fragment get(int index) {
      Objects.checkIndex(index, count);
      return guard.runUnchecked(
          "get",
          () -> {
            var fragment = fragments.get(index);
            var own = fragment.variables().keySet();
            if (!own.equals(names)) {
              throw different(index, own);
            }
            return fragment;
          });
    }

    private StrategyException different(int index, Set<String> own) {
      for (var name : own) {
        if (!names.contains(name)) {
          return guard.broken(
              "gives fragment %d the variable `%s`, which fragment 0 does not have"
                  .formatted(index, name));
        }
      }
      var lacking = names.stream().filter(name -> !own.contains(name)).findFirst().orElseThrow();
      return guard.broken(
          "gives fragment %d no variable `%s`, which fragment 0 has".formatted(index, lacking));
    }
  }
}
