package org.golempipeline.cli;

import java.util.concurrent.Callable;
import org.golempipeline.report.DiagnosticJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}: all mistakes of a file. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Finds all mistakes of a pipeline file, with their places, and runs nothing.")
final class CheckCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  String file = "";

  @Mixin ParamOptions params = new ParamOptions();

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = "--json", description = "Prints the mistakes as a JSON array.")
  boolean json;

  @Option(
      names = "--allow-outside",
      description = "Lets paths in the file leave the folder that it lies in.")
  boolean allowOutside;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal {
    var text = PipelineText.read(console, file);
    var values = params.values(console);
    var checked =
        pluginOptions
            .announced(console, text)
            .then(plugins -> new Wiring(console, plugins).load(text, values, allowOutside));
    if (json) {
      console.out().print(DiagnosticJson.of(checked.diagnostics()));
    } else {
      new Messages(console).diagnostics(checked.diagnostics());
      if (checked.value().isPresent()) {
        console.out().println(file + ": no mistakes found.");
      }
    }
    console.out().flush();
    return checked.value().isPresent() ? ExitCodes.DONE : ExitCodes.USAGE;
  }
}
