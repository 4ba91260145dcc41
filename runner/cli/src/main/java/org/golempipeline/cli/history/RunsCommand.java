package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Files;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Columns;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.journal.RunHistoryJson;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runs}: what became of earlier runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the earlier runs of the pipelines in a folder, the newest first.",
      "Each with id, pipeline, when it began, how long it took, fragments, GLM spent, exit code,"
          + " and how it ended."
    })
public final class RunsCommand implements Callable<Integer> {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
  private static final int LONGEST_REASON = 80;

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "PLACE",
      description = "A pipeline file, or a folder of such. Default: the current folder.")
  String place = "";

  @Option(names = "--json", description = "Prints each run as a line of JSON.")
  boolean json;

  public RunsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var folder = RunChoice.folder(console, place);
    var histories = new RunHistories(folder);
    var named = console.folder().resolve(place);
    var file = Files.isRegularFile(named) ? String.valueOf(named.getFileName()) : null;
    var rows = new ArrayList<List<String>>();
    for (var run : histories.newest(Integer.MAX_VALUE, new Messages(console)::unreadable)) {
      if (file != null && !RunChoice.isOf(run, file)) {
        continue;
      }
      if (json) {
        console.out().println(RunHistoryJson.write(run));
      } else {
        rows.add(row(run));
      }
    }
    if (rows.isEmpty() && !json) {
      new Messages(console).line("No runs yet.");
    }
    Columns.print(console.out(), rows);
    return ExitCodes.DONE;
  }

  private static List<String> row(RunHistory run) {
    var at = run.at();
    var fragments = Words.number(run.done()) + " done";
    return List.of(
        run.id(),
        run.pipeline().orElse("?"),
        at == null ? "?" : MINUTE.format(at.atZone(ZoneId.systemDefault())),
        at == null ? "?" : Words.duration(run.took()),
        run.failed() == 0 ? fragments : fragments + ", " + Words.number(run.failed()) + " failed",
        Words.glm(run.spent()),
        run.exitCode() == null ? "-" : run.exitCode().toString(),
        end(run));
  }

  private static String end(RunHistory run) {
    var failure = run.failure();
    var text =
        switch (run.state()) {
          case RUNNING -> "still running";
          case DONE -> "done";
          case PARTIAL -> "partial: " + Words.count(run.missing(), "fragment") + " missing";
          case FAILED ->
              "failed: "
                  + (failure == null ? "" : Words.beginning(failure.message(), LONGEST_REASON));
          case INTERRUPTED -> "interrupted";
          case UNFINISHED -> "not finished";
        };
    return run.isUnsettled() ? text + "; to be settled" : text;
  }
}
