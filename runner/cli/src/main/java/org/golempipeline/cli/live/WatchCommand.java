package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code watch}: a run that goes on elsewhere. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a run that goes on in another terminal, or in none, until it ends.",
      "Ctrl-C ends the watching and not the run. The exit code is that of the run."
    })
public final class WatchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = {RunChoice.RUN, "Default: last."})
  String run = RunChoice.LAST;

  @Mixin RunChoice choice = new RunChoice();

  public WatchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var histories = choice.histories(console);
    var id = choice.resolve(histories, run);
    return follow(histories, id, histories.folder(id));
  }

  private int follow(RunHistories histories, String id, Path folder)
      throws IOException, InterruptedException {
    try (var live = LiveRun.open(console, folder);
        var interruption =
            new Interruption(live::leave, () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED))) {
      while (true) {
        live.read();
        var end = live.finished();
        if (end != null) {
          return end.exitCode();
        }
        if (!live.lives()) {
          break;
        }
        if (!live.pause()) {
          live.end(List.of("Run %s goes on; `golem-pipeline stop` ends it.".formatted(id)));
          return ExitCodes.INTERRUPTED;
        }
      }
    }
    new Messages(console)
        .error(
            "Run %s is not finished: its process died.".formatted(id),
            histories.read(id).isUnsettled()
                ? "`golem-pipeline settle %s` ends and pays what it left on the network."
                    .formatted(id)
                : "Run it again: what is done is not computed again.");
    return ExitCodes.FAILED;
  }
}
