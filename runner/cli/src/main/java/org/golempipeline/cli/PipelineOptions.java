package org.golempipeline.cli;

import java.util.Map;
import org.golempipeline.spec.Overrides;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The pipeline file of a command, and what may be said about any of them. */
final class PipelineOptions {
  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  private String file = "";

  @Mixin private ParamOptions params = new ParamOptions();

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
  String file() {
    return file;
  }

  /** The file as it is now, with its plugins. */
  OpenPipeline open(Console console) throws Refusal {
    var text = PipelineText.read(console, file);
    var overrides =
        new Overrides(
            params.values(console),
            Map.of(),
            console::variable,
            allowOutside,
            !noLocalCommands,
            new FolderSurroundings(text.folder()));
    var known = plugins.announced(console, text);
    return new OpenPipeline(console, text, known, overrides);
  }
}
