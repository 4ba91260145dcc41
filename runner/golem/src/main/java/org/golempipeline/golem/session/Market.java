package org.golempipeline.golem.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.market.DemandKey;
import org.golempipeline.golem.market.Offered;
import org.jspecify.annotations.Nullable;

/**
 * Turns requests into machines: one negotiation per demand, a signature, a start; and the next
 * provider if any of it fails. Lives on the loop.
 */
final class Market implements Negotiation.Hirer {
  private final Session session;
  private final Signing signing;
  private final Starter starter;
  private final Consumer<RentedMachine> started;
  private final Penalties penalties = new Penalties();
  private final Map<DemandKey, Negotiation> negotiations = new HashMap<>();
  private final Set<CompletableFuture<?>> hirings = new HashSet<>();
  private boolean stopped;

  Market(Session session, Signing signing, Starter starter, Consumer<RentedMachine> started) {
    this.session = session;
    this.signing = signing;
    this.starter = starter;
    this.started = started;
  }

  void ban(String providerId) {
    penalties.ban(providerId);
  }

  void pause(String providerId, Duration time) {
    penalties.pause(providerId, session.nanos() + time.toNanos());
  }

  void rent(RentRequest request) {
    assert session.isOnLoop();
    if (stopped) {
      request.fail(stopping());
      return;
    }
    if (request.isOver()) {
      return;
    }
    Negotiation negotiation;
    try {
      negotiation =
          negotiations.computeIfAbsent(
              DemandKey.of(request.terms), key -> new Negotiation(session, key, penalties, this));
    } catch (IllegalArgumentException e) {
      request.fail(
          new GolemException(
              GolemException.Kind.MARKET,
              Failures.sentence("publish the demand", CallFailure.text(e)),
              null,
              e));
      return;
    }
    CompletableFuture<Void> timer = session.threads().after(request.terms.negotiateLimit());
    timer.thenRun(() -> expire(negotiation, request));
    request.future.whenCompleteAsync(
        (rental, error) -> {
          timer.cancel(false);
          negotiation.remove(request);
        },
        session.threads().loop());
    negotiation.add(request);
  }

  /** Nobody gets a machine any more; completes when nothing is half done. */
  CompletableFuture<Void> stop() {
    assert session.isOnLoop();
    stopped = true;
    negotiations.values().forEach(negotiation -> negotiation.failAll(stopping()));
    return CompletableFuture.allOf(hirings.toArray(CompletableFuture[]::new))
        .handle((done, error) -> null);
  }

  CompletableFuture<Void> withdraw() {
    assert session.isOnLoop();
    return CompletableFuture.allOf(
        negotiations.values().stream()
            .map(negotiation -> negotiation.stop(stopping()))
            .toArray(CompletableFuture[]::new));
  }

  private static GolemException stopping() {
    return new GolemException(
        GolemException.Kind.CANCELLED,
        Failures.sentence("rent a machine", "the session is being closed"),
        null,
        null);
  }

  private void expire(Negotiation negotiation, RentRequest request) {
    if (request.isOver() || request.isStarting()) {
      return;
    }
    negotiation.remove(request);
    fail(negotiation, request);
  }

  @Override
  public void beyondBudget(Negotiation from, RentRequest request) {
    fail(from, request);
  }

  private void fail(Negotiation negotiation, RentRequest request) {
    Optional<Offered> dear =
        request.wasLetDown() ? Optional.empty() : negotiation.beyondBudget(request);
    if (dear.isPresent()) {
      request.fail(beyondBudget(negotiation, request, dear.get()));
      return;
    }
    Duration limit = request.terms.negotiateLimit();
    String within = limit.toMillis() < 1000 ? limit.toMillis() + " ms" : limit.toSeconds() + " s";
    request.fail(
        GolemException.of(
            GolemException.Clock.NEGOTIATE,
            // Where somebody was at hand others may be too.
            request.wasLetDown() ? GolemException.Kind.PROVIDER : GolemException.Kind.MARKET,
            "Could not rent a machine within " + within + ": " + negotiation.explain(request) + ".",
            cure(negotiation, request)));
  }

  private static GolemException beyondBudget(
      Negotiation negotiation, RentRequest request, Offered cheapest) {
    int threads = request.terms.threads();
    return new GolemException(
        GolemException.Kind.BUDGET,
        "Could not rent a machine: %s; the cheapest, %s."
            .formatted(
                negotiation.explain(request),
                cheapest.arithmetic(threads, Objects.requireNonNull(request.terms.ceiling()))),
        (threads == 1 ? "Raise `budget`" : "Raise `budget`, or ask for fewer threads")
            + "; `golem-pipeline providers market` has prices.",
        null);
  }

  private static String cure(Negotiation negotiation, RentRequest request) {
    if (request.wasLetDown()) {
      return "Try again, or leave out the providers that let you down.";
    }
    List<String> capabilities = request.terms.capabilities();
    return (negotiation.funnel().providers() == 0
            ? (capabilities.isEmpty()
                    ? "Ask for less memory, storage or threads"
                    : "Do without `" + String.join("`, `", capabilities) + "`, ask for less")
                + ", or check the subnet and the payment network; a daemon that just started hears"
                + " of nobody for some minutes"
            : "Raise the price limits or the time to negotiate")
        + "; `golem-pipeline providers market --all` says what each lacks, and what brings how many"
        + " more.";
  }

  private static boolean isOfImage(@Nullable Throwable error) {
    return error != null
        && CallFailure.unwrap(error) instanceof GolemException failure
        && failure.kind() == GolemException.Kind.IMAGE;
  }

  @Override
  public void hire(Negotiation from, RentRequest request, String draftId, Offered offered) {
    CompletableFuture<RentedMachine> hiring =
        signing
            .sign(draftId, offered, request.future)
            .thenComposeAsync(
                account -> {
                  from.funnel().agreement();
                  request.starting();
                  return starter.start(account, request.terms.deployLimit(), request.future);
                },
                session.threads().loop());
    CompletableFuture<?> done =
        hiring.whenCompleteAsync(
            (machine, error) -> hired(from, request, offered, machine, error),
            session.threads().loop());
    hirings.add(done);
    done.whenCompleteAsync((machine, error) -> hirings.remove(done), session.threads().loop());
  }

  private void hired(
      Negotiation from,
      RentRequest request,
      Offered offered,
      @Nullable RentedMachine machine,
      @Nullable Throwable error) {
    assert session.isOnLoop();
    String providerId = offered.provider().id();
    if (machine != null) {
      penalties.forgive(providerId);
      from.settled();
      started.accept(machine);
      request.succeed(machine);
      return;
    }
    String reason = error == null ? "no reason given" : CallFailure.text(CallFailure.unwrap(error));
    if (request.isStarting()) {
      from.funnel().unstarted(reason);
      if (!request.isOver()) {
        session.emit(
            new GolemEvent.StartFailed(
                providerId,
                offered.provider().name(),
                request.terms.imageHash(),
                isOfImage(error),
                reason));
      }
    } else {
      from.funnel().unsigned(reason);
    }
    request.letDown();
    if (!request.isOver()) {
      penalties.punish(providerId, session.nanos());
    }
    if (stopped) {
      request.fail(stopping());
      from.settled();
    } else if (!request.isOver() && !request.hasTimeLeft()) {
      fail(from, request);
      from.settled();
    } else {
      from.back(request);
    }
  }
}
