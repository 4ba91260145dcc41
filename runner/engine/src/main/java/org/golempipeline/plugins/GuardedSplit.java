package org.golempipeline.plugins;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** A plugin's split, called with care. */
record GuardedSplit(SplitStrategy split, Traits traits, InputUse inputUse, Guard guard)
    implements SplitStrategy {
  @Override
  public String name() {
    return traits.name();
  }

  @Override
  public String version() {
    return traits.version();
  }

  @Override
  public String summary() {
    return traits.summary();
  }

  @Override
  public String optionsSchema() {
    return traits.optionsSchema();
  }

  @Override
  public boolean optionsRequired() {
    return traits.optionsRequired();
  }

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
    var fragments =
        guard.run(
            "split",
            () -> {
              var found = Objects.requireNonNull(split.split(context));
              return new GuardedFragments(found, found.count(), guard);
            });
    return fragments;
  }

  private record GuardedFragments(Fragments fragments, int count, Guard guard)
      implements Fragments {
    @Override
    public Fragment get(int index) {
      Objects.checkIndex(index, count);
      return guard.runUnchecked("get", () -> Objects.requireNonNull(fragments.get(index)));
    }
  }
}
