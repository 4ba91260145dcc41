package org.golempipeline.run;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.image.Images;
import org.golempipeline.spec.StageName;

/**
 * Everything about a run that does not stand in its file.
 *
 * @param runId names the run and its folder
 * @param sessionId passed to the daemon with every agreement
 * @param file the pipeline file as the user called it
 * @param target where it runs
 * @param workers most providers at a time
 * @param budget GLM to allocate
 * @param runFolder the run's own folder
 * @param daemons where machines are rented; asked only when one is needed
 * @param duration how long agreements may last at the most
 * @param cache where results of earlier runs are, and this run's are kept
 * @param digests of input files, remembered across runs
 * @param reuse whether results of earlier runs are used again
 * @param fresh stages whose own results of earlier runs are not used
 * @param overwrite whether results may replace files that are not as this pipeline left them
 * @param allowOutside whether results may be written outside the folder of the pipeline file
 * @param images what providers fetch, already found
 */
public record RunSettings(
    String runId,
    String sessionId,
    String file,
    Target target,
    int workers,
    BigDecimal budget,
    Path runFolder,
    Daemons daemons,
    Duration duration,
    ResultCache cache,
    FileDigests digests,
    boolean reuse,
    Set<StageName> fresh,
    boolean overwrite,
    boolean allowOutside,
    Images images) {
  public RunSettings {
    Objects.requireNonNull(runId);
    fresh = Set.copyOf(fresh);
    if (workers < 1) {
      throw new IllegalArgumentException("no workers");
    }
  }

  /** Where a run goes. */
  public enum Target {
    /** The embedded node: processes on this machine. */
    LOCAL,
    /** The user's daemon and the Golem Network. */
    GOLEM
  }
}
