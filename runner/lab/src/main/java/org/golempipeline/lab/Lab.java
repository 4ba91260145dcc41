package org.golempipeline.lab;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.golempipeline.bus.Hub;
import org.golempipeline.plainfile.LeftFiles;
import org.jspecify.annotations.Nullable;

/**
 * A network of released daemons on this machine: a requestor's, and one for each of our providers,
 * which meet at a hub of ours. Logs stay where they were told to; all else goes when it is closed.
 */
public final class Lab implements AutoCloseable {
  /** Name of a provider that bills otherwise than agreed, and of its subnet. */
  static final String CHEATING = "cheating";

  private static final Map<String, String> WITHOUT_CHAIN =
      Map.of("YAGNA_DEV_SKIP_ALLOCATION_VALIDATION", "1", "HOODI_GETH_ADDR", "http://127.0.0.1:9");

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Path program;
  private final List<String> product;
  private final Map<String, String> payment;
  private final Path folder;
  private final Path logs;
  private final Hub hub;
  private final Registry registry;
  private final Daemon requestor;
  private final List<Provider> providers = new ArrayList<>();
  private @Nullable Accountant cheating;
  private int daemons;

  private Lab(Path program, List<String> product, Path logs, Map<String, String> payment)
      throws IOException {
    this.program = program;
    this.product = product;
    this.payment = payment;
    this.logs = Files.createDirectories(logs);
    folder = Files.createTempDirectory("lab");
    open.push(() -> LeftFiles.remove(folder));
    hub = Hub.open(Ports.listenOnFourDigits());
    open.push(hub);
    registry = Registry.open();
    open.push(registry);
    requestor = daemon("requestor");
  }

  /** Opens a network in which nothing is paid: what is accepted stays so. */
  public static Lab open(Path logs, int providers, List<String> product)
      throws IOException, GolemNode.MissingException {
    return open(logs, providers, product, WITHOUT_CHAIN);
  }

  /**
   * Opens a network and waits until its requestor sees every provider.
   *
   * @param logs a folder for what its programs say
   * @param product the command that starts golem-pipeline
   * @param payment what daemons are told of their chain, as variables of their environment
   * @throws GolemNode.MissingException if there is no released daemon
   */
  static Lab open(Path logs, int providers, List<String> product, Map<String, String> payment)
      throws IOException, GolemNode.MissingException {
    var lab = new Lab(GolemNode.program(), product, logs, payment);
    try {
      var names = new ArrayList<String>();
      for (var number = 1; number <= providers; number++) {
        names.add("provider-" + number);
      }
      var machines = new LinkedHashMap<String, Daemon>();
      for (var name : names) {
        machines.put(name, lab.daemon(name));
      }
      lab.requestor.awaitReady();
      lab.requestor.listenToOffers();
      for (var machine : machines.entrySet()) {
        var daemon = machine.getValue();
        daemon.awaitReady();
        lab.providers.add(lab.provider(machine.getKey(), "public", daemon, daemon.url()));
      }
      lab.awaitOffers(names);
      return lab;
    } catch (IOException | RuntimeException | Error e) {
      lab.close();
      throw e;
    }
  }

  /**
   * A provider on a machine and in a subnet of its own, {@link #CHEATING}, whose bills are changed
   * from now on.
   */
  void cheat(Accountant.Conduct conduct) throws IOException {
    if (cheating == null) {
      var daemon = daemon(CHEATING);
      daemon.awaitReady();
      cheating = Accountant.open(daemon.url(), conduct);
      open.push(cheating);
      var unused = provider(CHEATING, CHEATING, daemon, cheating.url());
    }
    cheating.conduct(conduct);
    awaitOffers(List.of(CHEATING));
  }

  /** Loses all that comes from a provider's machine and goes to it, or does so no more. */
  void hold(Provider provider, boolean held) {
    hub.hold(provider.daemon().nodeId(), held);
  }

  /**
   * A network for measurements and for people: prints what a requestor on it needs, as lines for a
   * shell, and serves until it is told to end.
   *
   * @param arguments a folder for logs, and how many providers
   */
  public static void main(String[] arguments) throws Exception {
    var product =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            System.getProperty("golem-pipeline.jar"));
    var lab = open(Path.of(arguments[0]), Integer.parseInt(arguments[1]), product);
    Runtime.getRuntime().addShutdownHook(new Thread(lab::close));
    lab.environment().forEach((name, value) -> System.out.println(name + "=" + value));
    new CountDownLatch(1).await();
  }

  private Daemon daemon(String name) throws IOException {
    daemons++;
    var daemon =
        new Daemon(
            program,
            daemons,
            folder.resolve(Integer.toString(daemons)),
            logs.resolve(name + ".daemon.log"),
            hub.address(),
            payment);
    open.push(daemon::kill);
    daemon.start();
    return daemon;
  }

  private Provider provider(String name, String subnet, Daemon daemon, URI api) throws IOException {
    var provider =
        new Provider(
            product, name, subnet, daemon, api, folder.resolve(name), logs.resolve(name + ".log"));
    open.push(provider::kill);
    return provider;
  }

  /** The top of the source tree. */
  static Path project() {
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("golem-pipeline"))) {
        return at;
      }
    }
    throw new IllegalStateException("not inside the source tree");
  }

  public Daemon requestor() {
    return requestor;
  }

  public List<Provider> providers() {
    return List.copyOf(providers);
  }

  public Registry registry() {
    return registry;
  }

  /** What a requestor on this network needs. */
  public Map<String, String> environment() {
    var environment = new HashMap<>(requestor.environment());
    environment.put("GOLEM_REGISTRY_URL", registry.url().toString());
    return environment;
  }

  /** Waits until the requestor sees offers with these names. */
  public void awaitOffers(List<String> names) {
    Waiting.until(
        "offers of " + names,
        () -> {
          for (var provider : providers) {
            if (names.contains(provider.name()) && provider.hasEnded()) {
              throw new AssertionError(provider.name() + " has ended; see its log in " + logs);
            }
          }
          return scan().containsAll(names);
        });
  }

  /** The names on the offers that the requestor's daemon knows. */
  private Set<String> scan() {
    var market = "/market-api/v1/scan";
    var id = requestor.post(market, Map.of("type", "offer", "timeout", 60)).asText();
    var names = new HashSet<String>();
    requestor
        .get("%s/%s/events?timeout=0.3&maxEvents=100".formatted(market, id))
        .forEach(offer -> names.add(offer.at("/properties/golem.node.id.name").asText()));
    return names;
  }

  /** Ends everything, the newest first and nothing in good order: what it knew goes with it. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        // What is left to close matters more; the folder may hold a file that is being written.
      }
    }
  }
}
