package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.html.RunPage;
import org.golempipeline.pipeline.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: a run as a page for a browser. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a page for a browser about a run that is over, dead or still going on.",
      "It is one file that needs no network, made from the journal of the run alone."
    })
public final class ReportCommand implements Callable<Integer> {
  private static final String FILE = "report.html";

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = {RunChoice.RUN, "Default: last."})
  String run = "last";

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to write it. Default: report.html in the folder of the run.")
  @Nullable String output;

  @Mixin RunChoice choice = new RunChoice();

  public ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var histories = choice.histories(console);
    var folder = histories.folder(choice.resolve(histories, run));
    var target = target(folder);
    RunPage.write(folder, target, ZoneId.systemDefault());
    console.say(console.shown(target));
    return ExitCodes.DONE;
  }

  private Path target(Path folder) throws Refusal, IOException {
    if (output == null) {
      return folder.resolve(FILE);
    }
    var target = console.path(output);
    if (output.isEmpty() || Files.isDirectory(target)) {
      throw Refusal.usage(
          "`--output %s` names no file.".formatted(output),
          "Name the file to write, such as `report.html`.");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !RunPage.isPage(target)) {
      throw Refusal.usage(
          "`%s` exists and is no report.".formatted(output),
          "Move it away, or write the report elsewhere.");
    }
    if (!Files.isDirectory(target.resolveSibling("."))) {
      throw Refusal.usage(
          "There is no folder for `%s`.".formatted(output), "Make it, or write elsewhere.");
    }
    return target;
  }
}
