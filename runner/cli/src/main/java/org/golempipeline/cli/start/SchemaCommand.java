package org.golempipeline.cli.start;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.golempipeline.cli.pipeline.PluginOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.spec.PipelineSchema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code schema}: for editors. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = "Prints the JSON Schema of pipeline files, for completion and checks in editors.")
public final class SchemaCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "A pipeline file, whose pinned plugins become part of the schema.")
  @Nullable String file;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(
      names = "--write",
      description = {
        "Writes it to "
            + SchemaFile.NAME
            + " in the current folder, where the first line of a pipeline file",
        "finds it:  # yaml-language-server: $$schema=" + SchemaFile.NAME
      })
  boolean write;

  public SchemaCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal {
    var plugins =
        pluginOptions.announced(
            console, file == null ? null : PipelineText.read(console.machine(), file));
    new Messages(console).diagnostics(plugins.diagnostics());
    if (plugins.orNull() == null) {
      return ExitCodes.USAGE;
    }
    var schema = PipelineSchema.json(plugins.orNull().strategies());
    if (!write) {
      console.out().print(schema);
      return ExitCodes.DONE;
    }
    try {
      SchemaFile.write(console.folder(), schema);
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not write `%s`: %s.".formatted(SchemaFile.NAME, Trouble.reason(e)),
          "Without `--write` the schema is printed.");
    }
    console.say("Wrote " + SchemaFile.NAME + ".");
    return ExitCodes.DONE;
  }
}
