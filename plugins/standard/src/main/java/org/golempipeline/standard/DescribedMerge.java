package org.golempipeline.standard;

import org.golempipeline.strategy.MergeStrategy;

/** A merge that says what its result is, whatever its options are. */
abstract class DescribedMerge extends Described implements MergeStrategy {
  private final Result result;

  DescribedMerge(String name, String version, String summary, Result result) {
    super(name, version, summary);
    this.result = result;
  }

  @Override
  public final Result result() {
    return result;
  }
}
