package org.golempipeline.standard;

import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;

/** {@code collect}: the outputs are the result, file by file. */
public final class CollectMerge extends DescribedMerge {
  public CollectMerge() {
    super(
        "collect",
        "1",
        "Combines nothing: every output is published as a file of its own.",
        Result.FILES);
  }

  @Override
  public Merger open(MergeContext context) {
    throw new UnsupportedOperationException("collect combines nothing");
  }
}
