package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.golempipeline.cli.pipeline.OpenPipeline;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Refusal;
import org.golempipeline.cli.wiring.NodeOnDemand;
import org.golempipeline.cli.wiring.PipelineText;
import org.golempipeline.cli.wiring.Scratch;
import org.golempipeline.cli.wiring.Wiring;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.image.Images;
import org.golempipeline.plan.Plan;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.LastWords;
import org.golempipeline.report.Words;
import org.golempipeline.run.TrialRuns;
import org.golempipeline.spec.Overrides;
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
    var text = PipelineText.read(console, folder.resolve("pipeline.yaml").toString());
    var pipeline = new OpenPipeline(console, text, Checked.of(Plugins.NONE), Overrides.NONE);
    var wiring = pipeline.wiring();
    var runId = wiring.newRunId();
    var runFolder = Wiring.runFolder(text, runId);
    var plan = pipeline.requirePlan(runFolder);
    var watch = new Watch(runFolder);
    var trials =
        new TrialRuns(
            text.name(),
            Wiring.agreementDuration(plan.spec()),
            pipeline.shell(plan.spec()),
            Images.none(),
            wiring.clock());
    try (var node = new NodeOnDemand(wiring, () -> scratch(plan), WORKERS, null);
        var interruption =
            new Interruption(
                trials::stop, () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED))) {
      trials.run(
          plan,
          runId,
          Wiring.newSessionId(),
          WORKERS,
          Wiring.budget(plan.spec()),
          node,
          List.of(watch));
    }
    return watch.finding(folder.resolve("result.txt"));
  }

  private Path scratch(Plan plan) {
    try {
      return Scratch.choose(plan, WORKERS, folder.resolve("node"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Finding problem(String why, @Nullable String hint) {
    return Finding.problem(
        "fragment",
        "A run of two fragments failed here: " + why + (why.endsWith(".") ? "" : "."),
        hint == null ? "Look at the other lines first; they may name the cause." : hint);
  }

  /** Remembers how the run ended. */
  private static final class Watch implements EventSink {
    private final Path runFolder;
    private RunEvent.@Nullable FragmentFailed failed;
    private RunEvent.@Nullable RunFinished finished;

    Watch(Path runFolder) {
      this.runFolder = runFolder;
    }

    @Override
    public void accept(StampedEvent stamped) {
      if (stamped.event() instanceof RunEvent.FragmentFailed event && failed == null) {
        failed = event;
      } else if (stamped.event() instanceof RunEvent.RunFinished event) {
        finished = event;
      }
    }

    Finding finding(Path result) throws IOException {
      if (failed != null) {
        var said = failed.log() == null ? "" : LastWords.of(runFolder.resolve(failed.log()));
        var message = failed.failure().message();
        return problem(
            said.isEmpty() ? message : message + " It said: " + said, failed.failure().hint());
      }
      if (finished == null || finished.failure() != null) {
        var failure = finished == null ? null : finished.failure();
        return failure == null
            ? problem("it came to no end", null)
            : problem(failure.message(), failure.hint());
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
