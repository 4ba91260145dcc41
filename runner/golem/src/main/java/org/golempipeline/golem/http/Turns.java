package org.golempipeline.golem.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a limited number of things be under way at once, and begins the others in the order in which
 * they came. Thread-safe; nobody waits in here, and what is to begin may begin on any thread that
 * comes.
 */
final class Turns {
  private final int most;
  private final Queue<Turn<?>> waiting = new ArrayDeque<>();
  private int underWay;

  /** A thread is giving turns; it looks again before it stops. */
  private boolean giving;

  Turns(int most) {
    this.most = most;
  }

  private record Turn<T>(Supplier<CompletableFuture<T>> task, CompletableFuture<T> result) {}

  /** What comes of {@code task} once it had its turn. Cancelled before, it never begins. */
  <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(new Turn<>(task, result));
    }
    give();
    return result;
  }

  private void give() {
    for (Turn<?> next = next(true); next != null; next = next(false)) {
      begin(next);
    }
  }

  /**
   * Whose turn it is; null if it is nobody's, or if another thread is giving turns, which will see
   * to it. So beginnings that end at once do not pile up on the stack.
   */
  private synchronized @Nullable Turn<?> next(boolean first) {
    if (first && giving) {
      return null;
    }
    giving = underWay < most && !waiting.isEmpty();
    if (!giving) {
      return null;
    }
    underWay++;
    return waiting.remove();
  }

  private <T> void begin(Turn<T> turn) {
    CompletableFuture<T> result = turn.result();
    if (result.isDone()) {
      end();
      return;
    }
    CompletableFuture<T> running;
    try {
      running = turn.task().get();
    } catch (RuntimeException | Error e) {
      end();
      result.completeExceptionally(e);
      return;
    }
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            running.cancel(true);
          }
        });
    running.whenComplete(
        (value, error) -> {
          end();
          if (error == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(CallFailure.unwrap(error));
          }
        });
  }

  private void end() {
    synchronized (this) {
      underWay--;
    }
    give();
  }
}
