package org.golempipeline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code golem-pipeline} without a command. */
@Command(
    name = RootCommand.NAME,
    description = "Runs a pipeline file on this machine or on the Golem Network.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 the run failed, 2 wrong command line or file, 3 budget reached,",
      "4 daemon, market or payment, 5 done but documents still to be accepted, 130 interrupted,",
      "70 a bug in golem-pipeline."
    })
final class RootCommand implements Callable<Integer> {
  static final String NAME = "golem-pipeline";
  static final String NO_COMMAND = "no command";

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        java.util.Objects.requireNonNull(spec).commandLine(), NO_COMMAND);
  }
}
