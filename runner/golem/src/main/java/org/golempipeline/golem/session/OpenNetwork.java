package org.golempipeline.golem.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.files.FileSlot;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.InvoiceEvent;

/** An open session: hands requests to the loop and puts the ends in order. */
final class OpenNetwork implements GolemNetwork {
  /** Events of this session cannot be older, even if the daemon's clock is not ours. */
  private static final Duration EARLIEST_EVENT = Duration.ofHours(1);

  private final Session session;
  private final Ledger ledger;
  private final Market market;
  private final List<EventPoller<?>> pollers;
  private final Set<RentedMachine> machines = new LinkedHashSet<>();

  private final List<FileSlot> served = new ArrayList<>();

  private boolean servesNoMore;

  OpenNetwork(Session session) {
    this.session = session;
    Ending ending = new Ending(session);
    Instant begin = session.now().minus(EARLIEST_EVENT);
    this.ledger = new Ledger(session, ending, begin);
    this.market =
        new Market(
            session,
            new Signing(session, ledger, ending),
            new Starter(session, ending),
            this::started);
    String id = session.terms().sessionId();
    this.pollers =
        List.of(
            new EventPoller<>(
                session,
                begin,
                (after, poll) -> Calls.agreementEvents(id, after, poll),
                AgreementEvent::eventDate,
                ledger::on),
            new EventPoller<>(
                session,
                begin,
                (after, poll) -> Calls.debitNoteEvents(id, after, poll),
                DebitNoteEvent::eventDate,
                ledger::on),
            new EventPoller<>(
                session,
                begin,
                (after, poll) -> Calls.invoiceEvents(id, after, poll),
                InvoiceEvent::eventDate,
                ledger::on));
  }

  private void started(RentedMachine machine) {
    assert session.isOnLoop();
    machines.add(machine);
    machine.closed().thenRunAsync(() -> machines.remove(machine), session.threads().loop());
  }

  void start() {
    pollers.forEach(EventPoller::start);
  }

  @Override
  public CompletableFuture<Rental> rent(RentalTerms terms) {
    RentRequest request = new RentRequest(session, terms);
    CompletableFuture.runAsync(() -> market.rent(request), session.threads().loop())
        .whenComplete(
            (begun, error) -> {
              if (error != null) {
                request.fail(Failures.of(error, GolemException.Kind.YAGNA, session.daemon()));
              }
            });
    return request.future;
  }

  @Override
  public CompletableFuture<String> serve(ByteSource file) {
    CompletableFuture<String> url = new CompletableFuture<>();
    FileSlot.serve(session.files(), file)
        .thenApplyAsync(this::keep, session.threads().loop())
        .whenCompleteAsync(
            (kept, error) -> {
              if (error == null) {
                url.complete(kept);
              } else {
                url.completeExceptionally(
                    Failures.of(error, GolemException.Kind.YAGNA, session.daemon()));
              }
            },
            session.threads().answers());
    return url;
  }

  private String keep(FileSlot slot) {
    if (servesNoMore) {
      var unused = slot.close();
      throw new GolemException(
          GolemException.Kind.CANCELLED,
          Failures.sentence("offer a file to providers", "the session is over"),
          null,
          null);
    }
    served.add(slot);
    return slot.url();
  }

  @Override
  public void ban(String providerId) {
    session.threads().loop().execute(() -> market.ban(providerId));
  }

  @Override
  public void pause(String providerId, Duration time) {
    session.threads().loop().execute(() -> market.pause(providerId, time));
  }

  @Override
  public CompletableFuture<Settlement> settle(Duration limit) {
    return session
        .threads()
        .doOnLoop(() -> settle(session.nanos(), limit))
        .thenApplyAsync(settlement -> settlement, session.threads().answers());
  }

  private CompletableFuture<Settlement> settle(long begin, Duration limit) {
    return CompletableFuture.completedFuture(true)
        .thenCompose(begun -> step(market.stop(), begin, limit))
        .thenCompose(stopped -> end(market.withdraw(), begin, limit))
        .thenCompose(ended -> release())
        .handle(
            (outstanding, error) ->
                settled(error == null ? outstanding : List.of(unsettled(error))));
  }

  @Override
  public void close() {
    if (session.closed().compareAndSet(false, true)) {
      pollers.forEach(EventPoller::stop);
      session.threads().loop().execute(market::stop);
      session.threads().close();
    }
  }

  /** The demands go meanwhile: late documents leave no time for them at the end. */
  private CompletableFuture<Boolean> end(
      CompletableFuture<?> withdrawn, long begin, Duration limit) {
    return step(closeMachines(), begin, limit)
        .thenCompose(closed -> step(stopServing(), begin, limit))
        .thenCompose(served -> step(invoices(), begin, limit))
        .thenCompose(billed -> step(ledger.idle(), begin, limit))
        .thenCompose(idle -> step(withdrawn, begin, limit));
  }

  /** What is not done in time is left to the background. */
  private CompletableFuture<Boolean> step(CompletableFuture<?> work, long begin, Duration limit) {
    Duration left = limit.minus(session.since(begin));
    return work.handle((done, error) -> true)
        .completeOnTimeout(false, Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
        .thenApplyAsync(inTime -> inTime, session.threads().loop());
  }

  private CompletableFuture<?> closeMachines() {
    assert session.isOnLoop();
    List<CompletableFuture<?>> closing = new ArrayList<>();
    for (RentedMachine machine : machines) {
      closing.add(machine.close(EndReason.success("The work is done")));
    }
    for (Account account : ledger.approved()) {
      closing.add(account.ended);
    }
    return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<?> stopServing() {
    assert session.isOnLoop();
    servesNoMore = true;
    List<FileSlot> open = List.copyOf(served);
    served.clear();
    return CompletableFuture.allOf(
        open.stream().map(FileSlot::close).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<?> invoices() {
    List<CompletableFuture<?>> expected = new ArrayList<>();
    for (Account account : ledger.approved()) {
      expected.add(account.invoiced);
    }
    return CompletableFuture.allOf(expected.toArray(CompletableFuture[]::new));
  }

  /**
   * Whatever is still to come is accepted with an allocation of its own, so nothing stays locked.
   */
  private CompletableFuture<List<String>> release() {
    // A document that comes while the allocation goes could not be accepted with it.
    pollers.forEach(EventPoller::stop);
    ledger.stop();
    List<String> outstanding = new ArrayList<>(ledger.outstanding());
    return session
        .release(session.allocation().allocationId())
        .thenApply(
            obstacle -> {
              obstacle.ifPresent(outstanding::add);
              return outstanding;
            });
  }

  private static String unsettled(Throwable error) {
    return Failures.sentence(
        "end and settle everything", CallFailure.text(CallFailure.unwrap(error)));
  }

  private Settlement settled(List<String> outstanding) {
    if (session.sent().bytes() > 0) {
      session.emit(new GolemEvent.FilesServed(session.sent().bytes(), session.sent().time()));
    }
    return new Settlement(ledger.accepted(), ledger.approved().size(), outstanding);
  }
}
