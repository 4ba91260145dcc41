package org.golempipeline.plugins;

import java.util.List;
import org.golempipeline.lock.LockedLibrary;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;

/**
 * A plugin that was loaded.
 *
 * @param name as its manifest states it
 * @param version as its manifest states it
 * @param jar how the user calls its file
 * @param sha256 of the jar, in lower-case hex
 * @param libraries the jars that were loaded with it
 */
public record Plugin(
    String name,
    String version,
    String jar,
    String sha256,
    List<LockedLibrary> libraries,
    List<SplitStrategy> splits,
    List<MergeStrategy> merges) {
  public Plugin {
    libraries = List.copyOf(libraries);
    splits = List.copyOf(splits);
    merges = List.copyOf(merges);
  }
}
