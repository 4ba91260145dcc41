package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.PropertyNames;

/**
 * Finds what an earlier session left at the daemon, and nothing of anybody else: agreements under
 * its session id, demands that name its run, allocations of its exact timeout and amount. Futures
 * complete on the loop.
 */
final class Traces {
  /** What the daemon has of the session. */
  record Found(List<Agreement> agreements, List<String> demands, List<Allocation> allocations) {}

  /** The daemon's clock may be behind ours. */
  static final Duration EARLIEST_EVENT = Duration.ofHours(1);

  /** A new allocation outlives the attempt to settle by this much. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  private final Caller caller;
  private final Threads threads;
  private final SettleTerms terms;

  Traces(Caller caller, Threads threads, SettleTerms terms) {
    this.caller = caller;
    this.threads = threads;
    this.terms = terms;
  }

  /** Fails with {@link GolemException} if this cannot be the daemon that the session was with. */
  CompletableFuture<Found> find() {
    return agreements()
        .thenCompose(
            agreements ->
                send(Calls.demands())
                    .thenCompose(
                        demands ->
                            send(Calls.allocations())
                                .thenApply(
                                    allocations ->
                                        new Found(
                                            agreements,
                                            demands.stream()
                                                .filter(this::isOurs)
                                                .map(Demand::demandId)
                                                .toList(),
                                            allocations.stream().filter(this::isOurs).toList()))));
  }

  private CompletableFuture<List<Agreement>> agreements() {
    return send(Calls.agreements(terms.sessionId()))
        .thenCompose(
            listed -> {
              Set<String> ids = new LinkedHashSet<>(terms.agreements().keySet());
              listed.forEach(entry -> ids.add(entry.id()));
              return read(ids);
            })
        .thenApply(
            found -> {
              if (found.isEmpty() && terms.agreements().containsValue(true)) {
                throw new GolemException(
                    GolemException.Kind.YAGNA,
                    "Could not settle run "
                        + terms.runId()
                        + ": the daemon knows none of its agreements.",
                    "Use the daemon and the app-key that the run used.",
                    null);
              }
              return found;
            });
  }

  /** One after the other: there may be thousands. */
  private CompletableFuture<List<Agreement>> read(Set<String> ids) {
    List<Agreement> found = new ArrayList<>();
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (String id : ids) {
      all =
          all.thenCompose(before -> read(id))
              .thenApply(
                  agreement -> {
                    agreement.filter(this::isOurs).ifPresent(found::add);
                    return true;
                  });
    }
    return all.thenApply(done -> found);
  }

  CompletableFuture<Optional<Agreement>> read(String agreementId) {
    return send(Calls.agreement(agreementId))
        .handle(
            (agreement, error) -> {
              if (error == null) {
                return Optional.of(agreement);
              }
              CallFailure failure = CallFailure.of("read the agreement", error);
              if (failure.status() == 404) {
                return Optional.empty();
              }
              throw failure;
            });
  }

  /** One that was never confirmed has no session, but then the journal named it. */
  private boolean isOurs(Agreement agreement) {
    return agreement.appSessionId() == null
        ? terms.agreements().containsKey(agreement.agreementId())
        : agreement.appSessionId().equals(terms.sessionId());
  }

  private boolean isOurs(Demand demand) {
    return terms.runId().equals(demand.properties().get(PropertyNames.RUN));
  }

  private boolean isOurs(Allocation allocation) {
    return terms.allocations().stream()
        .anyMatch(
            trace ->
                allocation.allocationId().equals(trace.id())
                    || trace.timeout().equals(allocation.timeout())
                        && trace.amount().compareTo(allocation.totalAmount()) == 0);
  }

  /** What documents can be accepted with; empty if nothing is owed that would need it. */
  CompletableFuture<Optional<Allocation>> allocation(
      Found found, Identity identity, SettleListener listener) {
    Optional<Allocation> fullest =
        found.allocations().stream().max(Comparator.comparing(Allocation::remainingAmount));
    if (fullest.isPresent()) {
      return CompletableFuture.completedFuture(fullest);
    }
    Set<String> owing = new LinkedHashSet<>();
    for (Agreement agreement : found.agreements()) {
      if (agreement.state().equals("Approved") || agreement.state().equals("Terminated")) {
        owing.add(agreement.agreementId());
      }
    }
    return withoutPaid(owing)
        .thenCompose(
            unpaid ->
                unpaid.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.<Allocation>empty())
                    : allocate(identity, listener).thenApply(Optional::of));
  }

  private CompletableFuture<Set<String>> withoutPaid(Set<String> owing) {
    if (owing.isEmpty()) {
      return CompletableFuture.completedFuture(owing);
    }
    Instant begin = terms.begun().minus(EARLIEST_EVENT);
    return send(Calls.invoiceEvents(terms.sessionId(), begin, Duration.ZERO))
        .thenCompose(
            events -> {
              CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
              for (InvoiceEvent event : events) {
                all =
                    all.thenCompose(before -> send(Calls.invoice(event.invoiceId())))
                        .thenApply(
                            invoice ->
                                Ledger.isAccepted(invoice.status())
                                    && owing.remove(invoice.agreementId()));
              }
              return all.thenApply(done -> owing);
            });
  }

  private CompletableFuture<Allocation> allocate(Identity identity, SettleListener listener) {
    BigDecimal left = terms.budget().subtract(terms.accepted());
    Instant timeout =
        Clock.systemUTC().instant().plus(terms.limit()).plus(GRACE).truncatedTo(ChronoUnit.MILLIS);
    listener.allocating(left, timeout);
    SessionTerms again =
        new SessionTerms(terms.sessionId(), terms.runId(), left, timeout, terms.platform(), "");
    return Yagna.allocate(caller, again, identity)
        .thenApplyAsync(
            allocation -> {
              listener.on(
                  new GolemEvent.AllocationCreated(
                      allocation.allocationId(),
                      allocation.totalAmount(),
                      allocation.paymentPlatform()));
              return allocation;
            },
            threads.loop());
  }

  private <T> CompletableFuture<T> send(Call<T> call) {
    return threads.onLoop(caller.send(call));
  }
}
