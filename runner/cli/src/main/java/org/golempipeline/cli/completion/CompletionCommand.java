package org.golempipeline.cli.completion;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.TerminalText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion}: for the shell that the user types commands in. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a script that completes commands, options, files and runs when you press Tab.",
      "In ~/.bashrc:  source <(golem-pipeline completion bash)",
      "In ~/.zshrc:   source <(golem-pipeline completion zsh)"
    })
public final class CompletionCommand implements Callable<Integer> {
  private final Console console;
  private final Supplier<CommandLine> everything;

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      completionCandidates = Shells.class,
      description = "bash or zsh. Default: what the variable SHELL says, else bash.")
  @Nullable String shell;

  /**
   * @param everything the command line with all commands
   */
  public CompletionCommand(Console console, Supplier<CommandLine> everything) {
    this.console = console;
    this.everything = everything;
  }

  @Override
  public Integer call() throws Refusal {
    var usual = console.variable("SHELL").filter(path -> path.endsWith("/zsh")).isPresent();
    var wanted = shell == null ? (usual ? "zsh" : "bash") : shell;
    var script =
        switch (wanted.toLowerCase(Locale.ROOT)) {
          case "bash" -> BashCompletion.of(everything.get());
          case "zsh" -> ZshCompletion.of(everything.get());
          default ->
              throw Refusal.usage(
                  "There is no completion for `%s`.".formatted(TerminalText.safe(wanted)),
                  "Write `golem-pipeline completion bash` or `golem-pipeline completion zsh`.");
        };
    console.out().print(script);
    console.out().flush();
    return ExitCodes.DONE;
  }

  /** The shells there is a script for. */
  static final class Shells extends Candidates {
    Shells() {
      super(List.of("bash", "zsh"));
    }
  }
}
