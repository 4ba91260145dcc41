package org.golempipeline.laws;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.plan.Plan;
import org.golempipeline.report.LastWords;
import org.golempipeline.run.TrialRuns;
import org.jspecify.annotations.Nullable;

/** Runs plans one after the other, each in a folder of its own and with nothing to reuse. */
final class SampleRuns {
  private final LawsSettings settings;

  private final TrialRuns trials;
  private int runs;

  SampleRuns(LawsSettings settings) {
    this.settings = settings;
    this.trials =
        new TrialRuns(
            settings.file(),
            settings.duration(),
            settings.shell(),
            settings.images(),
            settings.clock());
  }

  /** A folder for the results of the next run. */
  Path results() throws IOException {
    return Files.createDirectories(settings.home().resolve("run-" + runs++).resolve("results"));
  }

  /**
   * Runs a plan whose results go to such a folder.
   *
   * @param stage whose value is a result
   */
  Answer run(Plan plan, String stage, int workers) throws IOException, InterruptedException {
    var results = plan.results();
    var watch = new Watch(stage, TrialRuns.folder(plan, settings.id()));
    trials.run(
        plan,
        settings.id(),
        session(results),
        workers,
        BigDecimal.ONE,
        settings.daemons(),
        List.of(watch));
    return watch.answer(plan);
  }

  private static String session(Path results) {
    return UUID.nameUUIDFromBytes(results.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Ends what runs and lets nothing start; may be called from any thread. */
  void stop() {
    trials.stop();
  }

  /** Throws if {@link #stop} was called. */
  void goOn() throws InterruptedException {
    trials.goOn();
  }

  /** Remembers how a run ended and what it answered. */
  private static final class Watch implements EventSink {
    private final String stage;
    private final List<String> values = new ArrayList<>();
    private @Nullable Failure failure;
    private @Nullable Failure ended;
    private final Path folder;
    private boolean finished;

    Watch(String stage, Path folder) {
      this.stage = stage;
      this.folder = folder;
    }

    @Override
    public void accept(StampedEvent stamped) {
      if (stamped.event() instanceof RunEvent.ValueFound value && value.stage().equals(stage)) {
        values.add(value.value());
      } else if (stamped.event() instanceof RunEvent.FragmentFailed failed && failure == null) {
        failure = explained(failed);
      } else if (stamped.event() instanceof RunEvent.RunFinished end) {
        finished = end.exitCode() == 0;
        ended = end.failure();
      }
    }

    Answer answer(Plan plan) throws IOException {
      if (finished) {
        failure = null;
      } else if (failure == null) {
        failure = ended;
      }
      var found = TrialRuns.results(plan);
      for (var value : values) {
        var file = plan.results().resolveSibling("value");
        Files.writeString(file, value + "\n");
        found.put("the value of " + stage, file);
      }
      return new Answer(failure, found);
    }

    /** What the fragment's program said last is what helps, and its log does not stay. */
    private Failure explained(RunEvent.FragmentFailed failed) {
      var said = failed.log() == null ? "" : LastWords.of(folder.resolve(failed.log()));
      return Failure.of(
          failed.failure().kind(),
          "%s: %s%s"
              .formatted(
                  failed.label(),
                  Sampler.plain(failed.failure().message()),
                  said.isEmpty() ? "" : ": " + said));
    }
  }
}
