package org.golempipeline.golem.http;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The few threads of a session, all daemons, whatever the number of activities. {@link #loop} is
 * one thread that owns all state and must never block; {@link #answers} runs callbacks of the HTTP
 * client and of our users; {@link #files} reads and writes files. What is still brought to them
 * after the end is done as before, by the same threads, so that no future hangs and no two threads
 * share a state; they end when nothing has come for a moment.
 */
public final class Threads implements AutoCloseable {
  private static final int ANSWER_THREADS = 4;
  private static final int FILE_THREADS = 4;
  private static final long KEPT_MILLIS = 100;

  private final ScheduledThreadPoolExecutor loop;
  private final ThreadPoolExecutor answers;
  private final ThreadPoolExecutor files;
  private final Set<CompletableFuture<Void>> timers = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** The thread of the loop; it may be another one after the end. */
  private volatile @Nullable Thread looping;

  public Threads() {
    ThreadFactory named = factory("golem-loop");
    loop =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = named.newThread(task);
              looping = thread;
              return thread;
            });
    loop.setRemoveOnCancelPolicy(true);
    answers = pool(ANSWER_THREADS, "golem-answers");
    files = pool(FILE_THREADS, "golem-files");
  }

  public Executor loop() {
    return task -> loop.execute(() -> shown(task));
  }

  /**
   * What comes of {@code way}. Whatever is made to follow it on the loop runs there, after a
   * failure too: {@code thenApplyAsync} and its kin hand a failure on where it comes, not on their
   * executor.
   */
  public <T> CompletableFuture<T> onLoop(CompletableFuture<T> way) {
    return way.whenCompleteAsync((value, error) -> {}, loop());
  }

  /**
   * Does {@code work} on the loop, for who is somewhere else. Made elsewhere, a chain of steps
   * would go on there if one of them is done before the next is put behind it.
   */
  public <T> CompletableFuture<T> doOnLoop(Supplier<CompletableFuture<T>> work) {
    return CompletableFuture.supplyAsync(work, loop()).thenCompose(way -> way);
  }

  /** For assertions: whether this thread may touch what the loop owns. */
  public boolean isLoop() {
    return Thread.currentThread() == looping;
  }

  public Executor answers() {
    return answers;
  }

  public Executor files() {
    return files;
  }

  /** Completes on the loop after {@code pause}; cancelling forgets it. The end cancels all. */
  public CompletableFuture<Void> after(Duration pause) {
    CompletableFuture<Void> timer = new CompletableFuture<>();
    timers.add(timer);
    if (closed) {
      timer.cancel(false);
    }
    var task =
        loop.schedule(
            () -> timer.complete(null), Math.max(0, pause.toNanos()), TimeUnit.NANOSECONDS);
    timer.whenComplete(
        (done, error) -> {
          task.cancel(false);
          timers.remove(timer);
        });
    return timer;
  }

  @Override
  public void close() {
    closed = true;
    loop().execute(() -> timers.forEach(timer -> timer.cancel(false)));
    for (ThreadPoolExecutor each : List.of(loop, answers, files)) {
      each.setKeepAliveTime(KEPT_MILLIS, TimeUnit.MILLISECONDS);
      each.allowCoreThreadTimeOut(true);
    }
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

  private static ThreadPoolExecutor pool(int threads, String name) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name));
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
