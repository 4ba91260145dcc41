package org.golempipeline.golem.session;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a demand published as long as it is wanted, and a short while more: subscribes, reads its
 * events, subscribes anew before its hour is over or when it brings nothing any more. Lives on the
 * loop.
 */
final class Publication {
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration RENEW_AFTER = Duration.ofMinutes(30);

  /**
   * A demand without offers for so long is published anew: an answer may have been lost on the way,
   * also unseen, since the client of the JDK repeats a GET by itself.
   */
  private static final Duration STARVED_AFTER = Duration.ofSeconds(10);

  private final Session session;
  private final DemandRequest demand;
  private final String taskPackage;
  private final Negotiation negotiation;
  private @Nullable String demandId;

  /** Completes when it is known whether there is a demand; null if none is on its way. */
  private @Nullable CompletableFuture<Void> subscribing;

  private boolean withdrawn;
  private long subscribedAt;
  private long lastEvent;
  private long lastWanted;
  private int failures;
  private @Nullable CompletableFuture<?> pending;

  Publication(Session session, DemandRequest demand, String taskPackage, Negotiation negotiation) {
    this.session = session;
    this.demand = demand;
    this.taskPackage = taskPackage;
    this.negotiation = negotiation;
  }

  /** Null while it is not published. */
  @Nullable String demandId() {
    return demandId;
  }

  void publish() {
    assert session.isOnLoop();
    lastWanted = session.nanos();
    if (demandId != null || subscribing != null || withdrawn || !negotiation.isWanted()) {
      return;
    }
    CompletableFuture<Void> known = new CompletableFuture<>();
    subscribing = known;
    session
        .send(Calls.subscribe(demand))
        .handle(
            (id, error) ->
                error == null
                    ? CompletableFuture.completedFuture(id)
                    : lookUp(CallFailure.of("publish the demand", error)))
        .thenCompose(next -> next)
        .whenComplete(
            (id, error) -> {
              subscribing = null;
              if (id == null) {
                failed(CallFailure.of("publish the demand", error));
              } else {
                subscribed(id);
              }
              known.complete(null);
            });
  }

  /** For good. What is on its way to the daemon can be withdrawn only when it has an id. */
  CompletableFuture<Boolean> withdraw() {
    assert session.isOnLoop();
    withdrawn = true;
    if (pending != null) {
      pending.cancel(true);
    }
    return subscribing == null ? unsubscribe() : subscribing.thenCompose(known -> unsubscribe());
  }

  /** After a lost answer the demand may exist: it is known by our private property. */
  private CompletableFuture<String> lookUp(CallFailure failure) {
    if (failure.arrival() != CallFailure.Arrival.UNKNOWN) {
      return CompletableFuture.failedFuture(failure);
    }
    return session
        .send(Calls.demands())
        .thenCompose(
            demands ->
                demands.stream()
                    .filter(this::isOurs)
                    .map(found -> CompletableFuture.completedFuture(found.demandId()))
                    .findFirst()
                    .orElseGet(() -> CompletableFuture.failedFuture(failure)));
  }

  private boolean isOurs(Demand found) {
    return Objects.equals(found.properties().get(PropertyNames.RUN), session.terms().runId())
        && Objects.equals(found.properties().get(PropertyNames.TASK_PACKAGE), taskPackage);
  }

  private void failed(CallFailure failure) {
    failures++;
    boolean passing = Retrier.mayRepeat(failure, Retrier.Repeat.ALWAYS);
    if (passing && !failure.isOurs()) {
      session.threads().after(session.retrier().pause(failures)).thenRun(this::publish);
      return;
    }
    negotiation.failAll(Failures.of(failure, GolemException.Kind.YAGNA, session.daemon()));
  }

  private void subscribed(String id) {
    failures = 0;
    demandId = id;
    subscribedAt = session.nanos();
    lastEvent = subscribedAt;
    session.emit(new GolemEvent.DemandSubscribed(id));
    poll(id);
  }

  private void poll(String id) {
    assert session.isOnLoop();
    if (withdrawn || !id.equals(demandId) || session.closed().get()) {
      return;
    }
    CompletableFuture<List<MarketEvent>> answer =
        session.caller().send(Calls.marketEvents(id, POLL));
    pending = answer;
    answer.whenCompleteAsync(
        (events, error) -> {
          if (!id.equals(demandId)) {
            return;
          }
          if (events == null) {
            pollFailed(id, CallFailure.of("collect offers", error));
          } else {
            failures = 0;
            take(id, events);
          }
        },
        session.threads().loop());
  }

  private void take(String id, List<MarketEvent> events) {
    for (MarketEvent event : events) {
      lastEvent = session.nanos();
      try {
        negotiation.on(event);
      } catch (RuntimeException | Error e) {
        Caller.LOG.warn("could not handle {}", event, e);
      }
    }
    negotiation.pump();
    if (negotiation.isWanted()) {
      lastWanted = session.nanos();
    }
    boolean old = session.since(subscribedAt).compareTo(RENEW_AFTER) > 0;
    boolean starved =
        negotiation.isStarved() && session.since(lastEvent).compareTo(STARVED_AFTER) > 0;
    boolean unwanted = session.since(lastWanted).compareTo(GRACE) > 0;
    if (old || starved || unwanted) {
      unsubscribe().thenRunAsync(this::publish, session.threads().loop());
    } else {
      poll(id);
    }
  }

  private void pollFailed(String id, CallFailure failure) {
    if (withdrawn) {
      return;
    }
    if (failure.status() == 404) {
      demandId = null;
      negotiation.forget();
      publish();
      return;
    }
    failures++;
    var lost = failure.arrival() == CallFailure.Arrival.UNKNOWN && negotiation.isStarved();
    session.threads().after(session.retrier().pause(failures)).thenRun(() -> resume(id, lost));
  }

  /**
   * @param lost whether the daemon may have given offers away that never arrived: it tells each
   *     only once, and again only of a new demand
   */
  private void resume(String id, boolean lost) {
    if (lost && !withdrawn && id.equals(demandId)) {
      unsubscribe().thenRunAsync(this::publish, session.threads().loop());
    } else {
      poll(id);
    }
  }

  private CompletableFuture<Boolean> unsubscribe() {
    String id = demandId;
    demandId = null;
    negotiation.forget();
    if (id == null) {
      return CompletableFuture.completedFuture(true);
    }
    return session
        .send(Calls.unsubscribe(id))
        .handle(
            (done, error) -> {
              boolean gone = error == null || CallFailure.of("withdraw", error).isGone();
              if (gone) {
                session.emit(new GolemEvent.DemandUnsubscribed(id));
              }
              return gone;
            });
  }
}
