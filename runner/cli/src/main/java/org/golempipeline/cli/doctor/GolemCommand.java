package org.golempipeline.cli.doctor;

import org.golempipeline.cli.terminal.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code golem}: what is about the user's daemon. */
@Command(
    name = "golem",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Sets up the Golem daemon on this machine.")
public final class GolemCommand {
  private GolemCommand() {}

  public static CommandLine line(Console console) {
    return new CommandLine(new GolemCommand()).addSubcommand("setup", new SetupCommand(console));
  }
}
