package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.files.SentBytes;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.golempipeline.golem.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of a session that is gone: ends its activities and agreements, accepts what adds
 * up of its documents, and releases its allocation. Time runs from the session's beginning, so
 * bills are checked as the session itself would have done. Used on the loop only.
 */
final class Settling {
  /** No invoice comes after so long. */
  private static final Duration PATIENCE = Duration.ofDays(7);

  /** How long the documents of so old an agreement may take to be read. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(10);

  private static final EndReason END = EndReason.cancelled("The requestor was interrupted");

  private final Session session;
  private final SettleTerms terms;
  private final Traces traces;
  private final long begin;
  private final Ending ending;
  private final Ledger ledger;
  private final List<EventPoller<?>> pollers;
  private final List<CompletableFuture<?>> expected = new ArrayList<>();

  /** Whose invoice would have come by now. */
  private final Set<Account> late = new LinkedHashSet<>();

  private final List<String> outstanding = new ArrayList<>();
  private final Set<String> open = new LinkedHashSet<>();

  private Settling(Session session, SettleTerms terms, Traces traces) {
    this.session = session;
    this.terms = terms;
    this.traces = traces;
    this.begin = session.nanos();
    this.ending = new Ending(session);
    Instant first = terms.begun().minus(Traces.EARLIEST_EVENT);
    this.ledger = new Ledger(session, ending, first, true);
    String id = terms.sessionId();
    this.pollers =
        List.of(
            new EventPoller<>(
                session,
                first,
                (after, poll) -> Calls.agreementEvents(id, after, poll),
                AgreementEvent::eventDate,
                ledger::on),
            new EventPoller<>(
                session,
                first,
                (after, poll) -> Calls.debitNoteEvents(id, after, poll),
                DebitNoteEvent::eventDate,
                ledger::on),
            new EventPoller<>(
                session,
                first,
                (after, poll) -> Calls.invoiceEvents(id, after, poll),
                InvoiceEvent::eventDate,
                ledger::on));
  }

  /** Fails with {@link CallFailure} or {@link GolemException} before anything is touched. */
  static CompletableFuture<Settlement> settle(
      Caller caller,
      Retrier retrier,
      Threads threads,
      SettleTerms terms,
      SettleListener listener,
      Identity identity) {
    Traces traces = new Traces(caller, threads, terms);
    return traces
        .find()
        .thenCompose(
            found ->
                traces
                    .allocation(found, identity, listener)
                    .handleAsync(
                        (allocation, error) -> {
                          Allocation used = error == null ? allocation.orElse(null) : null;
                          Session session =
                              session(caller, retrier, threads, terms, listener, identity, used);
                          Settling settling = new Settling(session, terms, traces);
                          return settling.settle(
                              found, error == null ? null : CallFailure.unwrap(error));
                        },
                        threads.loop()))
        .thenCompose(next -> next);
  }

  private static Session session(
      Caller caller,
      Retrier retrier,
      Threads threads,
      SettleTerms terms,
      SettleListener listener,
      Identity identity,
      @Nullable Allocation allocation) {
    Clock clock = Clock.systemUTC();
    SessionTerms earlier =
        new SessionTerms(
            terms.sessionId(), terms.runId(), terms.budget(), terms.begun(), terms.platform(), "");
    Allocation none =
        new Allocation(
            "",
            identity.identity(),
            terms.platform(),
            BigDecimal.ZERO,
            BigDecimal.ZERO,
            BigDecimal.ZERO,
            null,
            null,
            null,
            null,
            false);
    long age = Duration.between(terms.begun(), clock.instant()).toNanos();
    return new Session(
        caller,
        retrier,
        threads,
        clock,
        listener,
        earlier,
        identity.identity(),
        allocation == null ? none : allocation,
        new Decorations(List.of(), List.of()),
        new AtomicBoolean(),
        new SentBytes(),
        System.nanoTime() - age,
        terms.begun().toEpochMilli());
  }

