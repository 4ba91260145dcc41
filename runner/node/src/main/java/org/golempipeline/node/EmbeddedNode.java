package org.golempipeline.node;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.exeunit.RunningProgram;
import org.golempipeline.exeunit.VisibleFolder;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.golem.wire.NearDaemon;
import org.golempipeline.golem.wire.WireJson;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.plainfile.LeftFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Golem node inside this process: it serves the requestor's side of yagna's REST API, on loopback
 * or to this process alone, and plays the providers, which run exe scripts as processes of this
 * machine. It keeps the daemon's inconvenient rules, so that what works here has met them. All its
 * threads are daemons; if this process dies without {@link #close}, a warden process kills what it
 * left.
 */
public final class EmbeddedNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNode.class);
  private static final String SCRATCH = "node-";

  /** What {@link Files#createTempDirectory} makes of it. */
  private static final Pattern MADE = Pattern.compile(SCRATCH + "[0-9]{1,20}");

  /** Held as long as a node lives. */
  private static final String LOCK = "lock";

  private static final Duration FIRST_MOMENTS = Duration.ofHours(1);

  private final NodeContext context;
  private final Path folder;
  private final boolean folderIsOurs;
  private final Optional<SystemLock> lock;
  private final ExeUnits units;
  private final Activities activities;
  private final NearEntrance near;
  private final @Nullable HttpEntrance http;
  private boolean closed;

  private EmbeddedNode(NodeOptions options, Timings timings, Clock clock) throws IOException {
    Path asked = options.folder().toAbsolutePath();
    folderIsOurs = !Files.exists(asked);
    Files.createDirectories(asked);
    folder = asked.toRealPath();
    Path scratch = Files.createTempDirectory(folder, SCRATCH).toRealPath();
    lock = SystemLock.tryNamed(scratch.resolve(LOCK), "");
    context = new NodeContext(options, timings, clock);
    units =
        ExeUnits.open(
            scratch,
            folderIsOurs ? Optional.of(folder) : Optional.empty(),
            options
                .images()
                .orElseGet(() -> new ImageStore(scratch.resolve("images"), Clock.systemUTC())),
            context.pool,
            clock,
            timings.scripts());
    HttpEntrance listening = null;
    Api api;
    try {
      if (options.port().isPresent()) {
        // Most of a start is loading classes, so it is done on several cores.
        CompletableFuture<Api> made = CompletableFuture.supplyAsync(this::api, context.pool);
        listening = new HttpEntrance(options.port().getAsInt(), timings, () -> made.join().routes);
        api = made.join();
      } else {
        api = api();
      }
    } catch (IOException | RuntimeException | Error e) {
      units.close();
      context.close();
      unlock();
      throw e;
    }
    http = listening;
    near = new NearEntrance(api.routes, context.shortcut);
    activities = api.activities;
    // The first request will need it.
    context.pool.execute(WireJson::mapper);
  }

  /**
   * Starts a node that is ready for requests on return.
   *
   * @throws IOException if the port is taken or the folder can not be made
   */
  public static EmbeddedNode start(NodeOptions options) throws IOException {
    return start(options, Clock.systemUTC());
  }

  /** The same by another clock, that of its requestors. */
  public static EmbeddedNode start(NodeOptions options, Clock clock) throws IOException {
    return new EmbeddedNode(options, Timings.REAL, clock);
  }

  static EmbeddedNode start(NodeOptions options, Timings timings) throws IOException {
    return new EmbeddedNode(options, timings, Clock.systemUTC());
  }

  /**
   * What dead nodes of this user left in the folder of their {@link NodeOptions} who had nobody to
   * clean up behind them: folders that a node made, and nothing else that lies there.
   */
  public static List<Path> abandoned(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path scratch : LeftFiles.inside(folder)) {
      if (MADE.matcher(String.valueOf(scratch.getFileName())).matches()
          && Files.isDirectory(scratch, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(scratch, LinkOption.NOFOLLOW_LINKS).equals(user())
          && isAbandoned(scratch)) {
        found.add(scratch);
      }
    }
    return found;
  }

  /**
   * A node names itself in its lock in its first moments, or died in them. Without a name whatever
   * is there may be of a living one whose lock somebody swept away.
   */
  private static boolean isAbandoned(Path scratch) throws IOException {
    Path lock = scratch.resolve(LOCK);
    boolean locked = Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS);
    if (locked && Files.size(lock) > 0) {
      return !SystemLock.isHeld(lock);
    }
    Instant touched = Files.getLastModifiedTime(scratch, LinkOption.NOFOLLOW_LINKS).toInstant();
    return LeftFiles.inside(scratch).equals(locked ? List.of(lock) : List.of())
        && touched.isBefore(Clock.systemUTC().instant().minus(FIRST_MOMENTS));
  }

  private static UserPrincipal user() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self)
        ? Files.getOwner(self)
        : self.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(System.getProperty("user.name"));
  }

  private void unlock() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException e) {
      LOG.debug("could not let go of the lock", e);
    }
  }

  private record Api(Routes routes, Activities activities) {}

  private Api api() {
    Allocations allocations = new Allocations(context);
    Payments payments = new Payments(context, allocations);
    FileServices services = new FileServices(context);
    Activities activities = new Activities(context, units, services, payments);
    Market market = new Market(context);
    Agreements agreements =
        new Agreements(
            context, market, activities::agreementApproved, activities::agreementTerminated);
    Routes routes = new Routes(context);
    new MarketApi(context, market, agreements).addTo(routes);
    new ActivityApi(activities, agreements).addTo(routes);
    new PaymentApi(context, allocations, payments).addTo(routes);
    new NodeApi(context, services).addTo(routes);
    new NetApi(context).addTo(routes);
    return new Api(routes, activities);
  }

  /** The base of all its APIs; if nothing listens, only a name. */
  public URI url() {
    return http == null ? NearEntrance.NAME : http.url();
  }

  /** The way in for the requestor in this process, if nothing listens. */
  public Optional<NearDaemon> near() {
    return http == null ? Optional.of(near) : Optional.empty();
  }

  /** The key it lets in. */
  public String appKey() {
    return context.options.appKey();
  }

  /** Where programs of an agreement's activities can leave files on their provider. */
  public List<VisibleFolder> folders(String agreementId) {
    return activities.ofAgreement(agreementId).stream()
        .flatMap(each -> activities.get(each).unit.folders().stream())
        .toList();
  }

  /** What an agreement's activities run at the moment; otherwise as the others. */
  public List<RunningProgram> running(String agreementId) {
    List<String> own = activities.ofAgreement(agreementId);
    return running().stream().filter(each -> own.contains(each.activity())).toList();
  }

  /** What providers run at the moment, with all that their programs started and left behind. */
  public List<RunningProgram> running() {
    return units.running();
  }

  /** The switches for what goes wrong; they may be turned while it works. */
  public Faults faults() {
    return context.faults;
  }

  /** Stops listening, kills all processes and removes their files. May be repeated. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    near.close();
    if (http != null) {
      http.close();
    }
    units.close();
    context.close();
    unlock();
    if (folderIsOurs) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException | NoSuchFileException e) {
        // Somebody else uses it too.
      } catch (IOException e) {
        LOG.debug("could not remove {}", folder, e);
      }
    }
  }
}
