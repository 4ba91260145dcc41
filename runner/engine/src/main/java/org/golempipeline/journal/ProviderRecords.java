package org.golempipeline.journal;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * Everybody who signed an agreement with one of several runs. Runs on this machine count for
 * nothing: their providers live no longer than they do.
 */
public final class ProviderRecords {
  private final Map<String, ProviderRecord> records = new HashMap<>();

  /** Adds what a run saw. If that cannot be read to its end, nothing of it is added. */
  public void add(Path runFolder) throws IOException {
    var journal = new JournalReader(runFolder);
    var first = journal.first().orElse(null);
    if (first == null
        || !(first.event() instanceof RunEvent.RunStarted started)
        || RunHistory.isLocal(started)) {
      return;
    }
    var run = new Run();
    journal.scan(
        run::add,
        RunEvent.AgreementApproved.class,
        RunEvent.RentalOpened.class,
        RunEvent.BatchStarted.class,
        RunEvent.BatchFinished.class,
        RunEvent.ProviderBanned.class,
        RunEvent.DebitNoteAccepted.class,
        RunEvent.InvoiceAccepted.class);
    run.records().forEach(each -> records.merge(each.id(), each, ProviderRecord::and));
  }

  /** Who left most comes first. */
  public List<ProviderRecord> list() {
    return records.values().stream()
        .sorted(
            Comparator.comparingLong(ProviderRecord::done)
                .reversed()
                .thenComparing(ProviderRecord::name)
                .thenComparing(ProviderRecord::id))
        .toList();
  }

  private static final class Tally {
    private String name = "";
    private Instant last = Instant.EPOCH;
    private int agreements;
    private int rentals;
    private long done;
    private long failed;
    private long lost;
    private long milliseconds;
    private BigDecimal spent = BigDecimal.ZERO;
    private int lies;
  }

  private static final class Run {
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Map<String, Tally> byAgreement = new HashMap<>();
    private final Map<Integer, Tally> byRental = new HashMap<>();
    private final Map<Integer, Tally> byBatch = new HashMap<>();
    private final RunHistory.AcceptedTally accepted = new RunHistory.AcceptedTally();

    private void add(StampedEvent stamped) {
      var event = stamped.event();
      if (event instanceof RunEvent.AgreementApproved agreement) {
        var tally = tally(agreement.providerId(), stamped.at());
        tally.name = agreement.providerName();
        tally.agreements++;
        byAgreement.put(agreement.agreementId(), tally);
      } else if (event instanceof RunEvent.RentalOpened rental) {
        var tally = tally(rental.providerId(), stamped.at());
        tally.rentals++;
        byRental.put(rental.rental(), tally);
      } else if (event instanceof RunEvent.BatchStarted batch) {
        var tally = byRental.get(batch.rental());
        if (tally != null) {
          byBatch.put(batch.batch(), tally);
        }
      } else if (event instanceof RunEvent.BatchFinished batch) {
        var tally = byBatch.remove(batch.batch());
        if (tally != null && !batch.neverSent()) {
          tally.last = stamped.at();
          add(batch, tally);
        }
      } else if (event instanceof RunEvent.ProviderBanned ban) {
        tally(ban.providerId(), stamped.at()).lies = 1;
      }
      accepted.add(event);
    }

    private static void add(RunEvent.BatchFinished batch, Tally tally) {
      tally.done += batch.done().size();
      tally.failed += batch.failed().size();
      tally.milliseconds += batch.milliseconds();
      if (batch.failure() != null && batch.failure().kind() != FailureKind.CANCELLED) {
        tally.lost++;
      }
    }

    private Tally tally(String provider, Instant at) {
      var tally = tallies.computeIfAbsent(provider, id -> new Tally());
      tally.last = at;
      return tally;
    }

    private List<ProviderRecord> records() {
      accepted
          .byAgreement()
          .forEach(
              (agreement, amount) -> {
                var tally = byAgreement.get(agreement);
                if (tally != null) {
                  tally.spent = tally.spent.add(amount);
                }
              });
      return tallies.entrySet().stream()
          .map(each -> record(each.getKey(), each.getValue()))
          .toList();
    }

    private static ProviderRecord record(String id, Tally tally) {
      return new ProviderRecord(
          id,
          tally.name,
          tally.last,
          1,
          tally.rentals,
          tally.agreements - tally.rentals,
          tally.done,
          tally.failed,
          tally.lost,
          Duration.ofMillis(tally.milliseconds),
          tally.spent,
          tally.lies);
    }
  }
}
