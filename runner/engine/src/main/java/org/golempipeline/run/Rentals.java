package org.golempipeline.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.session.Yagna;
import org.golempipeline.image.Images;
import org.golempipeline.image.ServedImages;
import org.golempipeline.journal.ProviderFailures;
import org.golempipeline.plan.Plan;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the scheduler decided about machines: opens the network, rents, lets go, settles.
 * Answers are told as messages. Called by the run's thread alone; nothing in it blocks.
 */
final class Rentals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rentals.class);

  /** How long the end may take of a run that cannot even keep its journal. */
  private static final Duration LAST_LIMIT = Duration.ofSeconds(20);

  private final Plan plan;
  private final RunSettings settings;
  private final Pools pools;
  private final SessionTerms session;
  private final Set<String> banned;
  private final ProviderPauses pauses;
  private final Clock clock;
  private final Consumer<Message> tell;
  private final Map<Integer, CompletableFuture<Rental>> rentals = new TreeMap<>();

  /** What stands for an image in the file, by its hash. */
  private final Map<String, String> labels = new ConcurrentHashMap<>();

  private @Nullable CompletableFuture<Place> network;
  private @Nullable CompletableFuture<Place> thisMachine;

  /** Where machines are rented, with their images. */
  private record Place(GolemNetwork network, ServedImages images) {
    void close() {
      network.close();
      images.close();
    }
  }

  /** Opens a connection, which may take a while. */
  private interface Opening {
    GolemConnection open() throws IOException;
  }

  /**
   * @param banned providers that are never rented from
   * @param failures of providers in earlier runs
   */
  Rentals(
      Plan plan,
      RunSettings settings,
      Pools pools,
      SessionTerms session,
      Set<String> banned,
      Map<String, ProviderFailures.Failed> failures,
      Clock clock,
      Consumer<Message> tell) {
    this.plan = plan;
    this.settings = settings;
    this.pools = pools;
    this.session = session;
    this.banned = Set.copyOf(banned);
    this.pauses = new ProviderPauses(failures);
    this.clock = clock;
    this.tell = tell;
  }

  void open() {
    CompletableFuture.runAsync(Yagna::prepare);
    network =
        opened(settings.daemons()::network, session, settings.images(), this::note, clock)
            .thenApply(this::goOn);
    network.whenComplete(
        (place, thrown) ->
            tell.accept(
                thrown == null
                    ? new Message.NetworkOpened()
                    : new Message.NetworkFailed(GolemEvents.toFailure(thrown))));
  }

  private void note(org.golempipeline.golem.GolemEvent event) {
    var noted = GolemEvents.toRunEvent(event);
    tell.accept(
        new Message.Noted(
            noted instanceof RunEvent.StartFailed failed ? withLabel(failed) : noted));
  }

  /** As if this run had gone on from the ones before. */
  private Place goOn(Place place) {
    var now = clock.instant();
    pauses
        .pending(now)
        .forEach(
            (provider, until) -> place.network().pause(provider, Duration.between(now, until)));
    return place;
  }

  private RunEvent withLabel(RunEvent.StartFailed failed) {
    return new RunEvent.StartFailed(
        failed.providerId(),
        failed.providerName(),
        labels.getOrDefault(failed.image(), failed.image()),
        failed.byImage(),
        failed.reason());
  }

  /** Nothing is rented before images can be fetched; what was opened for nothing is settled. */
  private static CompletableFuture<Place> opened(
      Opening opening,
      SessionTerms terms,
      Images images,
      org.golempipeline.golem.GolemListener listener,
      Clock clock) {
    return connected(opening)
        .thenCompose(connection -> Yagna.open(connection, terms, listener, clock))
        .thenCompose(
            network ->
                images
                    .serve(network)
                    .handle(
                        (served, thrown) ->
                            thrown == null
                                ? CompletableFuture.completedFuture(new Place(network, served))
                                : given(network)
                                    .<Place>thenCompose(
                                        done -> CompletableFuture.failedFuture(thrown)))
                    .thenCompose(place -> place));
  }

  private static CompletableFuture<Void> given(GolemNetwork network) {
    return network
        .settle(LAST_LIMIT)
        .handle(
            (settlement, thrown) -> {
              network.close();
              return null;
            });
  }

  private static CompletableFuture<GolemConnection> connected(Opening opening) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return opening.open();
          } catch (IOException e) {
            throw new GolemException(
                GolemException.Kind.YAGNA,
                "Could not start the node on this machine: %s.".formatted(Trouble.reason(e)),
                Trouble.cure(e),
                e);
          }
        });
  }

  void rent(Action.Rent rent) {
    var pool = pools.get(rent.pool());
    var renting =
        renting(place(pool), place -> place.network().rent(terms(rent, pool, place.images())));
    rentals.put(rent.rental(), renting);
    renting.whenComplete(
        (rental, thrown) -> {
          if (thrown != null) {
            tell.accept(new Message.RentalFailed(rent.rental(), GolemEvents.toFailure(thrown)));
            return;
          }
          tell.accept(
              new Message.RentalOpened(
                  rent.rental(),
                  rental.agreementId(),
                  rental.provider().id(),
                  rental.provider().name(),
                  rental.provider().wallet(),
                  rental.provider().threads(),
                  rental.pricing().start(),
                  rental.pricing().cpuSecond(),
                  rental.pricing().envSecond()));
          rental.lost().thenAccept(why -> tell.accept(new Message.RentalLost(rent.rental(), why)));
        });
  }

  /** What comes of asking once {@code place} is there; what comes too late is let go. */
  static <P> CompletableFuture<Rental> renting(
      CompletableFuture<P> place, Function<P, CompletableFuture<Rental>> ask) {
    var renting = new CompletableFuture<Rental>();
    place
        .thenCompose(
            there -> {
              var asked = ask.apply(there);
              renting.whenComplete((rental, thrown) -> cancel(asked, thrown));
              return asked;
            })
        .whenComplete(
            (rental, thrown) -> {
              if (thrown != null) {
                renting.completeExceptionally(thrown);
              } else if (!renting.complete(rental)) {
                rental.close(EndReason.cancelled("Not needed any more"));
              }
            });
    return renting;
  }

  /** The machine, if it came before nobody waits for it any more: it may come this very moment. */
  static Optional<Rental> giveUp(CompletableFuture<Rental> renting) {
    renting.cancel(true);
    return renting.isCompletedExceptionally() ? Optional.empty() : Optional.of(renting.join());
  }

  private static void cancel(CompletableFuture<Rental> asked, @Nullable Throwable thrown) {
    if (thrown instanceof CancellationException) {
      asked.cancel(true);
    }
  }

  private CompletableFuture<Place> place(Pools.Pool pool) {
    if (!pool.local()) {
      return Objects.requireNonNull(network);
    }
    if (thisMachine == null) {
      var terms =
          new SessionTerms(
              session.sessionId() + "-audits",
              session.runId(),
              BigDecimal.ONE,
              session.allocationTimeout(),
              session.platform(),
              session.subnet());
      thisMachine =
          opened(
              settings.daemons()::thisMachine,
              terms,
              settings.images().forAudits(),
              event -> {},
              clock);
    }
    return thisMachine;
  }

  /** A run that names hosts to reach is on this machine, whose providers let out who asks. */
  private List<String> capabilities(Pools.Pool pool) {
    var asked = new ArrayList<>(pool.resources().capabilities());
    if (!plan.spec().golem().outbound().isEmpty()) {
      asked.add("inet");
    }
    return asked;
  }

  private RentalTerms terms(Action.Rent rent, Pools.Pool pool, ServedImages images) {
    var golem = plan.spec().golem();
    var image = images.get(pool.image());
    labels.put(image.sha3(), pool.setup().label());
    var deny = new HashSet<>(rent.deny());
    deny.addAll(golem.deny());
    deny.addAll(banned);
    return new RentalTerms(
        image.sha3(),
        image.url(),
        pool.resources().threads(),
        pool.resources().memory(),
        pool.resources().storage(),
        capabilities(pool),
        clock.instant().plus(settings.duration()),
        golem.startPrice(),
        NetworkTerms.perSecond(golem.cpuPrice()),
        NetworkTerms.perSecond(golem.envPrice()),
        pool.local() ? Set.of() : Set.copyOf(golem.allow()),
        deny,
        pool.timeouts().negotiate(),
        pool.timeouts().deploy(),
        new RentalTerms.Ceiling(rent.mostStart(), rent.most(), rent.time()));
  }

  /** A machine that was opened. */
  Rental get(int rental) {
    return Objects.requireNonNull(rentals.get(rental)).join();
  }

  void close(Action.CloseRental close) {
    var came = giveUp(Objects.requireNonNull(rentals.get(close.rental())));
    if (came.isEmpty()) {
      return;
    }
    if (close.success()) {
      pauses.worked(came.get().provider().id());
    }
    var reason =
        close.success() ? EndReason.success(close.reason()) : EndReason.cancelled(close.reason());
    came.get()
        .close(reason)
        .whenComplete((nothing, thrown) -> tell.accept(new Message.RentalClosed(close.rental())));
  }

  /** On this machine nothing but the work itself can fail, and nothing is paid. */
  void pause(String provider) {
    if (settings.target() == Target.GOLEM) {
      var now = clock.instant();
      var until = pauses.failed(provider, now);
      ready(network)
          .ifPresent(place -> place.network().pause(provider, Duration.between(now, until)));
      tell.accept(
          new Message.Noted(new RunEvent.ProviderPaused(provider, pauses.times(provider), until)));
    }
  }

  void ban(String provider) {
    ready(network).ifPresent(place -> place.network().ban(provider));
  }

  void settle(Duration limit) {
    ready(thisMachine).ifPresent(place -> place.network().settle(LAST_LIMIT));
    Objects.requireNonNull(network)
        .join()
        .network()
        .settle(limit)
        .whenComplete(
            (done, thrown) ->
                tell.accept(
                    done == null
                        ? new Message.Settled(
                            BigDecimal.ZERO, 0, List.of(String.valueOf(thrown.getMessage())))
                        : new Message.Settled(
                            done.accepted(), done.agreements(), done.outstanding())));
  }

  /** The run cannot go on, not even its journal: what is rented must not stay so. */
  void letGo() throws InterruptedException {
    if (network != null) {
      try {
        network
            .thenCompose(place -> place.network().settle(LAST_LIMIT))
            .get(2 * LAST_LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("could not settle", e);
      }
    }
  }

  private static Optional<Place> ready(@Nullable CompletableFuture<Place> place) {
    return place != null && place.isDone() && !place.isCompletedExceptionally()
        ? Optional.of(place.join())
        : Optional.empty();
  }

  /** What is still being opened is closed when it is there. */
  @Override
  public void close() {
    if (thisMachine != null) {
      thisMachine.thenAccept(Place::close);
    }
    if (network != null) {
      network.thenAccept(Place::close);
    }
  }
}
