package org.golempipeline.golem.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Follows one of the daemon's persistent logs: asks for what came after the last event, again and
 * again, until stopped. The handler runs on the loop. Breaks are waited out.
 */
final class EventPoller<E> {
  private static final Duration POLL = Duration.ofSeconds(20);

  private final Session session;
  private final BiFunction<Instant, Duration, Call<List<E>>> call;
  private final Function<E, Instant> date;
  private final Consumer<E> handler;
  private Instant cursor;
  private int failures;
  private boolean stopped;
  private @Nullable CompletableFuture<?> pending;

  EventPoller(
      Session session,
      Instant cursor,
      BiFunction<Instant, Duration, Call<List<E>>> call,
      Function<E, Instant> date,
      Consumer<E> handler) {
    this.session = session;
    this.cursor = cursor;
    this.call = call;
    this.date = date;
    this.handler = handler;
  }

  synchronized void start() {
    if (stopped) {
      return;
    }
    CompletableFuture<List<E>> answer = session.caller().send(call.apply(cursor, POLL));
    pending = answer;
    answer.whenCompleteAsync(this::answered, session.threads().loop());
  }

  synchronized void stop() {
    stopped = true;
    if (pending != null) {
      pending.cancel(true);
    }
  }

  private void answered(@Nullable List<E> events, @Nullable Throwable error) {
    if (isStopped()) {
      return;
    }
    if (events == null) {
      failures++;
      Caller.LOG.debug("polling failed {} times", failures, error);
      session.threads().after(session.retrier().pause(failures)).thenRun(this::start);
      return;
    }
    Instant before = cursor;
    for (E event : events) {
      try {
        Instant at = date.apply(event);
        cursor = at.isAfter(cursor) ? at : cursor;
        handler.accept(event);
      } catch (RuntimeException | Error e) {
        Caller.LOG.warn("could not handle {}", event, e);
      }
    }
    if (events.isEmpty() || cursor.isAfter(before)) {
      failures = 0;
      start();
    } else {
      // The same would come again at once.
      failures++;
      session.threads().after(session.retrier().pause(failures)).thenRun(this::start);
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }
}
