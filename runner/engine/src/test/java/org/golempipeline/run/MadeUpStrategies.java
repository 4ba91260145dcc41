package org.golempipeline.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;

/**
 * A split of single files and a merge to one file, {@code test/made-up}, that do as they are told.
 */
final class MadeUpStrategies {
  private static final String NAME = "test/made-up";
  private static final String NO_OPTIONS = "{\"description\": \"None.\"}";

  private MadeUpStrategies() {}

  /** How the merge begins. */
  interface Opening {
    Merger open(MergeContext context) throws IOException;
  }

  /** The standard strategies and the two. */
  static Strategies of(Function<SplitContext, Fragments> split, Opening merge) {
    var splits = new ArrayList<>(StandardStrategies.splits());
    var merges = new ArrayList<>(StandardStrategies.merges());
    splits.add(new Split(split));
    merges.add(new Merge(merge));
    return new Strategies(splits, merges);
  }

  private record Split(Function<SplitContext, Fragments> how) implements SplitStrategy {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "Each file.";
    }

    @Override
    public String optionsSchema() {
      return NO_OPTIONS;
    }

    @Override
    public InputUse inputUse() {
      return InputUse.REQUIRED;
    }

    @Override
    public InputShape inputShape(Options options) {
      return InputShape.FILE;
    }

    @Override
    public List<String> variables(Options options) {
      return List.of();
    }

    @Override
    public Fragments split(SplitContext context) {
      return how.apply(context);
    }
  }

  private record Merge(Opening how) implements MergeStrategy {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "All in one.";
    }

    @Override
    public String optionsSchema() {
      return NO_OPTIONS;
    }

    @Override
    public Result result() {
      return Result.FILE;
    }

    @Override
    public Merger open(MergeContext context) throws IOException {
      return how.open(context);
    }
  }
}
