package org.golempipeline.report;

import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Makes one row of each fragment of a run as soon as it is known what became of it. Fragments that
 * were never sent anywhere have none. Keeps little: two bits a fragment, and what is on its way.
 */
final class FragmentRows {
  /** What became of a fragment. */
  enum Status {
    COMPLETED,
    /** An earlier run did it. */
    CACHED,
    FAILED,
    /** It was begun, and then not needed any more. */
    ABORTED
  }

  /**
   * @param exit null where none is known
   * @param submit when the script was sent that it was in
   * @param complete when that came back
   * @param took its time is as its provider says, or its share of the script's
   */
  record Attempt(
      @Nullable Integer exit,
      @Nullable String provider,
      Instant submit,
      Instant complete,
      Measured.Fragment took) {

    long milliseconds() {
      return complete.toEpochMilli() - submit.toEpochMilli();
    }
  }

  /**
   * @param attempt which one was the last, from 1; 0 if there was none
   * @param last null if it had none, or none that came back
   * @param givenUp null if it was not
   */
  record Row(
      String stage,
      int fragment,
      Status status,
      int attempt,
      @Nullable Attempt last,
      RunEvent.@Nullable FragmentFailed givenUp) {}

  private record Sent(String stage, @Nullable String provider, Instant at, FragmentSet fragments) {
    private Attempt attempt(@Nullable Integer exit, Instant now, Measured.Fragment took) {
      return new Attempt(exit, provider, at, now, took);
    }
  }

  private static final class Stage {
    private final BitSet told = new BitSet();
    private final BitSet begun = new BitSet();
    private final Map<Integer, Integer> attempts = new HashMap<>();

    /** The last attempt of those that failed and are not given up. */
    private final Map<Integer, Attempt> troubled = new HashMap<>();
  }

  private final Consumer<Row> rows;
  private final Map<Integer, String> providers = new HashMap<>();
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final Map<String, Stage> stages = new LinkedHashMap<>();

  FragmentRows(Consumer<Row> rows) {
    this.rows = rows;
  }

  void add(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RentalOpened rental) {
      providers.put(rental.rental(), rental.providerName());
    } else if (event instanceof RunEvent.BatchStarted batch) {
      var provider = providers.get(batch.rental());
      sent.put(batch.batch(), new Sent(batch.stage(), provider, stamped.at(), batch.fragments()));
    } else if (event instanceof RunEvent.BatchFinished batch) {
      var script = sent.remove(batch.batch());
      if (script != null && !batch.neverSent()) {
        back(script, batch, stamped.at());
      }
    } else if (event instanceof RunEvent.FragmentsReused reused) {
      reused
          .fragments()
          .forEach(each -> tell(new Row(reused.stage(), each, Status.CACHED, 0, null, null)));
    } else if (event instanceof RunEvent.FragmentRequeued again) {
      stage(again.stage()).attempts.put(again.fragment(), again.attempt());
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      var last = stage(failed.stage()).troubled.remove(failed.fragment());
      tell(
          new Row(
              failed.stage(), failed.fragment(), Status.FAILED, failed.attempts(), last, failed));
    } else if (event instanceof RunEvent.RunFinished) {
      sent.values().forEach(this::begun);
      stages.forEach(this::abort);
    }
  }

  private Stage stage(String name) {
    return stages.computeIfAbsent(name, unknown -> new Stage());
  }

  private void begun(Sent script) {
    script.fragments().forEach(stage(script.stage()).begun::set);
  }

  private void back(Sent script, RunEvent.BatchFinished batch, Instant now) {
    begun(script);
    var stage = stage(script.stage());
    var measured = Measured.of(script.fragments(), batch);
    for (var failed : batch.failed()) {
      var took = measured.get(failed.fragment());
      stage.troubled.put(failed.fragment(), script.attempt(failed.exitCode(), now, took));
    }
    batch
        .done()
        .forEach(
            each -> {
              var last = script.attempt(0, now, measured.get(each));
              var number = stage.attempts.getOrDefault(each, 1);
              tell(new Row(script.stage(), each, Status.COMPLETED, number, last, null));
            });
  }

  private void abort(String name, Stage stage) {
    stage.begun.andNot(stage.told);
    stage.begun.stream()
        .forEach(
            each -> {
              var number = stage.attempts.getOrDefault(each, 1);
              tell(new Row(name, each, Status.ABORTED, number, null, null));
            });
  }

  /** Copies and checks may answer a second time. */
  private void tell(Row row) {
    var stage = stage(row.stage());
    if (!stage.told.get(row.fragment())) {
      stage.told.set(row.fragment());
      stage.attempts.remove(row.fragment());
      stage.troubled.remove(row.fragment());
      rows.accept(row);
    }
  }
}
