package org.golempipeline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.golempipeline.cli.completion.CompletionCommand;
import org.golempipeline.cli.doctor.DoctorCommand;
import org.golempipeline.cli.doctor.GolemCommand;
import org.golempipeline.cli.history.CleanCommand;
import org.golempipeline.cli.history.LogsCommand;
import org.golempipeline.cli.history.ReplayCommand;
import org.golempipeline.cli.history.ReportCommand;
import org.golempipeline.cli.history.RunsCommand;
import org.golempipeline.cli.history.SettleCommand;
import org.golempipeline.cli.images.ImageCommand;
import org.golempipeline.cli.live.StopCommand;
import org.golempipeline.cli.live.WatchCommand;
import org.golempipeline.cli.market.ProvidersCommand;
import org.golempipeline.cli.plugins.PluginsCommand;
import org.golempipeline.cli.run.CheckCommand;
import org.golempipeline.cli.run.PlanCommand;
import org.golempipeline.cli.run.RehearseCommand;
import org.golempipeline.cli.run.ReproCommand;
import org.golempipeline.cli.run.RunCommand;
import org.golempipeline.cli.serve.GftpCommand;
import org.golempipeline.cli.serve.NodeCommand;
import org.golempipeline.cli.serve.ProvideCommand;
import org.golempipeline.cli.start.FmtCommand;
import org.golempipeline.cli.start.InitCommand;
import org.golempipeline.cli.start.SchemaCommand;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plugins.PluginFailure;
import org.golempipeline.report.ShellWord;
import org.golempipeline.spec.Nearest;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line as a whole: finds the command, executes it, and turns everything that can go
 * wrong into a message and an exit code.
 */
final class GolemPipeline {
  /** Columns; picocli refuses less than 55. */
  private static final int NARROWEST_HELP = 60;

  private static final int WIDEST_HELP = 100;

  private static final Set<String> RUNNERS = Set.of(RootCommand.NAME, "run");

  private static final String DRY_RUN =
      "`golem-pipeline plan FILE` says what a run would do, and does nothing.";

  private static final String JOBS = "`--workers N` says how many work at a time.";

