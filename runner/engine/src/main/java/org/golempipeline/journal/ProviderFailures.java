package org.golempipeline.journal;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * Who failed lately in runs on the network, by the provider's own doing: could not start a machine,
 * or lost a script. What it finishes makes up for what was before.
 */
public final class ProviderFailures {
  /**
   * How a provider failed since it last finished anything.
   *
   * @param times how often
   */
  public record Failed(int times, Instant last) {
    /** Once more. */
    static Failed more(Failed old, Failed next) {
      return new Failed(old.times + next.times, next.last);
    }
  }

  private final Map<String, Failed> failed = new HashMap<>();

  private ProviderFailures() {}

  /** By provider, going by the runs that began since {@code begin}. */
  public static Map<String, Failed> read(RunHistories histories, Instant begin) throws IOException {
    List<JournalReader> recent = new ArrayList<>();
    for (var id : histories.ids()) {
      var journal = new JournalReader(histories.folder(id));
      var first = journal.first().orElse(null);
      if (first == null) {
        continue;
      }
      if (first.at().isBefore(begin)) {
        break;
      }
      if (first.event() instanceof RunEvent.RunStarted started && !RunHistory.isLocal(started)) {
        recent.add(0, journal);
      }
    }
    var failures = new ProviderFailures();
    for (var journal : recent) {
      var run = failures.new Run();
      journal.scan(
          run::add,
          RunEvent.StartFailed.class,
          RunEvent.RentalOpened.class,
          RunEvent.BatchStarted.class,
          RunEvent.BatchFinished.class);
    }
    return failures.failed;
  }

  private final class Run {
    private final Map<Integer, String> byRental = new HashMap<>();
    private final Map<Integer, String> byBatch = new HashMap<>();

    void add(StampedEvent stamped) {
      var event = stamped.event();
      if (event instanceof RunEvent.StartFailed start) {
        failed(start.providerId(), stamped.at());
      } else if (event instanceof RunEvent.RentalOpened rental) {
        byRental.put(rental.rental(), rental.providerId());
      } else if (event instanceof RunEvent.BatchStarted batch) {
        byBatch.put(batch.batch(), byRental.getOrDefault(batch.rental(), ""));
      } else if (event instanceof RunEvent.BatchFinished batch) {
        var provider = byBatch.remove(batch.batch());
        if (provider != null
            && batch.failure() != null
            && batch.failure().kind() == FailureKind.PROVIDER) {
          failed(provider, stamped.at());
        } else if (provider != null && !batch.done().isEmpty()) {
          failed.remove(provider);
        }
      }
    }

    private void failed(String provider, Instant at) {
      failed.merge(provider, new Failed(1, at), Failed::more);
    }
  }
}
