package org.golempipeline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
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
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line as a whole: finds the command, executes it, and turns everything that can go
 * wrong into a message and an exit code.
 */
final class GolemPipeline
    implements IExecutionStrategy, IParameterExceptionHandler, IExecutionExceptionHandler {
  /** Columns; picocli refuses less than 55. */
  private static final int NARROWEST_HELP = 60;

  private static final int WIDEST_HELP = 100;

  private static final Set<String> RUNNERS = Set.of(RootCommand.NAME, RootCommand.NAME + " run");

  /** In the order of --help: what a newcomer needs first, then what comes after a run. */
  private static final List<String> COMMANDS =
      List.of(
          ("init run check fmt plan rehearse watch stop runs logs report repro replay "
                  + "clean settle providers plugins image doctor golem schema completion "
                  + "provide node gftp")
              .split(" "));

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
    if (asked.length == 0 || !COMMANDS.contains(asked[0])) {
      return commandLine().execute(asked);
    }
    // A command that is named is all there is: to read what others say of themselves takes time.
    var name = asked[0];
    return configured(command(name).setCommandName(RootCommand.NAME + " " + name))
        .execute(Arrays.copyOfRange(asked, 1, asked.length));
  }

  /** {@code help run} is {@code run --help}. */
  private static String[] help(String... arguments) {
    var asked = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
    asked[asked.length - 1] = "--help";
    return asked;
  }

  /** With all commands. */
  CommandLine commandLine() {
    var line = new CommandLine(new RootCommand());
    COMMANDS.forEach(name -> line.addSubcommand(name, command(name)));
    return configured(line);
  }

  private CommandLine configured(CommandLine line) {
    return line.setOut(writer(console.out()))
        .setErr(writer(console.err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(this)
        .setExecutionExceptionHandler(this)
        .setExecutionStrategy(this);
  }

  @Override
  public int execute(CommandLine.ParseResult parsed) {
    for (var line : parsed.asCommandLineList()) {
      if (line.isUsageHelpRequested()) {
        fit(parsed.commandSpec().commandLine());
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Lets help be as wide as the terminal. Asking for that takes a moment. */
  private CommandLine fit(CommandLine line) {
    var columns = console.size().get().columns();
    return line.setUsageHelpWidth(Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, columns)));
  }

  private CommandLine command(String name) {
    return switch (name) {
      case "init" -> new CommandLine(new InitCommand(console));
      case "run" -> new CommandLine(new RunCommand(console));
      case "check" -> new CommandLine(new CheckCommand(console));
      case "fmt" -> new CommandLine(new FmtCommand(console));
      case "plan" -> new CommandLine(new PlanCommand(console));
      case "rehearse" -> new CommandLine(new RehearseCommand(console));
      case "watch" -> new CommandLine(new WatchCommand(console));
      case "stop" -> new CommandLine(new StopCommand(console));
      case "runs" -> new CommandLine(new RunsCommand(console));
      case "logs" -> new CommandLine(new LogsCommand(console));
      case "report" -> new CommandLine(new ReportCommand(console));
      case "repro" -> new CommandLine(new ReproCommand(console));
      case "replay" -> new CommandLine(new ReplayCommand(console));
      case "clean" -> new CommandLine(new CleanCommand(console));
      case "settle" -> new CommandLine(new SettleCommand(console));
      case "providers" -> ProvidersCommand.line(console);
      case "plugins" -> PluginsCommand.line(console, Version.number());
      case "image" -> ImageCommand.line(console);
      case "doctor" -> new CommandLine(new DoctorCommand(console));
      case "golem" -> GolemCommand.line(console);
      case "schema" -> new CommandLine(new SchemaCommand(console));
      case "completion" -> new CommandLine(new CompletionCommand(console, this::commandLine));
      case "provide" -> new CommandLine(new ProvideCommand(console));
      case "node" -> new CommandLine(new NodeCommand(console));
      case "gftp" -> GftpCommand.line(console);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static java.io.PrintWriter writer(java.io.PrintStream stream) {
    return new java.io.PrintWriter(stream, true, java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
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
      var elsewhere = ELSEWHERE.get(word.replaceFirst("=.*|(?<=^-\\w).*", ""));
      if (elsewhere != null && RUNNERS.contains(path)) {
        hint = elsewhere;
      } else if (path.equals(RootCommand.NAME) && isFile(word)) {
        hint = "To run the file: `golem-pipeline run %s`.".formatted(ShellWord.of(word));
      } else if (nearest.isPresent()) {
        hint = "Did you mean `%s`? %s".formatted(nearest.get(), hint);
      }
    } else if (!(wrong.getCommandLine().getCommand() instanceof Callable)
        && !wrong.getCommandLine().getSubcommands().isEmpty()) {
      console.err().print(fit(wrong.getCommandLine()).getUsageMessage(Ansi.OFF));
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

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine line, CommandLine.ParseResult parsed) {
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
