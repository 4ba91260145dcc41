package org.golempipeline.cli.pipeline;

import java.util.Optional;
import org.golempipeline.cli.terminal.CachePlace;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where results of earlier runs are kept: beside the pipeline file, or for several folders. */
public final class CacheOptions {
  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description = {
        "Keeps results there, and takes those of other pipelines that use the folder too.",
        "Default: " + CachePlace.VARIABLE + ", else .golem-pipeline/cache beside the pipeline file."
      })
  private @Nullable String cache;

  /** {@code pipeline} with the cache that is chosen. */
  public Pipeline of(Console console, Pipeline pipeline) throws Refusal {
    var place =
        cache == null
            ? CachePlace.usual(console)
            : Optional.of(CachePlace.of(console, "--cache", cache));
    return place.isPresent() ? pipeline.withCache(place.get()) : pipeline;
  }
}
