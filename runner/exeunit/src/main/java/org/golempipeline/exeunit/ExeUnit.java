package org.golempipeline.exeunit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/**
 * One activity: executes the scripts that are sent to it, one at a time, and counts what it uses.
 * Methods return at once; programs, files and transfers are handled on the executor of its {@link
 * ExeUnits}. Thread-safe, with a lock of its own, under which only leaves are locked.
 */
public final class ExeUnit {
  private static final int KEPT_BATCHES = 64;
  private static final long STOP_SECONDS = 5;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private static final String STATE_ERROR = "Local service error: State error: ";

  private static final String INITIALIZED = "Initialized";
  private static final String DEPLOYED = "Deployed";
  private static final String READY = "Ready";
  private static final String TERMINATED = "Terminated";

  final Object lock = new Object();
  final ExeUnits units;
  final ExeHost host;
  final Conduct conduct;
  final TaskPackage image;
  final Limits limits;

  /** Counted down when it ends. */
  final CountDownLatch ended = new CountDownLatch(1);

  private final String id;
  private final List<String> counters;

  /** By the even clock of this machine: nobody pays for one that was set. */
  private final long created = System.nanoTime();

  /** The latest; of those before nobody asks, and their output takes room. */
  private final Map<String, ExeBatch> batches = new LinkedHashMap<>();

  /** Completes when it has ended and none of its processes is left. */
  private final CompletableFuture<Void> killed = new CompletableFuture<>();

  private @Nullable Long end;
  private double cpuOfEnded;
  private double cpuReported;
  private @Nullable Process lastSeen;
  private long lastLook;
  private double lastCpu;
  private String state = INITIALIZED;

  /** What it will be when the command that runs has ended, however it ends; null between two. */
  private @Nullable String next;

  private @Nullable String reason;

  @Nullable Deployment deployment;

  /** The batch whose commands run; there is one at most. */
  @Nullable ExeBatch running;

  @Nullable ExeCommand command;
  @Nullable Process process;

  /** Executes the batch; interrupted when the activity ends. */
  @Nullable Thread worker;

  ExeUnit(
      ExeUnits units,
      String id,
      List<String> counters,
      TaskPackage image,
      Limits limits,
      ExeHost host,
      Conduct conduct) {
    this.units = units;
    this.id = id;
    this.counters = List.copyOf(counters);
    this.image = image;
    this.limits = limits;
    this.host = host;
    this.conduct = conduct;
  }

  public String id() {
    return id;
  }

  public ActivityState state() {
    synchronized (lock) {
      List<@Nullable String> pair = new ArrayList<>();
      pair.add(state);
      pair.add(next);
      return new ActivityState(pair, reason, null);
    }
  }

  /** Whether it has ended; its last processes may still be about to. */
  public boolean over() {
    synchronized (lock) {
      return isOver();
    }
  }

  boolean isOver() {
    return state.equals(TERMINATED);
  }

  /** Where its programs can leave files, if it is deployed at the moment. */
  public List<VisibleFolder> folders() {
    synchronized (lock) {
      return deployment == null ? List.of() : deployment.folders();
    }
  }

  /** The command that is executed at the moment. */
  public Optional<ExeCommand> command() {
    synchronized (lock) {
      return Optional.ofNullable(command);
    }
  }

  /** The caller holds the lock. */
  private void enter(String entered) {
    if (!isOver()) {
      state = entered;
      next = null;
      host.stateChanged(state());
    }
  }

  /**
   * A command begins to which nothing objects. The caller holds the lock, as for {@link #arrive}.
   * That commands run in a machine that stays ready is told to who asks, but not reported.
   */
  void begin(ExeCommand begun) {
    next =
        begun instanceof ExeCommand.Terminate || begun instanceof ExeCommand.Sign
            ? null
            : begun instanceof ExeCommand.Deploy ? DEPLOYED : READY;
    if (next != null && !next.equals(state)) {
      host.stateChanged(state());
    }
  }

