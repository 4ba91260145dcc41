package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.journal.MessageLog;
import org.golempipeline.journal.RecordingException;
import org.golempipeline.journal.Replay;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code replay}: whether a run would be decided the same way again. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Decides a run again, from what it recorded, and compares with its journal.",
      "Nothing is run or rented. Exit code 1 says that this version decides otherwise."
    })
public final class ReplayCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "RUN", description = RunChoice.RUN)
  String run = "";

  @Mixin RunChoice choice = new RunChoice();

  public ReplayCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var histories = choice.histories(console);
    var id = choice.resolve(histories, run);
    var folder = histories.folder(id);
    if (!Files.exists(folder.resolve(MessageLog.FILE))) {
      throw Refusal.usage(
          "Run %s recorded nothing to replay: there is no `%s` in its folder."
              .formatted(id, MessageLog.FILE),
          "Runs of older versions cannot be replayed; their journal can still be read.");
    }
    try {
      return say(id, Replay.of(folder));
    } catch (RecordingException e) {
      throw Refusal.usage(
          "Could not replay run %s: %s.".formatted(id, e.getMessage()),
          histories.read(id).state() == RunHistory.State.RUNNING
              ? "It is still going on: replay it when it is over."
              : "Replay it with the version that ran it.");
    }
  }

  private int say(String id, Replay.Outcome outcome) {
    var compared =
        "%s, %s"
            .formatted(
                Words.count((int) outcome.messages(), "message"),
                Words.count((int) outcome.events(), "event"));
    var difference = outcome.difference();
    if (difference == null) {
      print(compared + ": the same decisions");
      if (!outcome.complete()) {
        print("What run %s recorded ends there, before its end.".formatted(id));
      }
      return ExitCodes.DONE;
    }
    print(compared + ": then other decisions");
    print("message %d, `%s`".formatted(difference.message(), difference.told()));
    print("  journaled: " + orNothing(difference.journaled()));
    print("  now:       " + orNothing(difference.decided()));
    return ExitCodes.FAILED;
  }

  private static String orNothing(@org.jspecify.annotations.Nullable String event) {
    return event == null ? "nothing more" : event;
  }

  private void print(String line) {
    console.say(line);
  }
}
