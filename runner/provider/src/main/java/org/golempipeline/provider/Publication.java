package org.golempipeline.provider;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.wire.MarketEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offer while it is out: published, followed, and published again when the daemon has forgotten
 * it. On the desk's thread.
 */
final class Publication {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
  private static final String OFFERS = "/market-api/v1/offers";
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int NOT_FOUND = 404;

  private final Desk desk;
  private final OfferTemplate offer;
  private final String subnet;
  private final BiConsumer<MarketEvent, String> handler;
  private @Nullable String subscription;

  /** Completes when it is known whether there is an offer; null if none is on its way. */
  private @Nullable CompletableFuture<Void> publishing;

  private boolean away;
  private boolean withdrawn;

  /**
   * @param handler told each event, and the path below which proposals to the offer are
   */
  Publication(
      Desk desk, OfferTemplate offer, String subnet, BiConsumer<MarketEvent, String> handler) {
    this.desk = desk;
    this.offer = offer;
    this.subnet = subnet;
    this.handler = handler;
  }

  /** Publishes it; completes when it is out for the first time. */
  CompletableFuture<Void> start() {
    CompletableFuture<Void> first = new CompletableFuture<>();
    desk.run(() -> publish(() -> first.complete(null), first::completeExceptionally));
    return first;
  }

  private void publish(Runnable done, Consumer<CallFailure> problem) {
    assert desk.isHere();
    CompletableFuture<Void> known = new CompletableFuture<>();
    publishing = known;
    desk.then(
        desk.calls.post(
            "publish the offer",
            OFFERS,
            offer.request(offer.properties(), desk.now()),
            String.class),
        id -> {
          publishing = null;
          published(id);
          done.run();
          known.complete(null);
        },
        failure -> {
          publishing = null;
          problem.accept(failure);
          known.complete(null);
        });
  }

  private void published(String id) {
    subscription = id;
    if (withdrawn) {
      return;
    }
    desk.say(new ProviderEvent.OfferPublished(id, desk.identity, subnet));
    poll(id);
  }

  private boolean isOver(String id) {
    return withdrawn || !id.equals(subscription);
  }

  private void poll(String id) {
    if (isOver(id)) {
      return;
    }
    desk.then(
        desk.calls.poll(
            "follow the market",
            OFFERS + "/" + id + "/events?maxEvents=20",
            POLL,
            MarketEvent.class),
        events -> received(id, events),
        problem -> failed(id, problem));
  }

  private void received(String id, List<MarketEvent> events) {
    if (away) {
      away = false;
      desk.say(new ProviderEvent.Trouble("yagna answers again"));
    }
    for (MarketEvent event : events) {
      try {
        handler.accept(event, OFFERS + "/" + id + "/proposals/");
      } catch (RuntimeException | Error e) {
        LOG.error("could not handle {}", event, e);
      }
    }
    poll(id);
  }

  private void failed(String id, CallFailure problem) {
    if (isOver(id)) {
      return;
    }
    if (problem.status() == NOT_FOUND) {
      // Who renews it meanwhile would publish a second one, and one of the two stayed.
      subscription = null;
      again();
      return;
    }
    if (problem.isOurs() && !away) {
      away = true;
      desk.say(new ProviderEvent.Trouble(String.valueOf(desk.calls.explain(problem).getMessage())));
    }
    LOG.debug("following the market failed", problem);
    var unused = desk.after(PAUSE, () -> poll(id));
  }

  /** Lets those who were turned away find it once more. */
  void renew() {
    assert desk.isHere();
    String old = subscription;
    if (old == null || withdrawn) {
      return;
    }
    subscription = null;
    again();
    desk.then(
        desk.calls.delete("withdraw the offer", OFFERS + "/" + old),
        gone -> {},
        problem -> LOG.debug("the old offer stays until its end", problem));
  }

  private void again() {
    if (withdrawn) {
      return;
    }
    publish(
        () -> {},
        problem -> {
          LOG.debug("publishing failed", problem);
          var unused = desk.after(PAUSE, this::again);
        });
  }

  /**
   * Nobody finds us any more; completes when the daemon has said so. What is on its way to it can
   * be withdrawn only when it has an id. For any thread.
   */
  CompletableFuture<Boolean> withdraw() {
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    desk.run(
        () -> {
          withdrawn = true;
          if (publishing == null) {
            remove(gone);
          } else {
            var unused = publishing.thenRun(() -> remove(gone));
          }
        });
    return gone;
  }

  private void remove(CompletableFuture<Boolean> gone) {
    String id = subscription;
    if (id == null) {
      gone.complete(false);
      return;
    }
    desk.then(
        desk.calls.delete("withdraw the offer", OFFERS + "/" + id),
        done -> {
          desk.say(new ProviderEvent.OfferWithdrawn(id));
          gone.complete(done);
        },
        gone::completeExceptionally);
  }
}
