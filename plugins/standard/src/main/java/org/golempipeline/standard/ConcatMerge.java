package org.golempipeline.standard;

import java.io.IOException;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;

/** {@code concat}: one output after the other; adds and drops nothing. */
public final class ConcatMerge implements MergeStrategy {
  @Override
  public String name() {
    return "concat";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Joins the outputs end to end, in fragment order.";
  }

  @Override
  public String optionsSchema() {
    return Schemas.NO_OPTIONS;
  }

  @Override
  public Result result() {
    return Result.FILE;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new TargetMerger(context) {
      @Override
      public void add(FragmentOutput output) throws IOException {
        output.copyTo(channel());
      }
    };
  }
}
