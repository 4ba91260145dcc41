package org.golempipeline.cli.run;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.DiagnosticJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code check}: all mistakes of a file. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Finds all mistakes of a pipeline file, with their places, and runs nothing.",
      "With --laws it also tries on a sample whether the result depends on how the input is cut."
    })
public final class CheckCommand implements Callable<Integer> {
  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Option(names = "--json", description = "Prints the mistakes as a JSON array.")
  boolean json;

  @Option(
      names = "--merged",
      description =
          "Prints the file with all that it includes and with the profiles that are chosen; comments"
              + " say what comes from where.")
  boolean merged;

  @Mixin LawsOptions laws = new LawsOptions();

  public CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var tryLaws = laws.wanted();
    if (merged && (json || tryLaws)) {
      throw Refusal.usage(
          "`--merged` prints the file, and `%s` something else."
              .formatted(json ? "--json" : "--laws"),
          "Leave out one of the two.");
    }
    var pipeline = options.open(console);
    if (tryLaws) {
      var exitCode = laws.check(console, pipeline, json);
      return exitCode;
    }
    var checked = pipeline.check();
    if (json) {
      console.out().print(DiagnosticJson.of(checked.diagnostics()));
    } else {
      new Messages(console).diagnostics(checked.diagnostics());
      if (merged) {
        pipeline.merged().value().ifPresent(console.out()::print);
      } else if (checked.diagnostics().isEmpty()) {
        console.say(options.file() + ": no mistakes found.");
      }
    }
    return checked.orNull() != null ? ExitCodes.DONE : ExitCodes.USAGE;
  }
}
