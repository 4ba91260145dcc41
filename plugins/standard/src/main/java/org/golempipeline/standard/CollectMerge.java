package org.golempipeline.standard;

import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;

/** {@code collect}: the outputs are the result, file by file. */
public final class CollectMerge implements MergeStrategy {
  @Override
  public String name() {
    return "collect";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Combines nothing: every output is published as a file of its own.";
  }

  @Override
  public String optionsSchema() {
    return Schemas.NO_OPTIONS;
  }

  @Override
  public Result result() {
    return Result.FILES;
  }

  @Override
  public Merger open(MergeContext context) {
    throw new UnsupportedOperationException("collect combines nothing");
  }
}
