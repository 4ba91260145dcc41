package org.golempipeline.cli.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plugins.Plugin;
import org.golempipeline.plugins.PluginException;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.TerminalText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * {@code --plugin JAR}, shared by the commands that need strategies, and the plugins that a command
 * has by it, by the lock file of its pipeline, and with the product.
 */
public final class PluginOptions {
  @Option(
      names = "--plugin",
      paramLabel = "JAR",
      description =
          "Uses the strategies of this plugin, for this command only; repeat it for more. What"
              + " `plugins pin` wrote into the lock file of the pipeline is used without it.")
  public List<String> jars = new ArrayList<>();

  /**
   * The plugins of a command that has no pipeline file or whose lock file does not matter: those
   * that it names.
   */
  public Plugins named(Console console) throws Refusal {
    var plugins = Plugins.NONE;
    for (var jar : jars) {
      try {
        plugins = plugins.with(load(console, jar));
      } catch (PluginException e) {
        throw refusal(e);
      }
    }
    return plugins;
  }

  /**
   * The plugins of a command about {@code text}: those that the command names, then those pinned,
   * then those that come with the product and that the file names; all of these without a file.
   */
  public Checked<Plugins> all(Console console, @Nullable PipelineText text) throws Refusal {
    var chosen = chosen(console, text);
    var plugins = chosen.orNull();
    return plugins == null
        ? chosen
        : new Checked<>(withBundled(console, plugins, text), chosen.diagnostics());
  }

  private Checked<Plugins> chosen(Console console, @Nullable PipelineText text) throws Refusal {
    var named = named(console);
    return text == null ? Checked.of(named) : text.plugins(console.machine(), named);
  }

  private static Plugins withBundled(Console console, Plugins chosen, @Nullable PipelineText text)
      throws Refusal {
    var folder = console.plugins().orElse(null);
    if (folder == null) {
      return chosen;
    }
    try {
      return chosen.withBundled(folder, vendor -> text == null || text.says(vendor + "/"));
    } catch (PluginException e) {
      throw refusal(e);
    }
  }

  /** The same, and says which plugins are there for this command only. */
  public Checked<Plugins> announced(Console console, @Nullable PipelineText text) throws Refusal {
    var plugins = all(console, text);
    for (var plugin : plugins.value().orElse(Plugins.NONE).all()) {
      if (jars.contains(plugin.jar())) {
        var line =
            "plugin `%s` %s from `%s`, for this command only"
                .formatted(plugin.name(), plugin.version(), plugin.jar());
        console.err().println(TerminalText.safe(line));
      }
    }
    return plugins;
  }

  static Plugin load(Console console, String jar) throws Refusal, PluginException {
    return Plugins.load(console.path(jar), jar);
  }

  static Refusal refusal(PluginException e) {
    return Refusal.usage(e.getMessage(), e.hint());
  }
}
