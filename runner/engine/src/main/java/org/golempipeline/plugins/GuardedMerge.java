package org.golempipeline.plugins;

import java.io.IOException;
import java.util.Objects;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/** A plugin's merge, called with care. */
record GuardedMerge(MergeStrategy merge, Traits traits, Result result, Guard guard)
    implements GuardedStrategy, MergeStrategy {
  @Override
  public Merger open(MergeContext context) throws IOException, StrategyException {
    return new GuardedMerger(
        guard.run("open", () -> Objects.requireNonNull(merge.open(context))), guard);
  }

  private record GuardedMerger(Merger merger, Guard guard) implements Merger {
    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      guard.run(
          "add",
          () -> {
            merger.add(output);
            return true;
          });
    }

    @Override
    public void finish() throws IOException, StrategyException {
      guard.run(
          "finish",
          () -> {
            merger.finish();
            return true;
          });
    }

    @Override
    public void close() throws IOException {
      try {
        guard.run(
            "close",
            () -> {
              merger.close();
              return true;
            });
      } catch (StrategyException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
