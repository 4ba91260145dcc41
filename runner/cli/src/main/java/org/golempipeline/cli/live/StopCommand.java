package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stop}: ends a run that goes on elsewhere. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "Ends a run that goes on in another terminal, or in none, as Ctrl-C does there.",
      "What runs is ended, what is rented is given back and paid; waits until that is done. Called"
          + " again",
      "meanwhile, it ends the run at once, and `settle` does the rest."
    })
public final class StopCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "RUN", description = RunChoice.RUN)
  String run = "";

  @Option(
      names = "--now",
      description = "Ends it at once, as a second Ctrl-C does; `settle` does the rest.")
  boolean now;

  @Mixin RunChoice choice = new RunChoice();

  public StopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var histories = choice.histories(console);
    var id = choice.resolve(histories, run);
    try (var live = LiveRun.open(console, histories.folder(id));
        var interruption = new Interruption(live::leave)) {
      live.read();
      if (!live.lives()) {
        live.end(List.of("Run %s is over already.".formatted(id)));
        return ExitCodes.DONE;
      }
      if (!end(live, process(id, histories.folder(id)))) {
        live.end(List.of("Run %s is still ending.".formatted(id)));
        return ExitCodes.INTERRUPTED;
      }
      return live.finished() != null ? ExitCodes.DONE : endedAtOnce(histories, id, live);
    }
  }

  private static RunProcess process(String id, Path folder) throws Refusal, IOException {
    return RunProcess.of(folder)
        .orElseThrow(
            () ->
                Refusal.usage(
                    "Run %s is in the hands of a program that ends it itself, or is not of this machine."
                        .formatted(id),
                    "End it there."));
  }

  /** Waits for the end of its process; false if nobody wants to wait any more. */
  private boolean end(LiveRun live, RunProcess process)
      throws Refusal, IOException, InterruptedException {
    var asked = Instant.MIN;
    while (live.lives()) {
      var time = console.clock().instant();
      // A wish may arrive as several signals, so what comes soon after the first one is none.
      if (asked == Instant.MIN || now && isLater(asked, time)) {
        if (!process.end()) {
          throw Refusal.usage(
              "Process %d may not be ended by this user.".formatted(process.pid()),
              "Ask its owner, or be that user.");
        }
        asked = time;
      }
      if (!live.pause()) {
        return false;
      }
      live.read();
    }
    return true;
  }

  private static boolean isLater(Instant asked, Instant time) {
    return Duration.between(asked, time).compareTo(Interruption.ONE_WISH) > 0;
  }

  private int endedAtOnce(RunHistories histories, String id, LiveRun live) throws IOException {
    live.end(live.leftOpen());
    return histories.read(id).isUnsettled() ? ExitCodes.OUTSTANDING : ExitCodes.DONE;
  }
}
