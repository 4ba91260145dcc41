package org.golempipeline.pipeline;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.maven.MavenJars;
import org.golempipeline.oci.RegistryLogins;

/**
 * What a pipeline may know of the process that opens it, and what this user has by it: images of
 * this machine, a daemon, the registry of the network. Immutable, for any thread.
 */
public final class Machine {
  private static final URI DAEMON = URI.create("http://127.0.0.1:7465");
  private static final URI REGISTRY = URI.create("https://registry.golem.network");
  private static final int LARGEST_PORT = 65535;
  private static final DateTimeFormatter RUN_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Map<String, String> environment;
  private final Path folder;
  private final Clock clock;

  private Machine(Map<String, String> environment, Path folder, Clock clock) {
    this.environment = Map.copyOf(environment);
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * @param environment secrets, addresses and keys are looked up in it
   * @param folder the current one, absolute
   */
  public static Machine of(Map<String, String> environment, Path folder, Clock clock) {
    return new Machine(environment, folder, clock);
  }

  /** The current folder. */
  public Path folder() {
    return folder;
  }

  public Clock clock() {
    return clock;
  }

  /** An environment variable that is set and not empty. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** A name for a run that no other run has. */
  @ForCommands
  public String newRunId() {
    var random = UUID.randomUUID().toString().substring(0, 6);
    return RUN_TIME.format(clock.instant()) + "-" + random;
  }

  private Optional<Path> imageFolder() {
    return variable("XDG_CACHE_HOME")
        .map(Path::of)
        .or(() -> variable("HOME").map(home -> Path.of(home, ".cache")))
        .map(cache -> folder.resolve(cache).resolve("golem-pipeline").resolve("images"));
  }

  /** The images that this user has on this machine, or this folder if nobody says who that is. */
  @ForCommands
  public ImageStore imageStore() {
    var own = folder.resolve(".golem-pipeline").resolve("images");
    return new ImageStore(imageFolder().orElse(own), clock);
  }

  /** The same, for commands that are about them. */
  @ForCommands
  public ImageStore requireImageStore() throws Refusal {
    var images =
        imageFolder()
            .orElseThrow(
                () -> Refusal.usage("Nothing says where this user's images are.", "Set `HOME`."));
    return new ImageStore(images, clock);
  }

  /** What this user's Maven knows of jars. */
  @ForCommands
  public MavenJars maven() {
    return new MavenJars(folder.resolve(variable("HOME").orElse("")));
  }

  /** This user's accounts at registries of container images. */
  @ForCommands
  public RegistryLogins logins() {
    return RegistryLogins.of(this::variable);
  }

  /** The user's own daemon. */
  public GolemConnection daemon() throws Refusal {
    var appKey = appKey();
    return new GolemConnection(daemonUrl(), appKey);
  }

  /** Where the user's daemon listens. */
  public URI daemonUrl() throws Refusal {
    return url("YAGNA_API_URL", DAEMON);
  }

  /** What the user's daemon knows us by. */
  public String appKey() throws Refusal {
    var key =
        variable("YAGNA_APPKEY")
            .orElseThrow(
                () ->
                    new Refusal(
                        Refusal.PLATFORM,
                        "The network needs the key of your yagna daemon, and `YAGNA_APPKEY` is not"
                            + " set.",
                        "`eval \"$(golem-pipeline golem setup)\"` makes one and sets it, or export"
                            + " one that `yagna app-key create golem-pipeline` prints."));
    // As part of a header it would be refused in words that repeat it.
    if (!isAppKey(key)) {
      throw new Refusal(
          Refusal.PLATFORM,
          "`YAGNA_APPKEY` holds a blank, a line end or another character that no key has.",
          "Export it again as `yagna app-key list` shows it.");
    }
    return key;
  }

  /** Whether a daemon could have such a key. */
  @ForCommands
  public static boolean isAppKey(String key) {
    return !key.isEmpty() && key.chars().allMatch(each -> each > ' ' && each < 0x7f);
  }

  /** The registry that knows what image tags stand for. */
  @ForCommands
  public ImageRegistry registry() throws Refusal {
    return new ImageRegistry(registryUrl());
  }

  /** Where Golem's image registry is. */
  @ForCommands
  public URI registryUrl() throws Refusal {
    return url("GOLEM_REGISTRY_URL", REGISTRY);
  }

  private URI url(String variable, URI usual) throws Refusal {
    var said = variable(variable);
    try {
      var url = said.map(URI::create).orElse(usual);
      if (url.getHost() != null
          && url.getPort() <= LARGEST_PORT
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new Refusal(
        Refusal.PLATFORM,
        "`%s` is `%s`, which is not a URL.".formatted(variable, said.orElse("")),
        "Write it as `%s`, or unset it for that.".formatted(usual));
  }
}
