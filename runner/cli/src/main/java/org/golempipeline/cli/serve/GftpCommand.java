package org.golempipeline.cli.serve;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.golem.files.GftpServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code gftp}: what other SDKs start to send and receive files. */
@Command(
    name = "gftp",
    mixinStandardHelpOptions = true,
    description = {
      "Stands in for the program of that name, which yapapi and other SDKs start.",
      "Called by the name `gftp`, golem-pipeline is this command."
    })
public final class GftpCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  private GftpCommand() {}

  public static CommandLine line(Console console) {
    return new CommandLine(new GftpCommand()).addSubcommand("server", new Server(console));
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        Objects.requireNonNull(spec).commandLine(), "Say `gftp server`");
  }

  /** {@code gftp server}. */
  @Command(
      name = "server",
      mixinStandardHelpOptions = true,
      description = {
        "Publishes and receives files through the daemon or node that `YAGNA_API_URL` names.",
        "`YAGNA_APPKEY` is its key. Reads JSON-RPC requests, one a line, until `shutdown`."
      })
  static final class Server implements Callable<Integer> {
    private final Console console;

    Server(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() throws Exception {
      GftpServer.serve(console.machine().daemon(), console.in(), console.out());
      return ExitCodes.DONE;
    }
  }
}
