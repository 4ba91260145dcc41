package org.golempipeline.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that long polls wait for. A waiting request holds no thread: it is asked again at each
 * change and answered at its timeout. Guarded by the context's lock.
 */
final class Topic {
  private final NodeContext context;
  private final List<Waiter> waiters = new ArrayList<>();

  Topic(NodeContext context) {
    this.context = context;
  }

  /**
   * Answers with {@code attempt} as soon as that has one, with {@code late} after {@code timeout}.
   * Both are called under the lock and may throw {@link ApiException}.
   */
  CompletableFuture<Reply> await(
      Duration timeout, Supplier<@Nullable Reply> attempt, Supplier<Reply> late) {
    synchronized (context.lock) {
      Reply now = attempt.get();
      if (now == null && (timeout.isZero() || timeout.isNegative())) {
        now = late.get();
      }
      if (now != null) {
        return CompletableFuture.completedFuture(now);
      }
      Waiter waiter = new Waiter(attempt);
      waiters.add(waiter);
      waiter.timer =
          context.after(
              timeout,
              () -> {
                if (waiters.remove(waiter)) {
                  waiter.tryAnswer(late);
                }
              });
      return waiter.answer;
    }
  }

  /** Lets everybody who waits look again. */
  void changed() {
    synchronized (context.lock) {
      if (!waiters.isEmpty()) {
        waiters.removeIf(waiter -> waiter.tryAnswer(waiter.attempt));
      }
    }
  }

  private static final class Waiter {
    final Supplier<@Nullable Reply> attempt;
    final CompletableFuture<Reply> answer = new CompletableFuture<>();
    @Nullable Future<?> timer;

    Waiter(Supplier<@Nullable Reply> attempt) {
      this.attempt = attempt;
    }

    boolean tryAnswer(Supplier<? extends @Nullable Reply> source) {
      Reply reply;
      try {
        reply = source.get();
      } catch (ApiException e) {
        reply = e.reply();
      } catch (RuntimeException | Error e) {
        // It is this waiter's trouble, and not of whoever changed something.
        stopTimer();
        return answer.completeExceptionally(e);
      }
      if (reply == null) {
        return false;
      }
      stopTimer();
      return answer.complete(reply);
    }

    private void stopTimer() {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }
}
