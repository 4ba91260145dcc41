package org.golempipeline.node;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.golempipeline.golem.wire.FileShortcut;

/**
 * What every part of a node shares: the one lock that guards all its state, the timer, the threads
 * for scripts, and the makers of times and ids. Nothing may block while it holds the lock, and
 * whatever can take its time (processes, files, peers) happens on {@link #pool} without it.
 */
final class NodeContext implements AutoCloseable {
  /** Guards the state of market, activities, payments and file services. */
  final Object lock = new Object();

  final NodeOptions options;
  final Timings timings;
  final String identity;
  final Faults faults;

  /** Empty where no requestor is in this process. */
  final FileShortcut shortcut = new FileShortcut();

  /** Of everything random that should repeat with the seed; use it under the lock. */
  final SplittableRandom random;

  /** For what may block; once the node closes, it does nothing any more. */
  final ExecutorService pool;

  private final Clock clock;
  private final ScheduledThreadPoolExecutor timer;
  private final SecureRandom ids = new SecureRandom();
  private Instant lastMoment = Instant.EPOCH;

  NodeContext(NodeOptions options, Timings timings, Clock clock) {
    this.options = options;
    this.timings = timings;
    this.clock = clock;
    random = new SplittableRandom(options.seed());
    identity = nodeId();
    faults = new Faults(random.nextLong());
    pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("unit"),
            new ThreadPoolExecutor.DiscardPolicy());
    timer =
        new ScheduledThreadPoolExecutor(
            1, daemons("timer"), new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "golem-node-" + name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  Instant now() {
    return clock.instant();
  }

  /** The present in microseconds, later than any moment given before. */
  Instant moment() {
    synchronized (lock) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
      lastMoment = now.isAfter(lastMoment) ? now : lastMoment.plus(1, ChronoUnit.MICROS);
      return lastMoment;
    }
  }

  /** Runs {@code task} under the lock after {@code delay}, unless it is called off before. */
  ScheduledFuture<?> after(Duration delay, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            synchronized (lock) {
              task.run();
            }
          } catch (RuntimeException | Error e) {
            // The timer would keep it to itself.
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, e);
          }
        };
    return timer.schedule(guarded, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The same, for what is never called off. */
  void later(Duration delay, Runnable task) {
    var unused = after(delay, task);
  }

  /** A fresh id of {@code digits} hex digits. */
  String hex(int digits) {
    byte[] bytes = new byte[digits / 2];
    ids.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  String uuid() {
    return UUID.randomUUID().toString();
  }

  /** A node id, the same one for the same seed and call. */
  String nodeId() {
    synchronized (lock) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    pool.shutdownNow();
  }
}
