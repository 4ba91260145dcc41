package org.golempipeline.provider;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
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
    desk.then(
        publish(),
        id -> {
          published(id);
          first.complete(null);
        },
        first::completeExceptionally);
    return first;
  }

  private CompletableFuture<String> publish() {
    return desk.calls.post(
        "publish the offer", OFFERS, offer.request(offer.properties(), desk.now()), String.class);
  }

  private void published(String id) {
    subscription = id;
    if (withdrawn) {
      var unused = withdraw();
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
    desk.then(
        publish(),
        this::published,
        problem -> {
          LOG.debug("publishing failed", problem);
          var unused = desk.after(PAUSE, this::again);
        });
  }

  /** Nobody finds us any more; completes when the daemon has said so. */
  CompletableFuture<Boolean> withdraw() {
    withdrawn = true;
    String id = subscription;
    if (id == null) {
      return CompletableFuture.completedFuture(false);
    }
    return desk.calls
        .delete("withdraw the offer", OFFERS + "/" + id)
        .thenApply(
            gone -> {
              desk.say(new ProviderEvent.OfferWithdrawn(id));
              return gone;
            });
  }
}
