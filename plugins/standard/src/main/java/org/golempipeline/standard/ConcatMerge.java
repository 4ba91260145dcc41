package org.golempipeline.standard;

import java.io.IOException;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;

/** {@code concat}: one output after the other; adds and drops nothing. */
public final class ConcatMerge extends DescribedMerge {
  public ConcatMerge() {
    super("concat", "1", "Joins the outputs end to end, in fragment order.", Result.FILE);
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