  /** It ended. Released exe-units count as deployed even if that failed. */
  void arrive() {
    String reached = next;
    if (reached != null && reached.equals(state)) {
      next = null;
    } else if (reached != null) {
      enter(reached);
    }
  }

  void addCpu(double seconds) {
    cpuOfEnded += seconds;
  }

  /** The counters that it was made with, in that order; they never go down. */
  public List<Double> usage() {
    synchronized (lock) {
      long until = end == null ? System.nanoTime() : end;
      double wall = (until - created) / 1e9;
      cpuReported = Math.max(cpuReported, cpuOfEnded + cpuOfRunning());
      List<Double> usage = new ArrayList<>();
      for (String counter : counters) {
        usage.add(
            PropertyNames.USAGE_CPU.equals(counter)
                ? cpuReported
                : PropertyNames.USAGE_DURATION.equals(counter) ? wall : 0.0);
      }
      return usage;
    }
  }

  /** Looking at the processes of the machine is slow, so the answer may be a little old. */
  private double cpuOfRunning() {
    Process current = process;
    if (current == null) {
      return 0;
    }
    long now = System.nanoTime();
    if (current != lastSeen || now - lastLook > LOOK_AGAIN.toNanos()) {
      lastSeen = current;
      lastLook = now;
      lastCpu = Programs.cpuSeconds(current);
    }
    return lastCpu;
  }

  /** Why this command can not be executed now, or null if it can. */
  @Nullable String objection(ExeCommand asked) {
    String wanted =
        asked instanceof ExeCommand.Deploy
            ? INITIALIZED
            : asked instanceof ExeCommand.Start ? DEPLOYED : READY;
    if (asked instanceof ExeCommand.Terminate
        || asked instanceof ExeCommand.Sign
        || wanted.equals(state)) {
      return null;
    }
    return STATE_ERROR
        + switch (state) {
          case INITIALIZED -> "Activity is initialized - deploy() command is expected now";
          case DEPLOYED -> "Activity is deployed - start() command is expected now";
          default -> "Cannot send command after a successful start()";
        };
  }

  /** The batch, of a unit that can still be asked. */
  public ExeBatch batch(String batchId) throws ExeException {
    synchronized (lock) {
      requireAlive();
      ExeBatch batch = batches.get(batchId);
      if (batch == null) {
        throw new ExeException(ExeException.Kind.NOT_FOUND, "batch_id = " + batchId);
      }
      return batch;
    }
  }

  private void requireAlive() throws ExeException {
    if (isOver()) {
      throw gone();
    }
  }

  private static ExeException gone() {
    return new ExeException(ExeException.Kind.GONE, "The activity has ended");
  }

  /**
   * Begins to execute a script. One that comes while another runs fails at its first command, but
   * for a single {@code terminate}, which stops the other.
   *
   * @param batchId under which its results can be asked for; not used before
   */
  public void exec(String batchId, List<ExeCommand> commands) throws ExeException {
    ExeBatch batch = new ExeBatch(batchId, commands, lock, units.clock, units.newSpool());
    synchronized (lock) {
      requireAlive();
      if (batches.containsKey(batchId)) {
        throw new ExeException(
            ExeException.Kind.BAD_REQUEST, "Batch " + batchId + " already exists");
      }
      batches.put(batchId, batch);
      if (batches.size() > KEPT_BATCHES) {
        var unused = dropEldest(batch);
      }
      if (commands.size() == 1 && commands.get(0) instanceof ExeCommand.Terminate) {
        units.executor.execute(() -> terminate(batch));
      } else if (running != null) {
        batch.finish(0, -1, busy(), null, null);
        batch.done.complete(null);
      } else if (!commands.isEmpty()) {
        running = batch;
        units.executor.execute(new ScriptRunner(this, batch));
      }
    }
  }

  private String busy() {
    return STATE_ERROR
        + "Busy: StatePair(%s, Some(%s))".formatted(state, next == null ? state : next);
  }

