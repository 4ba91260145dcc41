package org.golempipeline.pipeline;

import java.util.Set;
import org.golempipeline.image.Inside;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.spec.StageName;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a run says beside its file.
 *
 * @param target where it runs
 * @param workers most providers at a time, null for what the file says
 * @param inside whether fragments on this machine are executed inside their images
 * @param trial whether images that are at hand on this machine are started here before the network
 *     is paid for it
 * @param reuse whether results of earlier runs are used again
 * @param fresh stages whose own results of earlier runs are not
 * @param rehash whether inputs are read again that look unchanged by size, time and inode
 * @param overwrite whether results may replace files that are not as this pipeline left them
 */
public record RunOptions(
    Target target,
    @Nullable Integer workers,
    Inside.Choice inside,
    boolean trial,
    boolean reuse,
    Set<StageName> fresh,
    boolean rehash,
    boolean overwrite) {
  /** On this machine, where nothing is paid. */
  public static final RunOptions LOCAL = on(Target.LOCAL);

  /** On the Golem Network, within the budget of the file. */
  public static final RunOptions GOLEM = on(Target.GOLEM);

  public RunOptions {
    if (workers != null && workers < 1) {
      throw new IllegalArgumentException("no workers");
    }
    fresh = Set.copyOf(fresh);
  }

  private static RunOptions on(Target target) {
    return new RunOptions(
        target, null, Inside.Choice.WHERE_POSSIBLE, true, true, Set.of(), false, false);
  }

  /** The same with so many providers at a time at most. */
  public RunOptions withWorkers(int most) {
    return new RunOptions(target, most, inside, trial, reuse, fresh, rehash, overwrite);
  }

  /** The same, but nothing that earlier runs left is used. */
  public RunOptions withoutReuse() {
    return new RunOptions(target, workers, inside, trial, false, fresh, rehash, overwrite);
  }

  /** The same, but results replace whatever is in their place. */
  public RunOptions overwriting() {
    return new RunOptions(target, workers, inside, trial, reuse, fresh, rehash, true);
  }
}
