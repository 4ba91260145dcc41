package org.golempipeline.golem.market;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a demand published for a while and hands out its events; withdraws it when closed. Errors
 * that may pass are waited out, others are thrown as {@link CallFailure}. Blocks, and belongs to
 * one thread, which may be interrupted: closing it goes on nevertheless.
 */
final class DemandWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(5);

  /** The pause after so many failures in a row is not exceeded: a watch is short. */
  private static final int LONGEST_PAUSE = 4;

  private final Caller caller;
  private final Threads threads;
  private final Retrier retrier;
  private final DemandRequest demand;
  private final Duration patience;

  /** The demand that there is, or may be. */
  private @Nullable CompletableFuture<String> subscription;

  /** Whether an answer was lost, so that there may be demands whose ids we never heard. */
  private boolean lost;

  /**
   * @param patience for one answer of the daemon
   */
  DemandWatch(
      Caller caller, Threads threads, Retrier retrier, DemandRequest demand, Duration patience) {
    this.caller = caller;
    this.threads = threads;
    this.retrier = retrier;
    this.demand = demand;
    this.patience = patience;
  }

  /** Fails if the daemon does when the limit is over, and still does half as long after it. */
  void watch(Duration limit, Consumer<MarketEvent> handler) throws InterruptedException {
    Duration half = limit.dividedBy(2);
    long begin = System.nanoTime();
    boolean starved = true;
    int failures = 0;
    CallFailure failure = null;
    for (Duration left = limit;
        isPositive(failure == null ? left : left.plus(half));
        left = left(limit, begin)) {
      try {
        Duration poll = isPositive(left) ? shorter(left, half) : half;
        List<MarketEvent> events = events(shorter(POLL, poll));
        failure = null;
        failures = 0;
        events.forEach(event -> handle(event, handler));
        starved = starved && events.isEmpty();
        if (starved && left(limit, begin).compareTo(half) <= 0) {
          // An answer may have been lost unseen, since the client of the JDK repeats a GET by
          // itself. The daemon tells each offer once, and again only of a new demand.
          starved = false;
          withdraw();
        } else if (events.isEmpty()) {
          pause(1, left(limit, begin));
        }
      } catch (CallFailure e) {
        boolean gone = e.status() == 404;
        if (!gone && (e.isOurs() || !Retrier.mayRepeat(e, Retrier.Repeat.ALWAYS))) {
          throw e;
        }
        failure = e;
        failures++;
        boolean unknown = e.arrival() == CallFailure.Arrival.UNKNOWN;
        lost |= unknown && !isPublished();
        if (gone || unknown || !isPublished()) {
          withdraw();
        }
        pause(failures, left(limit, begin).plus(half));
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    withdraw();
  }

  /** Leaves the future alone when the time is over or the thread is interrupted. */
  static <T> T await(String action, CompletableFuture<T> answer, Duration limit)
      throws InterruptedException {
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = CallFailure.unwrap(e.getCause() == null ? e : e.getCause());
      if (cause instanceof GolemException known) {
        throw known;
      }
      throw CallFailure.of(action, cause);
    } catch (TimeoutException e) {
      throw late(action, e);
    }
  }

  private List<MarketEvent> events(Duration poll) throws InterruptedException {
    CompletableFuture<String> made = subscription;
    if (made == null) {
      made = caller.send(Calls.subscribe(demand));
      subscription = made;
    }
    Call<List<MarketEvent>> call =
        Calls.marketEvents(await("publish the demand", made, patience), poll);
    CompletableFuture<List<MarketEvent>> answer = caller.send(call);
    try {
      return await(call.action(), answer, poll.plus(patience));
    } finally {
      answer.cancel(true);
    }
  }

  private static void handle(MarketEvent event, Consumer<MarketEvent> handler) {
    try {
      handler.accept(event);
    } catch (RuntimeException e) {
      Caller.LOG.debug("left out {}", event, e);
    }
  }

  /** Goes on when the thread is interrupted, and gives up after twice our patience. */
  private void withdraw() {
    CompletableFuture<String> made = subscription;
    if (made == null) {
      return;
    }
    long millis = patience.toMillis();
    try {
      // It may still be on its way: only what the daemon has can be withdrawn.
      made.copy()
          .orTimeout(millis, TimeUnit.MILLISECONDS)
          .handle(
              (id, error) ->
                  error == null
                      ? remove(id)
                      : isUnknown(error) ? removeOurs() : CompletableFuture.completedFuture(true))
          .thenCompose(gone -> gone)
          .thenCompose(gone -> lost ? removeOurs() : CompletableFuture.completedFuture(gone))
          .orTimeout(2 * millis, TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      Throwable cause = CallFailure.unwrap(e);
      throw cause instanceof TimeoutException
          ? late("withdraw the demand", cause)
          : CallFailure.of("withdraw the demand", cause);
    }
    subscription = null;
  }

  private boolean isPublished() {
    return subscription != null
        && subscription.isDone()
        && !subscription.isCompletedExceptionally();
  }

  private static boolean isUnknown(Throwable error) {
    return CallFailure.of("publish the demand", error).arrival() == CallFailure.Arrival.UNKNOWN;
  }

  private CompletableFuture<Boolean> remove(String demandId) {
    return caller
        .send(Calls.unsubscribe(demandId))
        .handle(
            (done, error) -> {
              CallFailure failure =
                  error == null ? null : CallFailure.of("withdraw the demand", error);
              if (failure != null && !failure.isGone()) {
                throw failure;
              }
              return true;
            });
  }

  /** After a lost answer there may be one: it is known by our private property. */
  private CompletableFuture<Boolean> removeOurs() {
    return caller
        .send(Calls.demands())
        .thenCompose(
            demands -> {
              CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
              for (Demand found : demands) {
                if (isOurs(found)) {
                  all = all.thenCompose(before -> remove(found.demandId()));
                }
              }
              return all;
            });
  }

  private boolean isOurs(Demand found) {
    Object run = demand.properties().get(PropertyNames.RUN);
    return run != null && run.equals(found.properties().get(PropertyNames.RUN));
  }

  private void pause(int failures, Duration left) throws InterruptedException {
    if (isPositive(left)) {
      Duration pause = shorter(retrier.pause(Math.min(failures, LONGEST_PAUSE)), left);
      await("wait", threads.after(pause), pause.plus(patience));
    }
  }

  private static CallFailure late(String action, Throwable cause) {
    return new CallFailure(
        action, 0, "no answer in time", CallFailure.Arrival.UNKNOWN, null, cause);
  }

  private static Duration left(Duration limit, long begin) {
    return limit.minusNanos(System.nanoTime() - begin);
  }

  private static boolean isPositive(Duration duration) {
    return duration.compareTo(Duration.ZERO) > 0;
  }

  private static Duration shorter(Duration first, Duration second) {
    return first.compareTo(second) < 0 ? first : second;
  }
}
