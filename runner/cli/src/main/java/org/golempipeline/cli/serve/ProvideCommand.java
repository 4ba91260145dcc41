package org.golempipeline.cli.serve;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.Sizes;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.golem.GolemException;
import org.golempipeline.image.Inside;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.provider.Provider;
import org.golempipeline.provider.ProviderEvent;
import org.golempipeline.provider.ProviderOptions;
import org.golempipeline.provider.ProviderTally;
import org.golempipeline.report.LiveBlock;
import org.golempipeline.report.Screen;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.spec.GolemTerms;
import org.golempipeline.workplace.Scratch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code provide}: this machine for hire. */
@Command(
    name = "provide",
    mixinStandardHelpOptions = true,
    description = {
      "Offers this machine on the Golem Network through your yagna daemon, until Ctrl-C.",
      "What is rented runs as processes of this user, without a virtual machine: offer it in a",
      "subnet of your own, to people whom you would let log in here. Needs `YAGNA_APPKEY`;",
      "`YAGNA_API_URL` and `GSB_URL` say where the daemon listens if not at its usual places."
    })
public final class ProvideCommand implements Callable<Integer> {
  private static final String PUBLIC = "public";
  private static final String DEFAULT_BUS = "unix:/tmp/yagna.sock";
  private static final String AMOUNT = "[0-9]{1,12}(\\.[0-9]{1,18})?";
  private static final Map<String, String> USUAL_PRICE =
      Map.of("start", "0", "cpu", "0.1", "env", "0.02");
  private static final double GIB = 1L << 30;
  private static final Path MEMORY_FIGURES = Path.of("/proc/meminfo");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final Console console;
  private final Screen screen;
  private final LiveBlock status;
  private final ProviderTally tally = new ProviderTally();

  @Option(
      names = "--subnet",
      required = true,
      paramLabel = "NAME",
      description = "The subnet to be seen in: pipelines name it as `golem: { subnet: NAME }`.")
  String subnet = "";

  @Option(
      names = "--allow-public",
      description = "Lets `--subnet public` be said: anybody's programs then run as this user.")
  boolean allowPublic;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What people see. Default: the name of this machine.")
  @Nullable String name;

  @Option(
      names = "--price",
      paramLabel = "PRICE",
      description = {
        "`free`, or some of `start=GLM,cpu=GLM,env=GLM`: once an activity, an hour of a thread, an",
        "hour of an activity. Default: start=0,cpu=0.1,env=0.02."
      })
  String price = "";

  @Option(
      names = "--agreements",
      paramLabel = "N",
      description = "How many agreements at a time. Default: 1.")
  int agreements = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of one agreement. Default: this machine's cores, shared by all.")
  int threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory of one agreement. Default: what is free now, shared by all.")
  String memory = "";

  @Option(
      names = "--storage",
      paramLabel = "SIZE",
      description = "Storage of one agreement. Default: half of what is free now, shared by all.")
  String storage = "";

