package org.golempipeline.cli.completion;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.report.TerminalText;
import org.golempipeline.spec.PipelineFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code completion}: for the shell that the user types commands in. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a script that completes commands, options, files, params and runs when you press"
          + " Tab.",
      "In ~/.bashrc:  source <(golem-pipeline completion bash)",
      "In ~/.zshrc:   source <(golem-pipeline completion zsh)",
      "In ~/.config/fish/config.fish:  golem-pipeline completion fish | source"
    })
public final class CompletionCommand implements Callable<Integer> {
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private final Console console;
  private final Supplier<CommandLine> everything;

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      completionCandidates = Shells.class,
      description = "bash, zsh or fish. Default: what the variable SHELL says, else bash.")
  @Nullable String shell;

  @Option(
      names = "--params",
      paramLabel = "FILE",
      hidden = true,
      description = "Prints what -p can set in this pipeline file.")
  @Nullable String paramsOf;

  @Option(
      names = "--profiles",
      paramLabel = "FILE",
      hidden = true,
      description = "Prints the names of the profiles in this pipeline file.")
  @Nullable String profilesOf;

  /**
   * @param everything the command line with all commands
   */
  public CompletionCommand(Console console, Supplier<CommandLine> everything) {
    this.console = console;
    this.everything = everything;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    if (paramsOf != null) {
      return say(pipeline(paramsOf).map(Declared::params));
    }
    if (profilesOf != null) {
      return say(pipeline(profilesOf).map(Declared::profiles));
    }
    var wanted = shell == null ? usual() : shell;
    var script =
        switch (wanted.toLowerCase(Locale.ROOT)) {
          case "bash" -> BashCompletion.of(everything.get());
          case "zsh" -> ZshCompletion.of(everything.get());
          case "fish" -> FishCompletion.of(everything.get());
          default ->
              throw Refusal.usage(
                  "There is no completion for `%s`.".formatted(TerminalText.safe(wanted)),
                  "Write `golem-pipeline completion` with bash, zsh or fish.");
        };
    console.out().print(script);
    return ExitCodes.DONE;
  }

  private String usual() {
    return console
        .variable("SHELL")
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .filter(SHELLS::contains)
        .orElse("bash");
  }

  /** With what it includes. */
  private Optional<Mapping> pipeline(String name) throws IOException {
    var place = console.folder().resolve(name);
    return PipelineFiles.tree(
        PlainFile.bytes(place), path -> PlainFile.bytes(place.resolveSibling(path)));
  }

  /** For the scripts, which ask while the user types. */
  private int say(Optional<List<String>> words) {
    words.orElse(List.of()).forEach(console::say);
    return ExitCodes.DONE;
  }

  /** The shells there is a script for. */
  static final class Shells extends Candidates {
    Shells() {
      super(SHELLS);
    }
  }
}
