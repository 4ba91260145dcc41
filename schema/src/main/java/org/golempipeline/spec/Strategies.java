package org.golempipeline.spec;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;

/** The split and merge strategies that pipeline files may name, by name. */
public final class Strategies {
  private final NavigableMap<String, SplitStrategy> splits;
  private final NavigableMap<String, MergeStrategy> merges;

  public Strategies(List<SplitStrategy> splits, List<MergeStrategy> merges) {
    this.splits = byName(splits);
    this.merges = byName(merges);
  }

  public Optional<SplitStrategy> split(String name) {
    return Optional.ofNullable(splits.get(name));
  }

  public Optional<MergeStrategy> merge(String name) {
    return Optional.ofNullable(merges.get(name));
  }

  /** All splits, sorted by name. */
  public Collection<SplitStrategy> splits() {
    return splits.values();
  }

  /** All merges, sorted by name. */
  public Collection<MergeStrategy> merges() {
    return merges.values();
  }

  private static <S extends Strategy> NavigableMap<String, S> byName(List<S> strategies) {
    var map = new TreeMap<String, S>();
    for (var strategy : strategies) {
      if (map.put(strategy.name(), strategy) != null) {
        throw new IllegalArgumentException("two strategies called " + strategy.name());
      }
    }
    return map;
  }
}
