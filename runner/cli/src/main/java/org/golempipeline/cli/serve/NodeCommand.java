package org.golempipeline.cli.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.pipeline.Machine;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.rehearse.Persona;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.spec.Nearest;
import org.golempipeline.workplace.LeftOvers;
import org.golempipeline.workplace.NodeOnDemand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code node}: the embedded node for other programs. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = {
      "Serves the REST API of a yagna daemon on this machine until Ctrl-C.",
      "Programs that speak it run their activities as processes here: inside the image they name,"
          + " if it was built or pulled, and else with this machine's own programs. Prints the two"
          + " variables they need."
    })
public final class NodeCommand implements Callable<Integer> {
  private static final int SEEDS = 100_000;

  /** With ten times as many there is hardly memory left to serve anybody. */
  private static final int MOST_PROVIDERS = 10_000;

  private final Console console;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on, on loopback only. Default: any free one.")
  int port;

  @Option(
      names = "--app-key",
      paramLabel = "KEY",
      description = {
        "The key that it lets in. Default: what `YAGNA_AUTOCONF_APPKEY` holds, which other users",
        "of this machine do not see, or a new one."
      })
  @Nullable String appKey;

  @Option(
      names = "--providers",
      paramLabel = "N",
      description =
          "How many providers there are, at most "
              + MOST_PROVIDERS
              + ". Default: as many as this machine has cores.")
  int providers = RunDefaults.cores();

  @Option(
      names = "--priced",
      description = "Providers ask for a small price, to be paid with money that is not real.")
  boolean priced;

  @Option(
      names = "--persona",
      paramLabel = "PERSONA",
      split = ",",
      description = {
        "How the next provider behaves; those without one are honest. Once for each, or several",
        "with commas between: ${COMPLETION-CANDIDATES}."
      },
      completionCandidates = Personas.class)
  List<String> personas = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random but ids and keys. Default: another one each time.")
  @Nullable Long seed;

  public NodeCommand(Console console) {
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
    if (providers > MOST_PROVIDERS) {
      throw Refusal.usage(
          "`--providers %d` are more than a node can have.".formatted(providers),
          "Write `--providers %d` or fewer.".formatted(MOST_PROVIDERS));
    }
    var cast = cast();
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    removeLeftOvers(temporary);
    var images = console.machine().imageStore();
    var options =
        new NodeOptions(
            port,
            key(),
            providers,
            // The node makes it, and so its warden may remove it if this process is killed.
            temporary.resolve("golem-pipeline-node-" + UUID.randomUUID()),
            seed == null ? Math.floorMod(console.clock().millis(), SEEDS) : seed,
            !priced,
            Optional.of(images));
    var end = new CountDownLatch(1);
    try (var interruption = new Interruption(end::countDown);
        var node = open(options)) {
      Persona.assign(cast, node.faults());
      console.say("YAGNA_API_URL=" + node.url());
      console.say("YAGNA_APPKEY=" + node.appKey());
      for (var i = 0; i < cast.size(); i++) {
        console.err().println("local-%d is %s.".formatted(i + 1, cast.get(i)));
      }
      console
          .err()
          .println("Listening, with the seed %d. Ctrl-C ends it.".formatted(options.seed()));
      end.await();
    } finally {
      images.close();
    }
    return ExitCodes.DONE;
  }

  /** Of nodes that were killed at once. */
  private static void removeLeftOvers(Path temporary) {
    try {
      LeftOvers.ofNodes(temporary).remove();
    } catch (IOException e) {
      // `doctor --fix` says what keeps it.
    }
  }

  private String key() throws Refusal {
    var key = appKey;
    if (key == null) {
      key = console.variable("YAGNA_AUTOCONF_APPKEY").orElseGet(NodeOnDemand::newAppKey);
    }
    if (!Machine.isAppKey(key)) {
      throw Refusal.usage(
          "The app-key is empty, or holds a blank, a line end or another character that no key"
              + " has.",
          "Letters, digits and signs of ASCII make a key.");
    }
    return key;
  }

  private List<Persona> cast() throws Refusal {
    var cast = new ArrayList<Persona>();
    for (var name : personas) {
      var persona = Persona.named(name);
      if (persona.isEmpty()) {
        var known = Personas.NAMES;
        throw Refusal.usage(
            "There is no persona `%s`.".formatted(name),
            Nearest.to(name, known)
                .map("Did you mean `%s`?"::formatted)
                .orElse("There are " + String.join(", ", known) + "."));
      }
      cast.add(persona.get());
    }
    if (cast.size() > providers) {
      throw Refusal.usage(
          "%d personas are more than the %d providers.".formatted(cast.size(), providers),
          "Write `--providers %d` or more.".formatted(cast.size() + 1));
    }
    return cast;
  }

  private EmbeddedNode open(NodeOptions options) throws Refusal {
    try {
      return EmbeddedNode.start(options);
    } catch (IOException e) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "Could not listen on port %d: %s.".formatted(port, e.getMessage()),
          "Leave `--port` away for any free port.");
    }
  }

  /** What {@code --persona} knows. */
  static final class Personas extends Candidates {
    static final List<String> NAMES =
        Stream.of(Persona.values()).map(Persona::commandName).toList();

    Personas() {
      super(NAMES);
    }
  }
}
