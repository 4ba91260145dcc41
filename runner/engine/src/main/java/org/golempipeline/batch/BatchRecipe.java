package org.golempipeline.batch;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.spec.OutSpec;
import org.jspecify.annotations.Nullable;

/**
 * What all fragments of a stage have in common on a provider.
 *
 * @param stage number of the stage, which names its folder of shared files there
 * @param shared what that folder holds
 * @param setup shell text run once in the folder of shared files, before the first fragment; null
 *     for none. It has no limit of its own.
 * @param setupVariables exported to {@code setup}, by name
 * @param run shell text, null when each fragment has its own argv
 * @param out what a fragment leaves
 * @param usesIn whether the command mentions {@code in}; if not, the input stays here. An argv that
 *     holds {@link FragmentWork#IN} counts as well.
 * @param usesTmp likewise, for {@code tmp}
 * @param limit of one fragment's command, on the provider's clock, in whole seconds rounded up
 */
public record BatchRecipe(
    int stage,
    List<SharedFile> shared,
    @Nullable String setup,
    Map<String, String> setupVariables,
    @Nullable String run,
    OutSpec out,
    boolean usesIn,
    boolean usesTmp,
    Duration limit) {
  public BatchRecipe {
    shared = List.copyOf(shared);
    setupVariables = Collections.unmodifiableMap(new LinkedHashMap<>(setupVariables));
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("a limit of " + limit);
    }
  }
}
