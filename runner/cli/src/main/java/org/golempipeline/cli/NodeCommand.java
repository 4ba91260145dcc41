package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code node}: the embedded node for other programs. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = {
      "Serves the REST API of a yagna daemon on this machine until Ctrl-C. Programs that speak it",
      "run their activities as processes here. Prints the two variables they need."
    })
final class NodeCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on, on loopback only. Default: any free one.")
  int port;

  @Option(
      names = "--providers",
      paramLabel = "N",
      description = "How many providers there are. Default: as many as this machine has cores.")
  int providers = Wiring.cores();

  NodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65535) {
      throw Refusal.usage("There is no port %d.".formatted(port), "Ports go from 0 to 65535.");
    }
    if (providers < 1) {
      throw Refusal.usage("A node needs a provider.", "Write `--providers 1` or more.");
    }
    // The node makes it, and so its warden may remove it if this process is killed.
    var folder =
        Path.of(System.getProperty("java.io.tmpdir"), "golem-pipeline-node-" + UUID.randomUUID());
    var end = new CountDownLatch(1);
    try (var interruption =
            new Interruption(
                end::countDown, () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED));
        var node = open(folder)) {
      console.out().println("YAGNA_API_URL=" + node.url());
      console.out().println("YAGNA_APPKEY=" + node.appKey());
      console.out().flush();
      console.err().println("Listening. Ctrl-C ends it.");
      console.err().flush();
      end.await();
    }
    return ExitCodes.DONE;
  }

  private org.golempipeline.node.EmbeddedNode open(Path folder) throws Refusal {
    try {
      return new Wiring(console).startNode(folder, port, providers);
    } catch (IOException e) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "Could not listen on port %d: %s.".formatted(port, e.getMessage()),
          "Leave `--port` away for any free port.");
    }
  }
}