  /** Forgets the eldest batch that does not run and is not {@code latest}, if there is one. */
  private boolean dropEldest(ExeBatch latest) {
    for (Iterator<ExeBatch> each = batches.values().iterator(); each.hasNext(); ) {
      ExeBatch eldest = each.next();
      if (eldest != latest && eldest != running) {
        each.remove();
        forget(eldest);
        return true;
      }
    }
    return false;
  }

  private void forget(ExeBatch batch) {
    units.outputRoom.giveBack(batch.keptBytes);
    batch.keptBytes = 0;
    batch.forget();
  }

  /**
   * Whether so much output can be kept for the results of {@code batch}; batches before it are
   * forgotten for that. The caller holds the lock.
   */
  boolean makeRoom(ExeBatch batch, long bytes) {
    if (bytes > units.outputRoom.ofBatch() - batch.keptBytes) {
      return false;
    }
    while (!units.outputRoom.take(bytes)) {
      if (!dropEldest(batch)) {
        return false;
      }
    }
    batch.keptBytes += bytes;
    return true;
  }

  /** A batch with nothing but {@code terminate}: stops the machine whatever it does. */
  private void terminate(ExeBatch batch) {
    ExeBatch stopped;
    boolean transferring;
    synchronized (lock) {
      stopped = running;
      transferring = command instanceof ExeCommand.Transfer;
      if (stopped != null) {
        stopped.aborted = true;
      }
    }
    killAll();
    if (stopped != null && !transferring) {
      awaitDone(stopped);
    }
    synchronized (lock) {
      batch.publish(0, RuntimeEvent.Kind.ofStarted(batch.commands.get(0)));
      if (!isOver()) {
        reset();
        batch.finish(0, 0, null, null, null);
      }
    }
    batch.answerPolls();
    batch.done.complete(null);
  }

  /** Kills all that runs, and returns when that is gone; the caller does not hold the lock. */
  void killAll() {
    Deployment current;
    synchronized (lock) {
      current = deployment;
    }
    if (current != null) {
      // First, since its own process is the one to wait for.
      current.container().ifPresent(Container::close);
    }
    units.programs.killAll(id);
  }

  /** Forgets what was deployed; the caller holds the lock and has killed all processes. */
  void reset() {
    removeDeployment();
    enter(INITIALIZED);
  }

  private void removeDeployment() {
    if (deployment != null) {
      units.remove(deployment);
      deployment = null;
    }
  }

  private static void awaitDone(ExeBatch batch) {
    try {
      batch.done.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // It has been killed or told to stop; more can not be done.
    }
  }

  /**
   * Ends it; completes when nothing of it runs any more. What is waited for fails. May be repeated.
   *
   * @param why for its state, null if it was asked for
   */
  public CompletableFuture<Void> end(@Nullable String why) {
    synchronized (lock) {
      if (isOver()) {
        return killed;
      }
      end = System.nanoTime();
      reason = why;
      enter(TERMINATED);
      ended.countDown();
    }
    stop(this::finish);
    return killed;
  }

  private void finish() {
    synchronized (lock) {
      removeDeployment();
      batches.values().forEach(this::forget);
      batches.clear();
    }
    killed.complete(null);
  }

  /** Kills what runs and lets who waits find out, as if the machine had gone; it may come back. */
  public void sever() {
    stop(() -> {});
  }

  private void stop(Runnable then) {
    ExeBatch stopped;
    List<ExeBatch> waitedFor;
    synchronized (lock) {
      stopped = running;
      waitedFor = List.copyOf(batches.values());
      if (stopped != null) {
        stopped.aborted = true;
      }
      if (worker != null && process == null) {
        worker.interrupt();
      }
    }
    waitedFor.forEach(each -> each.gone(gone()));
    units.executor.execute(
        () -> {
          killAll();
          if (stopped != null) {
            awaitDone(stopped);
          }
          then.run();
        });
  }
}
