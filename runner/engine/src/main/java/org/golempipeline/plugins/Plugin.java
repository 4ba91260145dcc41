package org.golempipeline.plugins;

import java.util.List;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;

/**
 * A plugin that was loaded.
 *
 * @param name as its manifest states it
 * @param version as its manifest states it
 * @param jar how the user calls its file
 * @param sha256 of the jar, in lower-case hex
 */
public record Plugin(
    String name,
    String version,
    String jar,
    String sha256,
    List<SplitStrategy> splits,
    List<MergeStrategy> merges) {
  public Plugin {
    splits = List.copyOf(splits);
    merges = List.copyOf(merges);
  }
}
