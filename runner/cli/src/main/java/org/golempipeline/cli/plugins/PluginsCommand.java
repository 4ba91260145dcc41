package org.golempipeline.cli.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.pipeline.PluginOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedPlugin;
import org.golempipeline.lock.MavenCoordinates;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plugins.Plugin;
import org.golempipeline.plugins.PluginException;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.golempipeline.spec.Nearest;
import org.golempipeline.spec.Strategies;
import org.golempipeline.spec.StrategyText;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plugins}: strategies and the jars they come from. */
@Command(
    name = "plugins",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows strategies, makes new ones, and pins plugin jars to a pipeline.")
public final class PluginsCommand {
  private static final int DIGITS_SHOWN = 12;

  private static final List<String> ORDER = List.of("list", "describe", "new", "pin", "unpin");

  private final Console console;

  /** The version of this program, which a new plugin is for. */
  private final String product;

  private PluginsCommand(Console console, String product) {
    this.console = console;
    this.product = product;
  }

  /**
   * The command with its own commands, in an order that is always the same.
   *
   * @param product the version of this program
   */
  public static CommandLine line(Console console, String product) {
    var line = new CommandLine(new PluginsCommand(console, product));
    var spec = line.getCommandSpec();
    ORDER.forEach(name -> spec.addSubcommand(name, spec.removeSubcommand(name)));
    return line;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists all split and merge strategies with their versions and jars.")
  int list(
      @Parameters(
              paramLabel = "FILE",
              arity = "0..1",
              description = "A pipeline file, whose pinned plugins are listed too.")
          @Nullable String file,
      @Mixin PluginOptions options)
      throws Refusal {
    var plugins = plugins(file, options);
    if (plugins == null) {
      return ExitCodes.USAGE;
    }
    var strategies = plugins.strategies();
    var rows = new ArrayList<List<String>>();
    strategies.splits().forEach(each -> rows.add(row("split", each, plugins)));
    strategies.merges().forEach(each -> rows.add(row("merge", each, plugins)));
    var width = rows.stream().mapToInt(row -> row.get(1).length()).max().orElse(0);
    for (var row : rows) {
      var line =
          "%s  %s%s  %s"
              .formatted(
                  row.get(0), row.get(1), " ".repeat(width - row.get(1).length()), row.get(2));
      console.say(line);
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "describe",
      mixinStandardHelpOptions = true,
      description = "Says what a strategy does and which options it has.")
  int describe(
      @Parameters(
              paramLabel = "NAME",
              completionCandidates = BuiltIn.class,
              description = "Its name, such as lines or acme/paragraphs.")
          String name,
      @Parameters(
              paramLabel = "FILE",
              arity = "0..1",
              description = "A pipeline file, whose pinned plugins are known too.")
          @Nullable String file,
      @Mixin PluginOptions options)
      throws Refusal {
    var plugins = plugins(file, options);
    if (plugins == null) {
      return ExitCodes.USAGE;
    }
    var strategies = plugins.strategies();
    var split = strategies.split(name);
    var merge = strategies.merge(name);
    if (split.isEmpty() && merge.isEmpty()) {
      throw unknown(name, strategies);
    }
    var text = new StringBuilder();
    split.ifPresent(each -> text.append(description(each, plugins)));
    text.append(split.isPresent() && merge.isPresent() ? "\n" : "");
    merge.ifPresent(each -> text.append(description(each, plugins)));
    console.out().print(TerminalText.safeLines(text.toString()));
    return ExitCodes.DONE;
  }

  @Command(
      name = "pin",
      mixinStandardHelpOptions = true,
      description = {
        "Writes jars with their digests into the lock file of a pipeline: files, or what Maven"
            + " repositories have.",
        "That is FILE.lock. From then on they are loaded with the pipeline, as long as they stay the"
            + " same."
      })
  int pin(
      @Parameters(paramLabel = "FILE", description = "The pipeline file.") String file,
      @Parameters(
              paramLabel = "JAR",
              arity = "1..*",
              description = "Files, or group:artifact:version of what Maven finds.")
          List<String> jars)
      throws Refusal {
    var text = PipelineText.read(console.machine(), file);
    var lock = lock(text);
    if (lock == null) {
      return ExitCodes.USAGE;
    }
    var pins = new TreeMap<>(lock.plugins());
    var plugins = loaded(jars);
    for (var plugin : plugins.all()) {
      pins.put(plugin.name(), locked(text, plugin));
    }
    // Other pins may be out of date, and pinned next; a clash with those that are not is told now.
    for (var problem :
        plugins.withPinned(lock, file, text.folder(), console.machine().maven()).diagnostics()) {
      if (problem.id().equals(org.golempipeline.plugins.PluginDiagnosticIds.PLUGIN_CLASH)) {
        throw Refusal.usage(problem.message(), problem.hint());
      }
    }
    write(lock, pins);
    for (var plugin : plugins.all()) {
      say(plugin, lock.source().name(), lock.plugins().get(plugin.name()), pins.get(plugin.name()));
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "unpin",
      mixinStandardHelpOptions = true,
      description = "Takes plugins out of the lock file of a pipeline, with all that they need.")
  int unpin(
      @Parameters(paramLabel = "FILE", description = "The pipeline file.") String file,
      @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of pinned plugins.")
          List<String> names)
      throws Refusal {
    var lock = lock(PipelineText.read(console.machine(), file));
    if (lock == null) {
      return ExitCodes.USAGE;
    }
    var pins = new TreeMap<>(lock.plugins());
    var unpinned = new LinkedHashSet<>(names);
    for (var name : unpinned) {
      if (!pins.containsKey(name)) {
        throw Refusal.usage(
            "No plugin `%s` is pinned in `%s`.".formatted(name, lock.source().name()),
            pins.isEmpty()
                ? "There is none to take out."
                : "Name one of `%s`.".formatted(String.join("`, `", pins.keySet())));
      }
    }
    pins.keySet().removeAll(unpinned);
    write(lock, pins);
    for (var name : unpinned) {
      console.say("Took `%s` out of %s.".formatted(name, lock.source().name()));
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = {
        "Writes a Maven project for a plugin with one split and one merge.",
        "It tests itself, and needs nothing of golem-pipeline but what is written into it."
      })
  int create(
      @Parameters(
              paramLabel = "NAME",
              description = "What it is called, such as paragraphs or acme/paragraphs.")
          String name,
      @Option(
              names = "--folder",
              paramLabel = "FOLDER",
              description = "Where it is written; NAME in the current folder if left out.")
          @Nullable String folder)
      throws Refusal, IOException {
    var project = PluginProject.named(name, product);
    var shown = folder == null ? project.artifact() : folder;
    project.write(console.path(shown), shown);
    console.say("Wrote the plugin `%s` into %s.".formatted(project.strategy(), shown));
    console.say("Next: `mvn verify` there; README.md says how to go on.");
    return ExitCodes.DONE;
  }

  /** The plugins of a command, or null if what is wrong with them was told. */
  private @Nullable Plugins plugins(@Nullable String file, PluginOptions options) throws Refusal {
    var text = file == null ? null : PipelineText.read(console.machine(), file);
    var plugins = options.all(console, text);
    new Messages(console).diagnostics(plugins.diagnostics());
    return plugins.orNull();
  }

  private Plugins loaded(List<String> jars) throws Refusal {
    var plugins = Plugins.NONE;
    for (var jar : jars) {
      try {
        plugins = plugins.with(loaded(jar));
      } catch (PluginException e) {
        throw Refusal.usage(e.getMessage(), e.hint());
      }
    }
    return plugins;
  }

  private Plugin loaded(String jar) throws Refusal, PluginException {
    var coordinates = coordinates(jar);
    return coordinates.isPresent()
        ? Plugins.load(coordinates.get(), console.machine().maven())
        : Plugins.load(console.path(jar), jar);
  }

  /** What is a file of this machine is taken for that. */
  private Optional<MavenCoordinates> coordinates(String jar) throws Refusal {
    return Files.exists(console.path(jar)) ? Optional.empty() : MavenCoordinates.parse(jar);
  }

  // ---- list and describe

  private static List<String> row(String kind, Strategy strategy, Plugins plugins) {
    return List.of(kind, strategy.name(), origin(strategy, plugins));
  }

  private static String origin(Strategy strategy, Plugins plugins) {
    return plugin(strategy, plugins)
        .map(
            plugin ->
                "version %s, plugin %s %s, %s%s"
                    .formatted(
                        strategy.version(),
                        plugin.name(),
                        plugin.version(),
                        plugin.jar(),
                        plugin.libraries().isEmpty()
                            ? ""
                            : " and " + Words.count(plugin.libraries().size(), "more jar")))
        .orElseGet(() -> "version %s, built in".formatted(strategy.version()));
  }

  private static Optional<Plugin> plugin(Strategy strategy, Plugins plugins) {
    return plugins.all().stream()
        .filter(each -> each.splits().contains(strategy) || each.merges().contains(strategy))
        .findFirst();
  }

  private static String description(SplitStrategy split, Plugins plugins) {
    var input =
        switch (split.inputUse()) {
          case REQUIRED -> "the stage needs one";
          case OPTIONAL -> "the stage may have one";
          case FORBIDDEN -> "the stage must have none";
        };
    return head("split", split, plugins) + "input: " + input + "\n" + options(split);
  }

  private static String description(MergeStrategy merge, Plugins plugins) {
    var result =
        switch (merge.result()) {
          case FILE -> "one file";
          case VALUE -> "one line, known to later stages by the name of the stage";
          case FILES -> "the outputs themselves";
          case FIRST -> "the first output that is accepted";
          case TREE -> "one file, made on providers";
        };
    return head("merge", merge, plugins) + "result: " + result + "\n" + options(merge);
  }

  private static String head(String kind, Strategy strategy, Plugins plugins) {
    var head =
        "%s: %s\n%s\n%s\n"
            .formatted(kind, strategy.name(), strategy.summary(), origin(strategy, plugins));
    return plugin(strategy, plugins).stream()
        .flatMap(plugin -> plugin.libraries().stream())
        .map(library -> "  needs %s\n".formatted(library.maven()))
        .reduce(head, String::concat);
  }

  private static String options(Strategy strategy) {
    return "options: %s\n%s"
        .formatted(
            strategy.optionsRequired() ? "needed" : "can be left out",
            StrategyText.options(strategy));
  }

  private static Refusal unknown(String name, Strategies strategies) {
    var known = new ArrayList<String>();
    strategies.splits().forEach(each -> known.add(each.name()));
    strategies.merges().forEach(each -> known.add(each.name()));
    var cure =
        name.contains("/")
            ? "Name its jar with `--plugin JAR`, or a pipeline that pins it."
            : "`golem-pipeline plugins list` shows all.";
    return Refusal.usage(
        "There is no strategy `%s`.".formatted(name),
        Nearest.to(name, known)
            .map(nearest -> "Did you mean `%s`? %s".formatted(nearest, cure))
            .orElse(cure));
  }

  // ---- pin and unpin

  /** The lock file of a pipeline, or null if what is wrong with it was told. */
  private @Nullable LockFile lock(PipelineText text) {
    var read = LockFile.read(text.lock(), text.name() + ".lock");
    new Messages(console).diagnostics(read.diagnostics());
    return read.orNull();
  }

  private static void write(LockFile lock, SortedMap<String, LockedPlugin> pins) throws Refusal {
    try {
      lock.writePlugins(pins);
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not write `%s`: %s.".formatted(lock.source().name(), Trouble.reason(e)),
          "Check that the folder of the pipeline file can be written and is not full.");
    }
  }

  private LockedPlugin locked(PipelineText text, Plugin plugin) throws Refusal {
    var coordinates = coordinates(plugin.jar());
    if (coordinates.isPresent()) {
      return new LockedPlugin(
          plugin.version(), null, coordinates.get(), plugin.sha256(), plugin.libraries());
    }
    var jar = console.path(plugin.jar()).toAbsolutePath().normalize();
    var path = text.folder().normalize().relativize(jar);
    return new LockedPlugin(
        plugin.version(),
        path.toString().replace(java.io.File.separatorChar, '/'),
        null,
        plugin.sha256(),
        List.of());
  }

  private void say(
      Plugin plugin, String lock, @Nullable LockedPlugin before, @Nullable LockedPlugin now) {
    var line =
        "%s `%s` %s from `%s` in %s, SHA-256 %s…"
            .formatted(
                now != null && now.equals(before) ? "Already pinned:" : "Pinned",
                plugin.name(),
                plugin.version(),
                plugin.jar(),
                lock,
                plugin.sha256().substring(0, DIGITS_SHOWN));
    console.say(line);
    for (var library : plugin.libraries()) {
      console.say(
          "  needs  %s, SHA-256 %s…"
              .formatted(library.maven(), library.sha256().substring(0, DIGITS_SHOWN)));
    }
    plugin.splits().forEach(each -> console.say("  split  " + each.name()));
    plugin.merges().forEach(each -> console.say("  merge  " + each.name()));
    if (now != null && now.path() != null && Path.of(now.path()).startsWith("..")) {
      console.say(
          "  The jar lies outside the pipeline's folder: others need it in the same place.");
    }
  }

  /** The names of strategies that need no plugin. */
  static final class BuiltIn extends Candidates {
    BuiltIn() {
      super(
          Stream.of(Plugins.NONE.strategies())
              .flatMap(known -> Stream.concat(known.splits().stream(), known.merges().stream()))
              .map(Strategy::name)
              .distinct()
              .sorted()
              .toList());
    }
  }
}
