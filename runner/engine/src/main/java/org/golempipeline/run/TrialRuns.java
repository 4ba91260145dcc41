package org.golempipeline.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.event.EventSink;
import org.golempipeline.image.Images;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans one after the other on nodes of this machine, each with results, cache and journal in
 * a folder of its own and with nothing to reuse: for those who want to see what comes of it.
 */
public final class TrialRuns {
  private static final String OWN = ".golem-pipeline";

  private final String file;
  private final Duration duration;
  private final LocalShell shell;
  private final Images images;
  private final Clock clock;
  private final Object current = new Object();
  private @Nullable PipelineRun run;
  private volatile boolean stopped;

  /**
   * @param file the pipeline file as the user called it
   * @param duration how long agreements may last
   * @param images of the plans
   */
  public TrialRuns(String file, Duration duration, LocalShell shell, Images images, Clock clock) {
    this.file = file;
    this.duration = duration;
    this.shell = shell;
    this.images = images;
    this.clock = clock;
  }

  /** Where a run has its journal and logs. */
  public static Path folder(Plan plan, String id) {
    return plan.results().resolve(OWN).resolve("runs").resolve(id);
  }

  /** What a run left in the folder of its results, by path. */
  public static SortedMap<String, Path> results(Plan plan) throws IOException {
    var results = plan.results();
    var found = new TreeMap<String, Path>();
    try (var all = Files.walk(results)) {
      all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(results.resolve(OWN)))
          .forEach(file -> found.put(results.relativize(file).toString(), file));
    }
    return found;
  }

  /** What the runs of {@code plan} keep for one another. */
  public static Path cacheFolder(Plan plan) {
    return ResultCache.of(plan.results());
  }

  /**
   * Runs {@code plan} to its end, which is in the last event.
   *
   * @throws InterruptedException if {@link #stop} was called
   */
  public void run(
      Plan plan,
      String id,
      String session,
      int workers,
      BigDecimal budget,
      Daemons daemons,
      List<EventSink> sinks)
      throws IOException, InterruptedException {
    goOn();
    var folder = folder(plan, id);
    var kept = cacheFolder(plan);
    try (var cache = ResultCache.open(kept, folder.resolve("work"), clock);
        var digests = FileDigests.open(kept, kept, clock, false)) {
      var started =
          new PipelineRun(
              plan,
              new RunSettings(
                  id,
                  session,
                  file,
                  RunSettings.Target.LOCAL,
                  workers,
                  budget,
                  folder,
                  daemons,
                  duration,
                  cache,
                  digests,
                  false,
                  Set.of(),
                  false,
                  false,
                  images),
              shell,
              sinks,
              clock);
      synchronized (current) {
        run = started;
      }
      goOn();
      started.run();
    } finally {
      synchronized (current) {
        run = null;
      }
    }
    goOn();
  }

  /** Ends what runs and lets nothing start; may be called from any thread, more than once. */
  public void stop() {
    stopped = true;
    synchronized (current) {
      if (run != null) {
        run.stop("Interrupted.");
      }
    }
  }

  /** Throws if {@link #stop} was called. */
  public void goOn() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException();
    }
  }
}
