package org.golempipeline.cli;

import picocli.CommandLine.Command;

/** {@code golem-pipeline} without a command, which does nothing. */
@Command(
    name = RootCommand.NAME,
    description = "Runs a pipeline file on this machine or on the Golem Network.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 the run failed, 2 wrong command line or file, 3 budget reached, 4 daemon,"
          + " market or payment, 5 done but documents still to be accepted, 6 done but a result lacks"
          + " what failed, 130 interrupted, 70 a bug in golem-pipeline."
    })
final class RootCommand {
  static final String NAME = "golem-pipeline";
}
