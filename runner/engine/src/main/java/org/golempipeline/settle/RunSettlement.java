package org.golempipeline.settle;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.session.Yagna;
import org.golempipeline.journal.Journal;
import org.golempipeline.journal.RunTraces;
import org.golempipeline.run.GolemEvents;

/**
 * Settles one run: what its journal says it made is ended, paid and released, and each step is
 * written behind the journal's end. While that lasts nobody else can do the same.
 */
public final class RunSettlement implements SettleListener {
  private final RunTraces traces;
  private final EventSink journal;
  private final EventSink watcher;
  private final Clock clock;
  private long next;

  private RunSettlement(RunTraces traces, EventSink journal, EventSink watcher, Clock clock) {
    this.traces = traces;
    this.journal = journal;
    this.watcher = watcher;
    this.clock = clock;
    this.next = traces.nextSequence();
  }

  /**
   * Returns when everything is settled or {@code limit} is over; empty if the run lives or somebody
   * else is settling it.
   *
   * @param invoiceLimit how much of it at the most for invoices, once everything has ended
   * @param watcher sees each event after it was written
   * @throws GolemException if the daemon cannot be talked to, or is not the run's
   * @throws IOException if the journal cannot be read or written
   */
  public static Optional<RunEvent.SettlementFinished> settle(
      Path runFolder,
      GolemConnection connection,
      Duration limit,
      Duration invoiceLimit,
      EventSink watcher,
      Clock clock)
      throws IOException, InterruptedException {
    var reopened = Journal.reopen(runFolder);
    if (reopened.isEmpty()) {
      return Optional.empty();
    }
    try (var journal = reopened.get()) {
      var traces = RunTraces.read(runFolder);
      return Optional.of(
          new RunSettlement(traces, journal, watcher, clock)
              .settle(connection, limit, invoiceLimit));
    }
  }

  private RunEvent.SettlementFinished settle(
      GolemConnection connection, Duration limit, Duration invoiceLimit)
      throws InterruptedException {
    if (traces.allocations().isEmpty()) {
      return finish(BigDecimal.ZERO, 0, List.of());
    }
    try {
      var done = Yagna.settle(connection, terms(limit, invoiceLimit), this).get();
      return finish(done.accepted().max(traces.accepted()), done.agreements(), done.outstanding());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GolemException trouble) {
        throw trouble;
      }
      throw new CompletionException(e.getCause());
    }
  }

  private SettleTerms terms(Duration limit, Duration invoiceLimit) {
    var own = traces.allocations().get(0);
    return new SettleTerms(
        traces.started().sessionId(),
        traces.started().runId(),
        traces.begun(),
        own.amount(),
        traces.accepted(),
        own.platform(),
        traces.allocations().stream()
            .map(each -> new SettleTerms.AllocationTrace(each.id(), each.amount(), each.timeout()))
            .toList(),
        traces.agreements(),
        traces.activities(),
        traces.invoices(),
        limit,
        invoiceLimit);
  }

  private RunEvent.SettlementFinished finish(
      BigDecimal accepted, int agreements, List<String> outstanding) {
    var event = new RunEvent.SettlementFinished(accepted, agreements, outstanding);
    append(event);
    return event;
  }

  @Override
  public void on(GolemEvent event) {
    var known =
        event instanceof GolemEvent.AgreementTerminated ended
            && traces.hasEnded(ended.agreementId());
    if (!known) {
      append(GolemEvents.toRunEvent(event));
    }
  }

  @Override
  public void allocating(BigDecimal amount, Instant timeout) {
    append(
        new RunEvent.AllocationRequested(amount, timeout, traces.allocations().get(0).platform()));
  }

  private synchronized void append(RunEvent event) {
    var stamped = new StampedEvent(next++, clock.instant(), event);
    journal.accept(stamped);
    watcher.accept(stamped);
  }
}
