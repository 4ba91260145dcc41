package org.golempipeline.provider;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.golempipeline.bus.Bus;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.DaemonCalls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of a provider share. One thread owns all their state: answers, events and timers
 * come to it, and nothing on it may block.
 */
final class Desk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final double SLOWER = 1.5;

  final DaemonCalls calls;
  final Bus bus;
  final Journal journal;
  final Clock clock;

  /** Whether programs run inside images, where this machine permits that. */
  final boolean inside;

  /** Our node id. */
  final String identity;

  /** By which the daemon tells our agreements from those of other programs. */
  final String session = UUID.randomUUID().toString();

  /** By so much pauses are shorter than they are said to be. */
  private final int haste;

  private final Consumer<ProviderEvent> listener;
  private final ScheduledThreadPoolExecutor loop;
  private volatile @Nullable Thread owner;

  /**
   * @param haste 1; in tests of what takes minutes, more
   */
  Desk(
      DaemonCalls calls,
      Bus bus,
      Journal journal,
      String identity,
      Clock clock,
      boolean inside,
      Consumer<ProviderEvent> listener,
      int haste) {
    this.haste = haste;
    this.calls = calls;
    this.bus = bus;
    this.journal = journal;
    this.identity = identity;
    this.clock = clock;
    this.inside = inside;
    this.listener = listener;
    loop =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "golem-provider");
              thread.setDaemon(true);
              owner = thread;
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    loop.setRemoveOnCancelPolicy(true);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** For assertions: whether this thread may touch the state. */
  boolean isHere() {
    return Thread.currentThread() == owner;
  }

  Instant now() {
    return clock.instant();
  }

  void say(ProviderEvent event) {
    listener.accept(event);
  }

  /** Does it on the thread that owns the state. */
  void run(Runnable task) {
    loop.execute(guarded(task));
  }

  /** The same after a while, unless it is called off. */
  ScheduledFuture<?> after(Duration pause, Runnable task) {
    return loop.schedule(guarded(task), Math.max(0, pause.toNanos() / haste), TimeUnit.NANOSECONDS);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // The loop would keep it to itself.
        Thread here = Thread.currentThread();
        here.getUncaughtExceptionHandler().uncaughtException(here, e);
      }
    };
  }

  /**
   * What comes of {@code future}, for steps that follow: they touch the state, and what the daemon
   * says comes on other threads.
   */
  <T> CompletableFuture<T> here(CompletableFuture<T> future) {
    return future.whenCompleteAsync((done, error) -> {}, this::run);
  }

  /** Hands what comes of {@code future} to the thread that owns the state. */
  <T> void then(CompletableFuture<T> future, Consumer<T> value, Consumer<CallFailure> problem) {
    var unused =
        future.whenComplete(
            (done, error) ->
                run(
                    () -> {
                      if (error == null) {
                        value.accept(done);
                      } else {
                        problem.accept(CallFailure.of("go on", error));
                      }
                    }));
  }

  /**
   * Tries until it succeeds, with pauses from {@code pause} to {@code longest}, or until the
   * failure is final; ends with the desk.
   */
  <T> CompletableFuture<T> insist(
      Duration pause,
      Duration longest,
      Predicate<CallFailure> isFinal,
      Supplier<CompletableFuture<T>> attempt) {
    CompletableFuture<T> result = new CompletableFuture<>();
    run(() -> attempt(pause, longest, isFinal, attempt, result));
    return result;
  }

  private <T> void attempt(
      Duration pause,
      Duration longest,
      Predicate<CallFailure> isFinal,
      Supplier<CompletableFuture<T>> attempt,
      CompletableFuture<T> result) {
    then(
        attempt.get(),
        result::complete,
        problem -> {
          if (isFinal.test(problem)) {
            result.completeExceptionally(problem);
            return;
          }
          LOG.debug("trying again in {}", pause, problem);
          Duration slower = Duration.ofMillis((long) (pause.toMillis() * SLOWER));
          Duration next = slower.compareTo(longest) > 0 ? longest : slower;
          var unused = after(pause, () -> attempt(next, longest, isFinal, attempt, result));
        });
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }
}
