package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.pipeline.RunOptions;
import org.golempipeline.report.LastWords;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** A run of two fragments on this machine, from a file to a result, as {@code run} does it. */
final class TrialRun {
  static final String PIPELINE =
      """
      version: 1
      name: doctor
      input: input.txt
      split: { lines: 1 }
      run: tr a-z A-Z < "$in" > "$out"
      retry: { attempts: 1 }
      timeout: { negotiate: 20s, deploy: 20s, transfer: 20s, run: 20s, idle: 20s }
      merge: concat
      output: result.txt
      """;

  private static final String INPUT = "one\ntwo\n";
  private static final String RESULT = "ONE\nTWO\n";
  private static final int WORKERS = 2;

  private final Console console;
  private final Path folder;

  /**
   * @param folder for everything, to be removed by the caller
   */
  TrialRun(Console console, Path folder) {
    this.console = console;
    this.folder = folder;
  }

  Finding run() throws Refusal, InterruptedException {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("input.txt"), INPUT);
      Files.writeString(folder.resolve("pipeline.yaml"), PIPELINE);
      return finding();
    } catch (IOException e) {
      return problem(Trouble.reason(e), null);
    }
  }

  private Finding finding() throws Refusal, IOException, InterruptedException {
    var file = folder.resolve("pipeline.yaml").toString();
    var pipeline = Pipeline.open(console.machine(), file, Map.of());
    var watch = new Watch();
    try (var run = pipeline.start(RunOptions.LOCAL.withWorkers(WORKERS), watch);
        var interruption = new Interruption(() -> run.stop("Interrupted."))) {
      var end = run.result();
      if (end.exitCode() == ExitCodes.INTERRUPTED) {
        throw new InterruptedException();
      }
      return watch.finding(run.folder(), end, folder.resolve("result.txt"));
    }
  }

  private static Finding problem(String why, @Nullable String hint) {
    return Finding.problem(
        "fragment",
        "A run of two fragments failed here: " + why + (why.endsWith(".") ? "" : "."),
        hint == null ? "Look at the other lines first; they may name the cause." : hint);
  }

  /** Remembers what failed. */
  private static final class Watch implements EventSink {
    private RunEvent.@Nullable FragmentFailed failed;

    @Override
    public void accept(StampedEvent stamped) {
      if (stamped.event() instanceof RunEvent.FragmentFailed event && failed == null) {
        failed = event;
      }
    }

    Finding finding(Path runFolder, RunEvent.RunFinished finished, Path result) throws IOException {
      if (failed != null) {
        var said = failed.log() == null ? "" : LastWords.of(runFolder.resolve(failed.log()));
        var message = failed.failure().message();
        return problem(
            said.isEmpty() ? message : message + " It said: " + said, failed.failure().hint());
      }
      var failure = finished.failure();
      if (failure != null) {
        return problem(failure.message(), failure.hint());
      }
      var found = Files.readString(result);
      return found.equals(RESULT)
          ? Finding.ok(
              "fragment",
              "two fragments ran here and gave the right result, in "
                  + Words.duration(Duration.ofMillis(finished.milliseconds())))
          : problem(
              "its result is `%s` instead of `%s`".formatted(found.strip(), RESULT.strip()),
              "Look at what `tr` on the PATH is.");
    }
  }
}
