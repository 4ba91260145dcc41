package org.golempipeline.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.DiagnosticJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}: all mistakes of a file. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Finds all mistakes of a pipeline file, with their places, and runs nothing.",
      "With --laws it also tries on a sample whether the result depends on how the input is cut."
    })
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

  @Mixin LawsOptions laws = new LawsOptions();

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var tryLaws = laws.wanted();
    var text = PipelineText.read(console, file);
    var values = params.values(console);
    var plugins = pluginOptions.announced(console, text);
    var wiring = new Wiring(console, plugins.value().orElse(Plugins.NONE));
    var checked = plugins.then(known -> wiring.load(text, values, allowOutside));
    var spec = checked.value().orElse(null);
    if (tryLaws && spec != null) {
      new Messages(console).diagnostics(checked.diagnostics());
      var exitCode = laws.check(console, wiring, spec, text, json);
      console.out().flush();
      return exitCode;
    }
    if (json) {
      console.out().print(DiagnosticJson.of(checked.diagnostics()));
    } else {
      new Messages(console).diagnostics(checked.diagnostics());
      if (spec != null) {
        console.out().println(file + ": no mistakes found.");
      }
    }
    console.out().flush();
    return spec != null ? ExitCodes.DONE : ExitCodes.USAGE;
  }
}