  /** What make, xargs and others call it that one comes from. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "--dry-run",
          DRY_RUN,
          "--dryrun",
          DRY_RUN,
          "-n",
          DRY_RUN,
          "-j",
          JOBS,
          "--jobs",
          JOBS,
          "-P",
          JOBS,
          "--max-procs",
          JOBS);

  private final Console console;

  GolemPipeline(Console console) {
    this.console = console;
  }

  /** Does what {@code arguments} say and answers the exit code. */
  int execute(String... arguments) {
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      // Reading the annotations of a command takes longer than all else that this needs.
      console.out().println(Version.text());
      return ExitCodes.DONE;
    }
    var asked = arguments.length > 0 && arguments[0].equals("help") ? help(arguments) : arguments;
    return commandLine(asked).execute(asked);
  }

  /** {@code help run} is {@code run --help}. */
  private static String[] help(String... arguments) {
    var asked = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
    asked[asked.length - 1] = "--help";
    return asked;
  }

  private CommandLine commandLine(String... arguments) {
    var line = new CommandLine(new RootCommand());
    var commands = commands();
    // Commands that are not asked for are not even loaded: that is start-up time.
    var first = arguments.length > 0 ? arguments[0] : "";
    var named = commands.get(first);
    if (named != null) {
      line.addSubcommand(first, named.get());
    } else {
      commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    }
    return line.setOut(writer(console.out()))
        .setErr(writer(console.err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(this::wrongUsage)
        .setExecutionExceptionHandler(this::failed)
        .setExecutionStrategy(this::execute);
  }

  private int execute(CommandLine.ParseResult parsed) {
    if (parsed.asCommandLineList().stream().anyMatch(CommandLine::isUsageHelpRequested)) {
      fit(parsed.commandSpec().commandLine());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Lets help be as wide as the terminal. Asking for that takes a moment. */
  private CommandLine fit(CommandLine line) {
    var columns = console.columns().getAsInt();
    return line.setUsageHelpWidth(Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, columns)));
  }

  private Map<String, Supplier<Object>> commands() {
    var commands = new LinkedHashMap<String, Supplier<Object>>();
    // In the order of --help: what a newcomer needs first, then what comes after a run.
    commands.put("init", () -> new InitCommand(console));
    commands.put("run", () -> new RunCommand(console));
    commands.put("check", () -> new CheckCommand(console));
    commands.put("fmt", () -> new FmtCommand(console));
    commands.put("plan", () -> new PlanCommand(console));
    commands.put("rehearse", () -> new RehearseCommand(console));
    commands.put("watch", () -> new WatchCommand(console));
    commands.put("stop", () -> new StopCommand(console));
    commands.put("runs", () -> new RunsCommand(console));
    commands.put("logs", () -> new LogsCommand(console));
    commands.put("report", () -> new ReportCommand(console));
    commands.put("repro", () -> new ReproCommand(console));
    commands.put("replay", () -> new ReplayCommand(console));
    commands.put("clean", () -> new CleanCommand(console));
    commands.put("settle", () -> new SettleCommand(console));
    commands.put("providers", () -> ProvidersCommand.line(console));
    commands.put("plugins", () -> PluginsCommand.line(console, Version.number()));
    commands.put("image", () -> ImageCommand.line(console));
    commands.put("doctor", () -> new DoctorCommand(console));
    commands.put("golem", () -> GolemCommand.line(console));
    commands.put("schema", () -> new SchemaCommand(console));
    commands.put("completion", () -> new CompletionCommand(console, this::commandLine));
    commands.put("provide", () -> new ProvideCommand(console));
    commands.put("node", () -> new NodeCommand(console));
    commands.put("gftp", () -> GftpCommand.line(console));
    return commands;
  }

  private static java.io.PrintWriter writer(java.io.PrintStream stream) {
    return new java.io.PrintWriter(stream, true, java.nio.charset.StandardCharsets.UTF_8);
  }

  private int wrongUsage(ParameterException wrong, String[] arguments) {
    var path = wrong.getCommandLine().getCommandSpec().qualifiedName();
    var hint = "`" + path + " --help` says what there is.";
    var message = String.valueOf(wrong.getMessage());
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      var word = unmatched.getUnmatched().get(0);
      message =
          unmatched.isUnknownOption()
              ? "There is no option `%s`.".formatted(word)
              : wrong.getCommandLine().getSubcommands().isEmpty()
                  ? "`%s` is one argument too many.".formatted(word)
                  : "There is no command `%s`.".formatted(word);
      var known =
          unmatched.isUnknownOption()
              ? wrong.getCommandLine().getCommandSpec().optionsMap().keySet()
              : wrong.getCommandLine().getSubcommands().keySet();
      var nearest = Nearest.to(word, known);
      var command = wrong.getCommandLine().getCommandName();
      var elsewhere = ELSEWHERE.get(word.replaceFirst("=.*|(?<=^-\\w).*", ""));
      if (elsewhere != null && RUNNERS.contains(command)) {
        hint = elsewhere;
      } else if (command.equals(RootCommand.NAME) && isFile(word)) {
        hint = "To run the file: `golem-pipeline run %s`.".formatted(ShellWord.of(word));
      } else if (nearest.isPresent()) {
        hint = "Did you mean `%s`? %s".formatted(nearest.get(), hint);
      }
    } else if (!(wrong.getCommandLine().getCommand() instanceof Callable)
        && !wrong.getCommandLine().getSubcommands().isEmpty()) {
      console.err().print(fit(wrong.getCommandLine()).getUsageMessage(Ansi.OFF));
      console.err().flush();
      return ExitCodes.USAGE;
    } else {
      message = message.replace('\'', '`') + (message.endsWith(".") ? "" : ".");
    }
    new Messages(console).error(message, hint);
    return ExitCodes.USAGE;
  }

  private boolean isFile(String word) {
    try {
      return word.matches(".*\\.ya?ml") || Files.isRegularFile(console.folder().resolve(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private int failed(Exception exception, CommandLine line, CommandLine.ParseResult parsed) {
    if (exception instanceof Refusal refusal) {
      new Messages(console).refused(refusal);
      return refusal.exitCode();
    }
    if (exception instanceof PluginFailure failure) {
      new Messages(console).error(failure.getMessage(), failure.hint());
      return ExitCodes.FAILED;
    }
    var trouble =
        exception instanceof UncheckedIOException unchecked ? unchecked.getCause() : exception;
    if (trouble instanceof IOException broken) {
      new Messages(console)
          .error("Could not go on: %s.".formatted(Trouble.reason(broken)), Trouble.cure(broken));
      return ExitCodes.FAILED;
    }
    new Messages(console).bug(exception);
    return ExitCodes.BUG;
  }
}
