package org.golempipeline.cli.pipeline;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.pipeline.FolderSurroundings;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.spec.Overrides;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The pipeline file of a command, and what may be said about any of them. */
public final class PipelineOptions {
  private static final String USUAL = "pipeline.yaml";

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The pipeline file; - is standard input. Default: " + USUAL + ".")
  private @Nullable String file;

  @Mixin private ParamOptions params = new ParamOptions();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "Puts the settings of that profile of the file over what stands in it; repeat it for"
              + " more, of which the last one counts.")
  private List<String> profiles = new ArrayList<>();

  @Mixin private PluginOptions plugins = new PluginOptions();

  @Option(
      names = "--allow-outside",
      description = "Lets paths in the file leave the folder that it lies in.")
  private boolean allowOutside;

  @Option(
      names = "--no-local-commands",
      description = {
        "Refuses files that would run commands of theirs on this machine: in split, accept, merge"
            + " or until, or to audit by local.",
        "What providers run is not meant, even when they are processes here."
      })
  private boolean noLocalCommands;

  /** As the user called it. */
  public String file() {
    return file == null ? USUAL : file;
  }

  /** The file as it is now, with its plugins. */
  public Pipeline open(Console console) throws Refusal {
    if (file == null && !Files.exists(console.folder().resolve(USUAL))) {
      throw Refusal.usage(
          "No FILE is named, and there is no `%s` in `%s`.".formatted(USUAL, console.folder()),
          "Name a pipeline file, or make one with `golem-pipeline init`.");
    }
    var text =
        file().equals(PipelineText.STANDARD_INPUT)
            ? PipelineText.ofStandardInput(console.machine(), console.in())
            : PipelineText.read(console.machine(), file());
    var overrides =
        new Overrides(
            params.values(console),
            Map.of(),
            profiles,
            console::variable,
            allowOutside,
            !noLocalCommands,
            new FolderSurroundings(text.folder()));
    var known = plugins.announced(console, text);
    return new Pipeline(console.machine(), text, known, overrides);
  }
}
