package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/** What was tried with one fragment, by the journal of its run. */
public final class FragmentAttempts {
  /**
   * One try.
   *
   * @param provider by name; null if the journal does not say
   * @param took until its script was back; null if it never came back
   * @param done whether its output was taken
   * @param failure why not, if somebody said so
   * @param log relative to the run's folder
   */
  public record Attempt(
      String stage,
      @Nullable String provider,
      Instant at,
      @Nullable Duration took,
      boolean done,
      @Nullable Failure failure,
      @Nullable Integer exitCode,
      @Nullable String log) {
    /** The same that came to an end. */
    private Attempt ended(
        RunEvent.BatchFinished batch,
        boolean wellDone,
        @Nullable Failure why,
        @Nullable Integer code,
        @Nullable String kept) {
      var time = Duration.ofMillis(batch.milliseconds());
      return new Attempt(stage, provider, at, time, wellDone, why, code, kept);
    }
  }

  private final @Nullable String stage;
  private final int fragment;
  private final Map<Integer, String> providers = new HashMap<>();
  private final Map<Integer, Attempt> attempts = new LinkedHashMap<>();

  private FragmentAttempts(@Nullable String stage, int fragment) {
    this.stage = stage;
    this.fragment = fragment;
  }

  /**
   * In the order in which they began.
   *
   * @param stage null for all that have the fragment
   */
  public static List<Attempt> read(Path runFolder, @Nullable String stage, int fragment)
      throws IOException {
    var found = new FragmentAttempts(stage, fragment);
    new JournalReader(runFolder)
        .scan(
            found::add,
            RunEvent.RentalOpened.class,
            RunEvent.BatchStarted.class,
            RunEvent.BatchFinished.class);
    return List.copyOf(found.attempts.values());
  }

  private void add(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RentalOpened rental) {
      providers.put(rental.rental(), rental.providerName());
    } else if (event instanceof RunEvent.BatchStarted batch) {
      if ((stage == null || stage.equals(batch.stage())) && batch.fragments().contains(fragment)) {
        var provider = providers.get(batch.rental());
        attempts.put(
            batch.batch(),
            new Attempt(batch.stage(), provider, stamped.at(), null, false, null, null, null));
      }
    } else if (event instanceof RunEvent.BatchFinished batch) {
      attempts.computeIfPresent(
          batch.batch(), (id, attempt) -> batch.neverSent() ? null : ended(attempt, batch));
    }
  }

  private Attempt ended(Attempt attempt, RunEvent.BatchFinished batch) {
    for (var failed : batch.failed()) {
      if (failed.fragment() == fragment) {
        return attempt.ended(batch, false, failed.failure(), failed.exitCode(), failed.log());
      }
    }
    var done = batch.done().contains(fragment);
    return attempt.ended(batch, done, done ? null : batch.failure(), null, null);
  }
}
