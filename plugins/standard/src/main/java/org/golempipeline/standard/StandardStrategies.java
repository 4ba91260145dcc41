package org.golempipeline.standard;

import java.util.List;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;

/** Every strategy that comes with the product. */
public final class StandardStrategies {
  private StandardStrategies() {}

  /** The built-in splits, in the order the reference lists them. */
  public static List<SplitStrategy> splits() {
    return List.of(
        new NoneSplit(),
        new FilesSplit(),
        new LinesSplit(),
        new BytesSplit(),
        new CsvSplit(),
        new JsonSplit(),
        new RecordsSplit(),
        new RangeSplit(),
        new TableSplit(),
        new CommandSplit());
  }

  /** The built-in merges, in the order the reference lists them. */
  public static List<MergeStrategy> merges() {
    return List.of(
        new CollectMerge(),
        new ConcatMerge(),
        new CsvMerge(),
        new JsonMerge(),
        new SortMerge(),
        new SumMerge(),
        new AggregateMerge(),
        new ValueMerge(),
        new FirstMerge(),
        new ReduceMerge(),
        new CommandMerge());
  }
}
