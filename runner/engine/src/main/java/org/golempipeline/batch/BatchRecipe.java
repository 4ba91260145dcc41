package org.golempipeline.batch;

import java.time.Duration;
import org.golempipeline.spec.OutSpec;
import org.jspecify.annotations.Nullable;

/**
 * What all fragments of a stage have in common on a provider.
 *
 * @param stage number of the stage, which names its folder of shared files there
 * @param run shell text, null when each fragment has its own argv
 * @param setup shell text run once in the folder of shared files, before the first fragment; null
 *     for none
 * @param out what a fragment leaves
 * @param usesIn whether the command mentions {@code in}; likewise the others
 * @param limit of one fragment's command, on the provider's clock, in whole seconds rounded up
 */
public record BatchRecipe(
    int stage,
    @Nullable String run,
    @Nullable String setup,
    OutSpec out,
    boolean usesIn,
    boolean usesTmp,
    Duration limit) {}