  /**
   * @param trouble why there is no allocation to accept documents with
   */
  private CompletableFuture<Settlement> settle(Traces.Found found, @Nullable Throwable trouble) {
    found.demands().forEach(this::withdraw);
    List<CompletableFuture<?>> taken = new ArrayList<>();
    found.agreements().forEach(agreement -> taken.add(take(agreement)));
    if (trouble != null) {
      outstanding.add(String.valueOf(trouble.getMessage()));
    }
    return within(allOf(taken))
        .thenCompose(
            known -> {
              if (trouble == null) {
                return within(ledger.recall());
              }
              expected.clear();
              expected.addAll(ends());
              return CompletableFuture.completedFuture(false);
            })
        .thenCompose(
            recalled -> {
              // Nothing that comes later is judged before it is known what was accepted.
              if (recalled) {
                pollers.forEach(EventPoller::start);
              }
              return within(allOf(ends()));
            })
        .thenCompose(ended -> within(allOf(expected), terms.invoiceLimit()))
        .thenCompose(waited -> within(ledger.idle()))
        .thenCompose(idle -> finish(found.allocations()))
        .whenComplete(
            (done, error) -> {
              session.closed().set(true);
              pollers.forEach(EventPoller::stop);
            });
  }

  private static CompletableFuture<Void> allOf(List<CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }

  private List<CompletableFuture<?>> ends() {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    ledger.approved().forEach(account -> ends.add(account.ended));
    return ends;
  }

  /** What is not done in time is outstanding. */
  private CompletableFuture<Boolean> within(CompletableFuture<?> work) {
    return within(work, terms.limit());
  }

