package org.golempipeline.golem.http;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The one place that decides whether a call is tried again, and when: exponential backoff with
 * jitter from a seed. Thread-safe.
 */
public final class Retrier {
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Which failures of a call allow to repeat it. */
  public enum Repeat {
    /** None: the caller decides. */
    NEVER,
    /** It creates something: only when it is known not to have arrived. */
    UNLESS_ARRIVED,
    /** It does no harm twice: also after broken connections and errors that may pass. */
    ALWAYS
  }

  /** Waits without a thread. */
  public interface Sleeper {
    CompletableFuture<?> sleep(Duration pause);
  }

  private final Sleeper sleeper;
  private final Random random;

  public Retrier(Sleeper sleeper, long seed) {
    this.sleeper = sleeper;
    this.random = new Random(seed);
  }

  /** Whether {@code failure} may be gone the next time, and repeating is allowed. */
  public static boolean mayRepeat(CallFailure failure, Repeat repeat) {
    switch (repeat) {
      case NEVER:
        return false;
      case UNLESS_ARRIVED:
        return failure.arrival() == CallFailure.Arrival.NOT_ARRIVED;
      case ALWAYS:
        return failure.arrival() != CallFailure.Arrival.ANSWERED
            || failure.status() == 408
            || failure.status() == 429
            || failure.status() >= 500 && failure.status() != 501;
    }
    throw new AssertionError(repeat);
  }

  /** The pause after {@code failures} failures in a row, from 1 on. */
  public Duration pause(int failures) {
    long longest =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 16));
    synchronized (random) {
      return Duration.ofMillis(longest / 2 + random.nextInt((int) (longest / 2) + 1));
    }
  }

  /**
   * Runs {@code attempt} until it succeeds or its failure is final. Cancelling the future cancels
   * the attempt that is under way.
   */
  <T> CompletableFuture<T> run(Repeat repeat, Supplier<CompletableFuture<T>> attempt) {
    CompletableFuture<T> result = new CompletableFuture<>();
    AtomicReference<CompletableFuture<?>> current = new AtomicReference<>();
    result.whenComplete(
        (value, error) -> {
          CompletableFuture<?> now = current.get();
          if (now != null && result.isCancelled()) {
            now.cancel(true);
          }
        });
    attempt(repeat, attempt, 1, result, current);
    return result;
  }

  private <T> void attempt(
      Repeat repeat,
      Supplier<CompletableFuture<T>> attempt,
      int number,
      CompletableFuture<T> result,
      AtomicReference<CompletableFuture<?>> current) {
    CompletableFuture<T> running;
    try {
      running = attempt.get();
    } catch (RuntimeException | Error e) {
      // Thrown where nobody waits, it would leave everybody waiting.
      result.completeExceptionally(e);
      return;
    }
    isUnderWay(running, result, current);
    running.whenComplete(
        (value, error) -> {
          if (error == null) {
            result.complete(value);
            return;
          }
          Throwable cause = CallFailure.unwrap(error);
          if (number < ATTEMPTS
              && !result.isDone()
              && cause instanceof CallFailure failure
              && mayRepeat(failure, repeat)) {
            again(repeat, attempt, number, cause, result, current);
          } else {
            result.completeExceptionally(cause);
          }
        });
  }

  /** Who is closed meanwhile gives up. */
  private <T> void again(
      Repeat repeat,
      Supplier<CompletableFuture<T>> attempt,
      int number,
      Throwable cause,
      CompletableFuture<T> result,
      AtomicReference<CompletableFuture<?>> current) {
    CompletableFuture<?> pause = sleeper.sleep(pause(number));
    isUnderWay(pause, result, current);
    pause.whenComplete(
        (slept, closed) -> {
          if (closed != null) {
            result.completeExceptionally(cause);
          } else {
            attempt(repeat, attempt, number + 1, result, current);
          }
        });
  }

  /** From now on it is what cancelling {@code result} cancels, which may have happened already. */
  private static void isUnderWay(
      CompletableFuture<?> step,
      CompletableFuture<?> result,
      AtomicReference<CompletableFuture<?>> current) {
    current.set(step);
    if (result.isCancelled()) {
      step.cancel(true);
    }
  }
}
