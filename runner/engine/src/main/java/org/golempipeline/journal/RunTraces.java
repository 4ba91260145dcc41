package org.golempipeline.journal;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * What a run made on the network, by its journal: the intents by which it can be found, and what is
 * known of it. Collected for settling.
 */
public final class RunTraces {
  /**
   * An allocation that was asked for.
   *
   * @param id null if the daemon's answer was never written down
   */
  public record Allocation(
      BigDecimal amount, Instant timeout, String platform, @Nullable String id) {}

  private final List<Allocation> allocations = new ArrayList<>();
  private final Map<String, Boolean> agreements = new LinkedHashMap<>();
  private final Map<String, String> activities = new LinkedHashMap<>();
  private final Map<String, String> invoices = new LinkedHashMap<>();
  private final Set<String> ended = new HashSet<>();
  private final RunHistory.AcceptedTally accepted = new RunHistory.AcceptedTally();
  private RunEvent.@Nullable RunStarted started;
  private @Nullable Instant begun;
  private long nextSequence;

  private RunTraces() {}

  /**
   * @throws IOException if there is no journal, or it does not say how the run began
   */
  public static RunTraces read(Path runFolder) throws IOException {
    var traces = new RunTraces();
    var journal = new JournalReader(runFolder);
    journal.scan(
        traces::add,
        RunEvent.RunStarted.class,
        RunEvent.AllocationRequested.class,
        RunEvent.AllocationCreated.class,
        RunEvent.AgreementCreated.class,
        RunEvent.AgreementApproved.class,
        RunEvent.AgreementTerminated.class,
        RunEvent.ActivityCreated.class,
        RunEvent.DebitNoteAccepted.class,
        RunEvent.InvoiceAccepted.class);
    if (traces.started == null) {
      throw new IOException("the journal of the run does not say how it began");
    }
    for (var event : journal.last()) {
      traces.nextSequence = Math.max(traces.nextSequence, event.sequence() + 1);
    }
    return traces;
  }

  private void add(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RunStarted run) {
      started = run;
      begun = stamped.at();
    } else if (event instanceof RunEvent.AllocationRequested asked) {
      allocations.add(new Allocation(asked.amount(), asked.timeout(), asked.platform(), null));
    } else if (event instanceof RunEvent.AllocationCreated created && !allocations.isEmpty()) {
      var asked = allocations.remove(allocations.size() - 1);
      allocations.add(
          new Allocation(
              asked.amount(), asked.timeout(), asked.platform(), created.allocationId()));
    } else if (event instanceof RunEvent.AgreementCreated created) {
      agreements.putIfAbsent(created.agreementId(), false);
    } else if (event instanceof RunEvent.AgreementApproved approved) {
      agreements.put(approved.agreementId(), true);
    } else if (event instanceof RunEvent.AgreementTerminated terminated) {
      ended.add(terminated.agreementId());
    } else if (event instanceof RunEvent.ActivityCreated activity) {
      activities.put(activity.activityId(), activity.agreementId());
    } else if (event instanceof RunEvent.InvoiceAccepted invoice) {
      invoices.putIfAbsent(invoice.agreementId(), invoice.invoiceId());
    }
    accepted.add(event);
  }

  public RunEvent.RunStarted started() {
    return Objects.requireNonNull(started);
  }

  public Instant begun() {
    return Objects.requireNonNull(begun);
  }

  /** In order; the first is the run's own, others were asked for when it was settled. */
  public List<Allocation> allocations() {
    return List.copyOf(allocations);
  }

  /** Each with whether it was approved. */
  public Map<String, Boolean> agreements() {
    return Map.copyOf(agreements);
  }

  /** Each with its agreement. */
  public Map<String, String> activities() {
    return Map.copyOf(activities);
  }

  /** Those that were accepted, each by its agreement. */
  public Map<String, String> invoices() {
    return Map.copyOf(invoices);
  }

  /** Whether the journal has the end of this agreement. */
  public boolean hasEnded(String agreementId) {
    return ended.contains(agreementId);
  }

  /** GLM of the documents that are known to be accepted. */
  public BigDecimal accepted() {
    return accepted.sum();
  }

  /** The number of the next event. */
  public long nextSequence() {
    return nextSequence;
  }
}