  private CompletableFuture<Boolean> within(CompletableFuture<?> work, Duration most) {
    Duration rest = terms.limit().minus(session.since(begin));
    Duration left = rest.compareTo(most) < 0 ? rest : most;
    return work.handle((done, error) -> error == null)
        .completeOnTimeout(false, Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
        .thenApplyAsync(inTime -> inTime, session.threads().loop());
  }

  private void withdraw(String demandId) {
    expected.add(
        session
            .send(Calls.unsubscribe(demandId))
            .handle(
                (done, error) -> {
                  if (error == null || CallFailure.of("withdraw", error).isGone()) {
                    session.emit(new GolemEvent.DemandUnsubscribed(demandId));
                  } else {
                    outstanding.add("The demand " + demandId + " is not withdrawn yet.");
                  }
                  return true;
                }));
  }

  private CompletableFuture<Boolean> take(Agreement agreement) {
    return switch (agreement.state()) {
      case "Proposal", "Pending" -> cancel(agreement, 1);
      case "Approved" -> {
        Account account = account(agreement);
        yield account == null ? terminate(agreement) : end(account, agreement);
      }
      case "Terminated" -> {
        Account account = account(agreement);
        yield account == null ? CompletableFuture.completedFuture(true) : over(account);
      }
      default -> CompletableFuture.completedFuture(true);
    };
  }

  /** Opens the books of an agreement; null if what it costs cannot be recomputed. */
  private @Nullable Account account(Agreement agreement) {
    String id = agreement.agreementId();
    Offered offered;
    try {
      offered =
          Offered.of(
              new Proposal(
                  agreement.offer().properties(),
                  agreement.offer().constraints(),
                  "",
                  agreement.offer().providerId(),
                  agreement.state(),
                  null,
                  null),
              terms.platform());
    } catch (Offered.Unsuitable e) {
      outstanding.add(
          "The agreement " + id + " is " + e.reason() + ": its invoice cannot be checked.");
      return null;
    }
    Account account = ledger.open(id, offered, began(agreement));
    account.approve();
    account.close();
    account.choose(terms.invoices().get(id));
    expected.add(account.ended);
    expected.add(account.invoiced);
    return account;
  }

  private long began(Agreement agreement) {
    Instant approved = agreement.approvedDate();
    return Math.max(0, approved == null ? 0 : session.billedNanos(approved));
  }

  /** The daemon's and ours, each from the agreement's approval on, but not beyond its end. */
  private CompletableFuture<List<String>> activities(Account account, long from, long end) {
    Set<String> ids = new LinkedHashSet<>();
    terms
        .activities()
        .forEach(
            (activity, agreement) -> {
              if (agreement.equals(account.agreementId)) {
                ids.add(activity);
              }
            });
    return session
        .send(Calls.activities(account.agreementId))
        .handle(
            (listed, error) -> {
              ids.addAll(listed == null ? List.of() : listed);
              for (String id : ids) {
                account.activityBegan(id, from);
                if (end < session.billedNanos()) {
                  account.activityEnded(id, end);
                }
              }
              return List.copyOf(ids);
            });
  }

  private CompletableFuture<Boolean> end(Account account, Agreement agreement) {
    Map<String, Object> demand = agreement.demand().properties();
    long end =
        demand.get(PropertyNames.EXPIRATION) instanceof Number millis
            ? session.billedNanos(Instant.ofEpochMilli(millis.longValue()))
            : Long.MAX_VALUE;
    boolean expired = end < session.billedNanos();
    if (expired) {
      lookOnce(account, end);
    }
    return activities(account, began(agreement), end)
        .thenCompose(ids -> ending.end(account, ids, END))
        .thenApply(
            ended -> {
              if (expired) {
                // Its provider cannot be reached any more, and does not bill either.
                account.ended.complete(true);
              }
              return ended;
            });
  }

  /** If it ended so long ago that no document will come, they are only read. */
  private void lookOnce(Account account, long endedNanos) {
    if (session.billedNanos() - endedNanos > PATIENCE.toNanos()) {
      late.add(account);
      expected.remove(account.invoiced);
      expected.add(
          account
              .invoiced
              .handle((done, failed) -> true)
              .completeOnTimeout(false, LAST_LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private CompletableFuture<Boolean> over(Account account) {
    return session
        .send(Calls.termination(account.agreementId))
        .handle(
            (event, error) -> {
              long end =
                  event == null ? session.billedNanos() : session.billedNanos(event.eventDate());
              lookOnce(account, end);
              if (event != null) {
                ledger.on(event, end);
              }
              account.ended.complete(true);
              return end;
            })
        .thenCompose(end -> activities(account, account.openedNanos(), end))
        .thenApply(ids -> true);
  }

  /** It may be approved in the very moment. */
  private CompletableFuture<Boolean> cancel(Agreement agreement, int attempt) {
    String id = agreement.agreementId();
    open.add(id);
    Reason words = Reason.of(END.message()).with(Reason.REQUESTOR_CODE, END.code());
    return session
        .send(Calls.cancelAgreement(id, words))
        .handle((done, error) -> error == null)
        .thenCompose(
            cancelled -> {
              if (cancelled) {
                open.remove(id);
                session.emit(new GolemEvent.AgreementRejected(id, END.message()));
                return CompletableFuture.completedFuture(true);
              }
              return traces
                  .read(id)
                  .handle((now, error) -> now == null ? agreement : now.orElse(null))
                  .thenCompose(
                      now -> {
                        boolean pending = now != null && isPending(now);
                        if (pending) {
                          return again(() -> cancel(now, attempt + 1), attempt);
                        }
                        open.remove(id);
                        return now == null ? CompletableFuture.completedFuture(true) : take(now);
                      });
            });
  }

  private static boolean isPending(Agreement agreement) {
    return agreement.state().equals("Proposal") || agreement.state().equals("Pending");
  }

  /** One whose terms make no sense to us. */
  private CompletableFuture<Boolean> terminate(Agreement agreement) {
    Reason words = Reason.of(END.message()).with(Reason.REQUESTOR_CODE, END.code());
    return session
        .send(Calls.terminateAgreement(agreement.agreementId(), words))
        .handle(
            (done, error) -> {
              if (error == null) {
                session.emit(
                    new GolemEvent.AgreementTerminated(
                        agreement.agreementId(), false, END.message()));
              }
              return true;
            });
  }

  private CompletableFuture<Boolean> again(Supplier<CompletableFuture<Boolean>> work, int attempt) {
    return session
        .threads()
        .after(session.retrier().pause(attempt))
        .thenCompose(
            waited ->
                session.closed().get() ? CompletableFuture.completedFuture(false) : work.get());
  }

  private CompletableFuture<Settlement> finish(List<Allocation> allocations) {
    ledger.stop();
    for (String id : open) {
      outstanding.add("The agreement " + id + " is neither approved nor cancelled yet.");
    }
    for (Account account : ledger.approved()) {
      String which = account.agreementId + " with " + account.offered.provider().name();
      if (!account.ended.isDone()) {
        outstanding.add("The agreement " + which + " is not ended yet.");
      }
      if (!account.invoiced.isDone() && !late.contains(account)) {
        outstanding.add("The invoice for the agreement " + which + " is not accepted yet.");
      }
    }
    Set<String> ids = new LinkedHashSet<>();
    allocations.forEach(allocation -> ids.add(allocation.allocationId()));
    ids.add(session.allocation().allocationId());
    ids.remove("");
    CompletableFuture<Boolean> released = CompletableFuture.completedFuture(true);
    for (String id : ids) {
      released = released.thenCompose(before -> release(id));
    }
    return released.thenApply(
        done -> new Settlement(ledger.accepted(), ledger.approved().size(), outstanding));
  }

  private CompletableFuture<Boolean> release(String id) {
    return session
        .release(id)
        .thenApply(
            obstacle -> {
              obstacle.ifPresent(outstanding::add);
              return true;
            });
  }
}
