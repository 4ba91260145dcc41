package org.golempipeline.report;

import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.golempipeline.event.Failure;
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
   * @param exit of its last attempt, null where it had none
   * @param attempt which one it was, from 1; 0 if there was none
   * @param submit when the script was sent that it was in
   * @param complete when that came back
   * @param milliseconds as its provider says, or its share of the script's time
   * @param cpuMilliseconds null where the provider does not say
   * @param bytes of its output; null where that is not known
   * @param memory bytes that its processes held at most; null where that is not known
   * @param failure why it was given up
   * @param label names it and its input, if it was given up
   * @param log what it wrote last, relative to the run's folder
   */
  record Row(
      String stage,
      int fragment,
      Status status,
      @Nullable Integer exit,
      int attempt,
      @Nullable String provider,
      @Nullable Instant submit,
      @Nullable Instant complete,
      long milliseconds,
      @Nullable Integer cpuMilliseconds,
      @Nullable Long bytes,
      @Nullable Long memory,
      @Nullable Failure failure,
      @Nullable String label,
      @Nullable String log) {

    private static Row plain(String stage, int fragment, Status status, int attempt) {
      return new Row(
          stage, fragment, status, null, attempt, null, null, null, 0, null, null, null, null, null,
          null);
    }

    private Row givenUp(int attempts, Failure why, String name, @Nullable String words) {
      return new Row(
          stage,
          fragment,
          Status.FAILED,
          exit,
          attempts,
          provider,
          submit,
          complete,
          milliseconds,
          cpuMilliseconds,
          bytes,
          memory,
          why,
          name,
          words);
    }
  }

  private record Sent(String stage, @Nullable String provider, Instant at, FragmentSet fragments) {}

  private static final class Stage {
    private final BitSet told = new BitSet();
    private final BitSet begun = new BitSet();
    private final Map<Integer, Integer> attempts = new HashMap<>();

    /** The last attempt of those that failed and are not given up. */
    private final Map<Integer, Row> troubled = new HashMap<>();
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
      reused.fragments().forEach(each -> tell(Row.plain(reused.stage(), each, Status.CACHED, 0)));
    } else if (event instanceof RunEvent.FragmentRequeued again) {
      stage(again.stage()).attempts.put(again.fragment(), again.attempt());
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      var last = stage(failed.stage()).troubled.remove(failed.fragment());
      var row =
          last == null ? Row.plain(failed.stage(), failed.fragment(), Status.FAILED, 0) : last;
      tell(row.givenUp(failed.attempts(), failed.failure(), failed.label(), failed.log()));
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
    var measured = Measured.of(script.fragments(), batch);
    batch
        .done()
        .forEach(each -> tell(row(script, each, Status.COMPLETED, 0, now, measured.get(each))));
    for (var failed : batch.failed()) {
      var took = measured.get(failed.fragment());
      var row = row(script, failed.fragment(), Status.FAILED, failed.exitCode(), now, took);
      stage(script.stage()).troubled.put(failed.fragment(), row);
    }
  }

  private Row row(
      Sent script,
      int fragment,
      Status status,
      @Nullable Integer exit,
      Instant now,
      Measured.Fragment took) {
    var attempt = stage(script.stage()).attempts.getOrDefault(fragment, 1);
    return new Row(
        script.stage(),
        fragment,
        status,
        exit,
        attempt,
        script.provider(),
        script.at(),
        now,
        took.milliseconds(),
        took.cpuMilliseconds() < 0 ? null : took.cpuMilliseconds(),
        took.bytes() < 0 ? null : took.bytes(),
        took.memory() < 0 ? null : took.memory(),
        null,
        null,
        null);
  }

  private void abort(String name, Stage stage) {
    stage.begun.andNot(stage.told);
    stage.begun.stream()
        .forEach(
            each ->
                tell(Row.plain(name, each, Status.ABORTED, stage.attempts.getOrDefault(each, 1))));
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
