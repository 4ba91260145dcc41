package org.golempipeline.journal;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.RunStarted;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run, in short, from its folder. For a run that ended in good order only the two
 * ends of its journal are read.
 *
 * @param started its first event; null if it died before that was written
 * @param at when it started
 * @param took until it ended, or until its last word
 * @param failure why it did not complete
 * @param done fragments that were finished
 * @param failed fragments that were given up
 * @param missing fragments that its results are without
 * @param spent GLM of the documents that were accepted
 * @param exitCode null if it did not end
 * @param outstanding what was open when it was settled last
 * @param settled whether nothing of it is left on the network
 */
public record RunHistory(
    String id,
    State state,
    @Nullable RunStarted started,
    @Nullable Instant at,
    Duration took,
    @Nullable Failure failure,
    long done,
    long failed,
    long missing,
    BigDecimal spent,
    @Nullable Integer exitCode,
    List<String> outstanding,
    boolean settled) {
  /** How a run ended. */
  public enum State {
    /** Somebody writes its journal at the moment. */
    RUNNING,
    DONE,
    /** Done, and something is missing in a result. */
    PARTIAL,
    FAILED,
    /** The user ended it. */
    INTERRUPTED,
    /** Its process died. */
    UNFINISHED
  }

  public RunHistory {
    outstanding = List.copyOf(outstanding);
  }

  /**
   * @param folder the run's own
   */
  public static RunHistory read(Path folder) throws IOException {
    var id = String.valueOf(folder.getFileName());
    var journal = new JournalReader(folder);
    var first = journal.first().orElse(null);
    if (first == null || !(first.event() instanceof RunStarted started)) {
      var state = Journal.isOpen(folder) ? State.RUNNING : State.UNFINISHED;
      return new RunHistory(
          id,
          state,
          null,
          null,
          Duration.ZERO,
          null,
          0,
          0,
          0,
          BigDecimal.ZERO,
          null,
          List.of(),
          true);
    }
    var tail = journal.last();
    var end = new End();
    tail.forEach(end::add);
    if (end.finished != null) {
      return finished(id, first, started, end, end.finished);
    }
    var sums = Sums.of(journal);
    // What settles a run writes behind its end.
    return sums.end.finished != null
        ? finished(id, first, started, sums.end, sums.end.finished)
        : unfinished(id, folder, tail, first, started, sums);
  }

  private static final class End {
    RunEvent.@Nullable RunFinished finished;
    RunEvent.@Nullable SettlementFinished settlement;

    void add(StampedEvent stamped) {
      if (stamped.event() instanceof RunEvent.RunFinished event) {
        finished = event;
      } else if (stamped.event() instanceof RunEvent.SettlementFinished event) {
        settlement = event;
      }
    }
  }

  private static RunHistory finished(
      String id, StampedEvent first, RunStarted started, End end, RunEvent.RunFinished finished) {
    var settlement = end.settlement;
    var accepted = finished.accepted();
    if (settlement != null) {
      accepted = accepted.max(settlement.accepted());
    }
    List<String> outstanding = settlement == null ? List.of() : settlement.outstanding();
    return new RunHistory(
        id,
        state(finished),
        started,
        first.at(),
        Duration.ofMillis(finished.milliseconds()),
        finished.failure(),
        finished.fragmentsDone(),
        finished.fragmentsFailed(),
        finished.failure() == null ? finished.fragmentsMissing() : 0,
        accepted,
        finished.exitCode(),
        outstanding,
        outstanding.isEmpty() || isLocal(started));
  }

  private static State state(RunEvent.RunFinished finished) {
    var failure = finished.failure();
    if (failure == null) {
      return finished.fragmentsMissing() > 0 ? State.PARTIAL : State.DONE;
    }
    return failure.kind() == FailureKind.CANCELLED ? State.INTERRUPTED : State.FAILED;
  }

  private static RunHistory unfinished(
      String id,
      Path folder,
      List<StampedEvent> tail,
      StampedEvent first,
      RunStarted started,
      Sums sums)
      throws IOException {
    var settlement = sums.end.settlement;
    var last = tail.isEmpty() ? first : tail.get(tail.size() - 1);
    var untouched = !sums.asked || isLocal(started);
    return new RunHistory(
        id,
        Journal.isOpen(folder) ? State.RUNNING : State.UNFINISHED,
        started,
        first.at(),
        Duration.between(first.at(), last.at()),
        null,
        sums.done(),
        sums.failed,
        0,
        sums.spent(),
        null,
        settlement == null ? List.of() : settlement.outstanding(),
        untouched || settlement != null && settlement.outstanding().isEmpty());
  }

  static boolean isLocal(RunStarted started) {
    return !started.target().equals("golem");
  }

  /** What has to be counted because nobody summed it up. */
  private static final class Sums {
    final End end = new End();
    long failed;
    boolean asked;
    private final Map<Integer, String> stages = new HashMap<>();
    private final Map<String, BitSet> done = new HashMap<>();
    private final AcceptedTally accepted = new AcceptedTally();

    static Sums of(JournalReader journal) throws IOException {
      var sums = new Sums();
      journal.scan(
          sums::add,
          RunEvent.FragmentsReused.class,
          RunEvent.BatchStarted.class,
          RunEvent.BatchFinished.class,
          RunEvent.FragmentFailed.class,
          RunEvent.DebitNoteAccepted.class,
          RunEvent.InvoiceAccepted.class,
          RunEvent.AllocationRequested.class,
          RunEvent.SettlementFinished.class,
          RunEvent.RunFinished.class);
      return sums;
    }

    private void add(StampedEvent stamped) {
      var event = stamped.event();
      if (event instanceof RunEvent.BatchStarted batch) {
        stages.put(batch.batch(), batch.stage());
      } else if (event instanceof RunEvent.BatchFinished batch) {
        var stage = String.valueOf(stages.remove(batch.batch()));
        batch.done().forEach(done.computeIfAbsent(stage, name -> new BitSet())::set);
      } else if (event instanceof RunEvent.FragmentsReused reused) {
        reused.fragments().forEach(done.computeIfAbsent(reused.stage(), name -> new BitSet())::set);
      } else if (event instanceof RunEvent.FragmentFailed) {
        failed++;
      } else if (event instanceof RunEvent.AllocationRequested) {
        asked = true;
      }
      accepted.add(event);
      end.add(stamped);
    }

    long done() {
      return done.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    BigDecimal spent() {
      var settlement = end.settlement;
      return settlement == null ? accepted.sum() : accepted.sum().max(settlement.accepted());
    }
  }

  /** GLM of the documents that a journal says were accepted: the highest of each agreement. */
  static final class AcceptedTally {
    private final Map<String, BigDecimal> byAgreement = new HashMap<>();

    void add(RunEvent event) {
      if (event instanceof RunEvent.DebitNoteAccepted note) {
        byAgreement.merge(note.agreementId(), note.totalAmount(), BigDecimal::max);
      } else if (event instanceof RunEvent.InvoiceAccepted invoice) {
        byAgreement.merge(invoice.agreementId(), invoice.amount(), BigDecimal::max);
      }
    }

    Map<String, BigDecimal> byAgreement() {
      return byAgreement;
    }

    BigDecimal sum() {
      return byAgreement.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }

  /** Whether its process died or gave up before everything was let go and paid. */
  public boolean isUnsettled() {
    return state != State.RUNNING && !settled;
  }

  /** The name of the pipeline, if it is known. */
  public Optional<String> pipeline() {
    return Optional.ofNullable(started).map(RunStarted::pipeline);
  }
}
