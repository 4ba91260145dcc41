package org.golempipeline.golem.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The few threads of a session, all daemons, whatever the number of activities. {@link #loop} is
 * one thread that owns all state and must never block; {@link #answers} runs callbacks of the HTTP
 * client and of our users; {@link #files} reads and writes files.
 */
public final class Threads implements AutoCloseable {
  private static final int ANSWER_THREADS = 4;
  private static final int FILE_THREADS = 4;

  private final ScheduledThreadPoolExecutor loop;
  private final ExecutorService answers;
  private final ExecutorService files;

  public Threads() {
    loop = new ScheduledThreadPoolExecutor(1, factory("golem-loop"));
    loop.setRemoveOnCancelPolicy(true);
    answers = Executors.newFixedThreadPool(ANSWER_THREADS, factory("golem-answers"));
    files = Executors.newFixedThreadPool(FILE_THREADS, factory("golem-files"));
  }

  public Executor loop() {
    return task -> run(loop, () -> shown(task));
  }

  /**
   * What comes of {@code way}. Whatever follows it runs on the loop, after a failure too: {@code
   * thenApplyAsync} and its kin hand a failure on where it comes, not on their executor.
   */
  public <T> CompletableFuture<T> onLoop(CompletableFuture<T> way) {
    return way.whenCompleteAsync((value, error) -> {}, loop());
  }

  public Executor answers() {
    return task -> run(answers, task);
  }

  public Executor files() {
    return task -> run(files, task);
  }

  /** Completes on the loop after {@code pause}; cancelling forgets it. */
  public CompletableFuture<Void> after(Duration pause) {
    CompletableFuture<Void> timer = new CompletableFuture<>();
    if (loop.isShutdown()) {
      return timer;
    }
    try {
      var task =
          loop.schedule(
              () -> timer.complete(null), Math.max(0, pause.toNanos()), TimeUnit.NANOSECONDS);
      timer.whenComplete((done, error) -> task.cancel(false));
    } catch (RejectedExecutionException closedMeanwhile) {
      // The session is over: nobody waits any more.
    }
    return timer;
  }

  @Override
  public void close() {
    loop.shutdownNow();
    files.shutdown();
    answers.shutdown();
  }

  /** What nobody expects is told where all such things are; this executor would keep it. */
  private static void shown(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      Thread here = Thread.currentThread();
      here.getUncaughtExceptionHandler().uncaughtException(here, e);
    }
  }

  /** After the end, what is left runs on the thread that brings it, so that no future hangs. */
  private static void run(ExecutorService executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException closed) {
      task.run();
    }
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
