package org.golempipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.golempipeline.journal.PlanJson;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.PlanDrawing;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: what a run would do. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Shows the stages and fragments that a run would have. Runs and spends nothing.")
final class PlanCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  String file = "";

  @Mixin ParamOptions params = new ParamOptions();

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = Format.Converter.class,
      description = "text (default), dot for Graphviz, mermaid for Markdown, or json.")
  Format format = Format.TEXT;

  @Option(
      names = "--allow-outside",
      description = "Lets paths in the file leave the folder that it lies in.")
  boolean allowOutside;

  @Option(
      names = "--no-local-commands",
      description = "Refuses files that would run commands of theirs on this machine.")
  boolean noLocalCommands;

  PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var text = PipelineText.read(console, file);
    var values = params.values(console);
    var plugins = pluginOptions.announced(console, text);
    var wiring = new Wiring(console, plugins.value().orElse(Plugins.NONE));
    var folder = Wiring.runFolder(text, "plan-" + wiring.newRunId());
    var planned =
        plugins
            .then(known -> wiring.load(text, values, allowOutside))
            .then(spec -> wiring.plan(spec, text, folder, !noLocalCommands));
    new Messages(console).diagnostics(planned.diagnostics());
    var plan = planned.value().orElse(null);
    if (plan == null) {
      return ExitCodes.USAGE;
    }
    format.draw(plan, console.out());
    if (format == Format.TEXT) {
      var lines = new PlanOutlook(plan).lines(wiring, text, folder, !noLocalCommands);
      lines.forEach(line -> console.out().println(TerminalText.safe(line)));
    }
    console.out().flush();
    FileUtils.deleteDirectory(folder.toFile());
    return ExitCodes.DONE;
  }

  /** How a plan is drawn. */
  enum Format {
    TEXT,
    DOT,
    MERMAID,
    JSON;

    void draw(Plan plan, PrintStream to) {
      switch (this) {
        case TEXT -> to.print(TerminalText.safeLines(PlanDrawing.text(plan)));
        case DOT -> to.print(PlanDrawing.dot(plan));
        case MERMAID -> to.print(PlanDrawing.mermaid(plan));
        case JSON -> to.println(PlanJson.write(plan));
      }
    }

    /** Names the formats in lower case. */
    static final class Converter implements picocli.CommandLine.ITypeConverter<Format> {
      @Override
      public Format convert(String value) {
        for (var format : values()) {
          if (format.name().toLowerCase(Locale.ROOT).equals(value)) {
            return format;
          }
        }
        throw new picocli.CommandLine.TypeConversionException(
            "`%s` is not among text, dot, mermaid and json".formatted(value));
      }
    }
  }
}
