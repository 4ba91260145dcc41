package org.golempipeline.exeunit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.plainfile.LeftFiles;

/**
 * A place where exe-units work: the folder of their files, and the warden that kills what they left
 * if this process dies without {@link #close}. Thread-safe.
 */
public final class ExeUnits implements AutoCloseable {
  private static final int MARK_BYTES = 16;

  /**
   * The waits that scripts notice.
   *
   * @param transferRetry before a broken transfer is tried again; twice as long the second time
   */
  public record Timings(Duration transferRetry) {
    public static final Timings REAL = new Timings(Duration.ofSeconds(2));
  }

  final Programs programs;
  final Transfers transfers;
  final Executor executor;
  final Clock clock;
  final OutputRoom outputRoom;
  final CpuClock cpuClock = new CpuClock();

  final ImageStore images;

  private final Path scratch;
  private final AtomicInteger deployments = new AtomicInteger();
  private final AtomicInteger spools = new AtomicInteger();

  ExeUnits(
      Path scratch,
      Optional<Path> around,
      ImageStore images,
      Executor executor,
      Clock clock,
      Timings timings,
      OutputRoom outputRoom) {
    this.scratch = scratch;
    this.outputRoom = outputRoom;
    this.executor = executor;
    this.clock = clock;
    programs = new Programs(scratch, around, mark(), executor);
    transfers = new Transfers(executor, timings.transferRetry());
    this.images = images;
  }

  /**
   * Opens a place.
   *
   * @param scratch an empty folder, by its real path; removed at the end
   * @param around the folder that holds it, if that is removed as well
   * @param images that programs run in, and among which those are kept that activities fetch
   * @param executor with a thread for everything that blocks
   */
  public static ExeUnits open(
      Path scratch,
      Optional<Path> around,
      ImageStore images,
      Executor executor,
      Clock clock,
      Timings timings) {
    // Programs start in a fraction of the time that a fork of a large process takes.
    if (System.getProperty("jdk.lang.Process.launchMechanism") == null
        && System.getProperty("os.name", "").startsWith("Linux")) {
      System.setProperty("jdk.lang.Process.launchMechanism", "VFORK");
    }
    return new ExeUnits(
        scratch, around, images, executor, clock, timings, OutputRoom.ofThisProcess());
  }

  /** Removes the scratch folder of a place that nobody has open any more, if that can be. */
  public static boolean removeLeft(Path scratch) {
    return LeftFiles.removeQuietly(scratch);
  }

  private static String mark() {
    byte[] bytes = new byte[MARK_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes) + "/";
  }

  /**
   * A new unit, initialized.
   *
   * @param id of its activity
   * @param counters the usage vector of the agreement
   * @param image what programs run in, if it is at hand and this machine permits that
   */
  public ExeUnit start(
      String id,
      List<String> counters,
      TaskPackage image,
      Limits limits,
      ExeHost host,
      Conduct conduct) {
    return new ExeUnit(this, id, counters, image, limits, host, conduct);
  }

  /** What runs at the moment, with all that programs started and left behind. */
  public List<RunningProgram> running() {
    return programs.running();
  }

  /** A new folder for a deployment. */
  Path newRoot() {
    return scratch.resolve("a" + deployments.incrementAndGet());
  }

  /** For the events of a batch. */
  EventSpool newSpool() {
    return new EventSpool(() -> scratch.resolve("e" + spools.incrementAndGet()), executor);
  }

  void remove(Deployment deployment) {
    executor.execute(
        () -> {
          deployment.container().ifPresent(Container::close);
          LeftFiles.removeQuietly(deployment.root());
        });
  }

  /** Kills all there is, and removes the scratch folder. */
  @Override
  public void close() {
    programs.close();
  }
}
