package org.golempipeline.standard;

import java.io.IOException;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;

/**
 * {@code first}: the first accepted output is the result. Who is first the runner decides as
 * outputs arrive; the merger writes the first one it is given that is not empty.
 */
public final class FirstMerge extends DescribedMerge {
  public FirstMerge() {
    super(
        "first",
        "1",
        "Takes the first accepted output that is not empty and cancels the rest.",
        Result.FIRST);
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new TargetMerger(context) {
      private boolean found;

      @Override
      public void add(FragmentOutput output) throws IOException {
        if (!found && output.size() > 0) {
          output.copyTo(channel());
          found = true;
        }
      }
    };
  }
}