  @Mixin InsideOptions inside = new InsideOptions();

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "Where it is paid. Default: hoodi, the test network.")
  String network = GolemTerms.DEFAULT.network();

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description = {
        "Keeps images, and what is still to be billed when this ends.",
        "Default: golem-pipeline/provider below $XDG_DATA_HOME or ~/.local/share."
      })
  @Nullable Path folder;

  public ProvideCommand(Console console) {
    this.console = console;
    this.screen = console.screen();
    this.status = new LiveBlock(screen);
  }

  @Override
  public Integer call() throws Exception {
    var options = options();
    var end = new CountDownLatch(1);
    try (var interruption = new Interruption(end::countDown)) {
      try (var provider = Provider.start(options, console.clock(), this::tell)) {
        say(where(options.inside()));
        say("Working. Ctrl-C ends it in good order.");
        end.await();
        say("Ending what runs, and sending the last bills.");
      }
    } catch (GolemException trouble) {
      throw Messages.refusal(trouble);
    } catch (IOException e) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "Could not provide: %s.".formatted(e.getMessage()),
          "The daemon's bus is looked for at `%s`; `GSB_URL` names another place."
              .formatted(options.bus()));
    } finally {
      status.stay();
    }
    return ExitCodes.DONE;
  }

  /** What requestors' programs run in. */
  private static String where(boolean inside) {
    var obstacle = Containers.obstacle();
    if (inside && obstacle.isPresent()) {
      return "Programs of this machine run in the place of images, as this user: %s. %s"
          .formatted(obstacle.get().reason(), obstacle.get().cure());
    }
    return inside
        ? "Programs run inside the images that agreements name."
        : "Programs of this machine run in the place of images, as this user.";
  }

  private boolean inside() throws Refusal {
    var choice = inside.choice();
    var obstacle = Containers.obstacle();
    if (choice == Inside.Choice.ALWAYS && obstacle.isPresent()) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "Programs cannot run inside images here: %s.".formatted(obstacle.get().reason()),
          obstacle.get().cure());
    }
    return choice != Inside.Choice.NEVER;
  }

  /** What stays goes to the output; on a terminal the state of things is drawn below it. */
  private synchronized void tell(ProviderEvent event) {
    status.show(List.of(), List.of());
    var time = TIME.format(console.clock().instant().atZone(ZoneId.systemDefault()));
    console.out().println(time + " " + TerminalText.safe(event.text()));
    var money = tally.add(event);
    if (screen.live()) {
      var room = screen.size().get().room();
      status.show(List.of(), List.of(Words.beginning(tally.text(), room)));
    } else if (money) {
      status.show(List.of(tally.text()), List.of());
    }
  }

  /** A line that stays, above what is drawn. */
  private synchronized void say(String line) {
    status.show(List.of(line), screen.live() ? List.of(tally.text()) : List.of());
  }

  private ProviderOptions options() throws Refusal, IOException {
    if (subnet.equals(PUBLIC) && !allowPublic) {
      throw Refusal.usage(
          "In the subnet `public` anybody's programs would run as this user, without a virtual"
              + " machine.",
          "Name a subnet of your own, such as `--subnet my-team`, or say `--allow-public` too.");
    }
    if (!subnet.matches("[\\w.-]+")) {
      throw Refusal.usage(
          "`--subnet %s` is no name of a subnet.".formatted(subnet),
          "Use letters, digits, `-`, `_` and `.`.");
    }
    if (agreements < 1) {
      throw Refusal.usage("A provider needs an agreement.", "Write `--agreements 1` or more.");
    }
    if (threads < 0) {
      throw Refusal.usage("An agreement needs a thread.", "Write `--threads 1` or more.");
    }
    var daemon = console.machine().daemon();
    var data = folder == null ? dataFolder() : console.folder().resolve(folder);
    return new ProviderOptions(
        daemon,
        bus(),
        name == null ? hostName() : name,
        subnet,
        prices(),
        agreements,
        hardware(data),
        List.of(GolemTerms.DEFAULT.on(network).platform()),
        inside(),
        data);
  }

  private URI bus() throws Refusal {
    var url = console.variable("GSB_URL").orElse(DEFAULT_BUS);
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "`GSB_URL` is `%s`, which is not a URL.".formatted(url),
          "Write it as `%s`, or unset it for that.".formatted(DEFAULT_BUS));
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "provider";
    }
  }

  private Path dataFolder() throws Refusal {
    var home =
        console
            .variable("XDG_DATA_HOME")
            .map(Path::of)
            .or(() -> console.variable("HOME").map(each -> Path.of(each, ".local", "share")));
    return home.orElseThrow(
            () ->
                Refusal.usage(
                    "There is no `HOME` to keep images and unsent bills in.",
                    "Name a folder with `--data-dir`."))
        .resolve("golem-pipeline")
        .resolve("provider");
  }

  private ProviderOptions.Prices prices() throws Refusal {
    if (price.equals("free")) {
      return ProviderOptions.Prices.FREE;
    }
    var parts = new HashMap<>(USUAL_PRICE);
    for (var part : price.isEmpty() ? new String[0] : price.split(",", -1)) {
      var pair = part.split("=", 2);
      if (pair.length < 2 || !parts.containsKey(pair[0]) || !pair[1].matches(AMOUNT)) {
        throw Refusal.usage(
            "`--price %s` is no price.".formatted(price),
            "Write `free`, or GLM and GLM an hour as in `start=0,cpu=0.1,env=0.02`.");
      }
      parts.put(pair[0], pair[1]);
    }
    return new ProviderOptions.Prices(
        new BigDecimal(parts.get("start")),
        new BigDecimal(parts.get("cpu")),
        new BigDecimal(parts.get("env")));
  }

  private ProviderOptions.Hardware hardware(Path data) throws Refusal, IOException {
    return new ProviderOptions.Hardware(
        threads == 0 ? Math.max(1, RunDefaults.cores() / agreements) : threads,
        memory.isEmpty() ? freeMemory() / agreements : gib("--memory", memory),
        storage.isEmpty() ? freeStorage(data) / 2 / agreements : gib("--storage", storage));
  }

  private static double gib(String option, String text) throws Refusal {
    var bytes = Sizes.bytes(option, text);
    if (bytes == 0) {
      throw Refusal.usage(
          "`%s %s` offers nothing.".formatted(option, text),
          "Write such as `%s 4GiB`.".formatted(option));
    }
    return bytes / GIB;
  }

  private static double freeMemory() throws IOException {
    return Files.isReadable(MEMORY_FIGURES)
        ? hundredths(
            Scratch.available(Files.readAllLines(MEMORY_FIGURES, StandardCharsets.UTF_8)) / GIB)
        : 1;
  }

  private static double freeStorage(Path data) throws IOException {
    var existing = data;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return hundredths(Files.getFileStore(existing).getUsableSpace() / GIB);
  }

  private static double hundredths(double value) {
    return Math.floor(value * 100) / 100;
  }
}
