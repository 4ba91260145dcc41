package org.golempipeline.cli.wiring;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Refusal;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.EventSink;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.filelock.RunLock;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.image.ImageContents;
import org.golempipeline.image.ImageDiagnosticIds;
import org.golempipeline.image.Images;
import org.golempipeline.image.Inside;
import org.golempipeline.image.Workshop;
import org.golempipeline.journal.Journal;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.Planner;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.TerminalText;
import org.golempipeline.run.PipelineRun;
import org.golempipeline.run.RunSettings;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.PipelineSchema;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.jspecify.annotations.Nullable;

/** Builds the object graph: the one place that knows how the parts of the product fit together. */
public final class Wiring {
  private static final URI DAEMON = URI.create("http://127.0.0.1:7465");
  private static final URI REGISTRY = URI.create("https://registry.golem.network");
  private static final int GOLEM_WORKERS = 5;
  private static final Duration LEAST_AGREEMENT = Duration.ofHours(3);
  private static final DateTimeFormatter RUN_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Console console;
  private final Strategies strategies;

  /** For commands without plugins. */
  public Wiring(Console console) {
    this(console, Plugins.NONE);
  }

  public Wiring(Console console, Plugins plugins) {
    this.console = console;
    this.strategies = strategies(plugins);
  }

  /** The strategies that pipeline files may name. */
  public static Strategies strategies(Plugins plugins) {
    var splits = new ArrayList<>(StandardStrategies.splits());
    var merges = new ArrayList<>(StandardStrategies.merges());
    splits.addAll(plugins.splits());
    merges.addAll(plugins.merges());
    return new Strategies(splits, merges);
  }

  /** A pipeline file with all its mistakes. */
  public Checked<PipelineSpec> load(PipelineText text, Overrides overrides) {
    return PipelineFiles.load(text.bytes(), text.name(), strategies, overrides);
  }

  /** The plan of a pipeline that is right, its input found and split. */
  public Checked<Plan> plan(
      PipelineSpec spec, PipelineText text, Path runFolder, LocalShell shell) {
    return Planner.plan(spec, strategies, text.folder(), runFolder.resolve("work"), shell);
  }

  /** The JSON Schema of a pipeline file. */
  public String schema() {
    return PipelineSchema.json(strategies);
  }

  /** A name for a run that no other run has. */
  public String newRunId() {
    var random = UUID.randomUUID().toString().substring(0, 6);
    return RUN_TIME.format(console.clock().instant()) + "-" + random;
  }

  /** Where a run keeps its journal and the logs of failed fragments. */
  public static Path runFolder(PipelineText text, String runId) {
    return text.folder().resolve(".golem-pipeline").resolve("runs").resolve(runId);
  }

  /** The journal of a run that begins. */
  public static Journal journal(Path runFolder) throws IOException {
    return Journal.create(runFolder.resolve("journal.ndjson"));
  }

  /**
   * A node on this machine, in a folder that goes when it is closed.
   *
   * @param images of this user, to be closed behind the node
   * @param shortcut by which files are moved
   */
  EmbeddedNode startNode(Path folder, int providers, ImageStore images, FileShortcut shortcut)
      throws IOException {
    var seed = console.clock().millis();
    return EmbeddedNode.start(
        new NodeOptions(
            0,
            newAppKey(),
            providers,
            folder,
            seed,
            true,
            Optional.of(images),
            Optional.of(shortcut)));
  }

  private Optional<Path> imageFolder() {
    return console
        .variable("XDG_CACHE_HOME")
        .map(Path::of)
        .or(() -> console.variable("HOME").map(home -> Path.of(home, ".cache")))
        .map(cache -> console.folder().resolve(cache).resolve("golem-pipeline").resolve("images"));
  }

  /** The images that this user has on this machine, or this folder if nobody says who that is. */
  public ImageStore imageStore() {
    var own = console.folder().resolve(".golem-pipeline").resolve("images");
    return new ImageStore(imageFolder().orElse(own), console.clock());
  }

  /** The same, for commands that are about them. */
  public ImageStore requireImageStore() throws Refusal {
    var folder =
        imageFolder()
            .orElseThrow(
                () -> Refusal.usage("Nothing says where this user's images are.", "Set `HOME`."));
    return new ImageStore(folder, console.clock());
  }

  /** A key that nobody can guess. */
  public static String newAppKey() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** The user's own daemon. */
  public GolemConnection daemon() throws Refusal {
    var appKey = appKey();
    return new GolemConnection(daemonUrl(), appKey);
  }

  /** Where the user's daemon listens. */
  public URI daemonUrl() throws Refusal {
    var url = console.variable("YAGNA_API_URL");
    try {
      var daemon = url.map(URI::create).orElse(DAEMON);
      if (isOfTheWeb(daemon)) {
        return daemon;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new Refusal(
        ExitCodes.PLATFORM,
        "`YAGNA_API_URL` is `%s`, which is not a URL.".formatted(url.orElse("")),
        "Write it as `%s`, or unset it for that.".formatted(DAEMON));
  }

  /** What the user's daemon knows us by. */
  public String appKey() throws Refusal {
    var key =
        console
            .variable("YAGNA_APPKEY")
            .orElseThrow(
                () ->
                    new Refusal(
                        ExitCodes.PLATFORM,
                        "The network needs the key of your yagna daemon, and `YAGNA_APPKEY` is not"
                            + " set.",
                        "Make one with `yagna app-key create golem-pipeline` and export it as"
                            + " `YAGNA_APPKEY`."));
    // As part of a header it would be refused in words that repeat it.
    if (!isAppKey(key)) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "`YAGNA_APPKEY` holds a blank, a line end or another character that no key has.",
          "Export it again as `yagna app-key list` shows it.");
    }
    return key;
  }

  /** Whether a daemon could have such a key. */
  public static boolean isAppKey(String key) {
    return !key.isEmpty() && key.chars().allMatch(each -> each > ' ' && each < 0x7f);
  }

  /** What providers fetch. */
  public Checked<Images> images(Plan plan, boolean make) throws Refusal, InterruptedException {
    return Images.onNetwork(plan.spec(), plan.folder(), registry(), workshop(make));
  }

  /** What stages need and those of their images lack that are on this machine. */
  public List<Diagnostic> lacks(PipelineSpec spec, Path folder) {
    if (spec.stages().stream().allMatch(stage -> stage.image() == null)) {
      return List.of();
    }
    var anywhere = new Inside(Inside.Choice.WHERE_POSSIBLE, Optional.empty());
    try {
      var images = Images.onThisMachine(spec, folder, workshop(false), anywhere).orNull();
      return images == null ? List.of() : lacks(spec, images);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** The same, of images that were found. */
  public List<Diagnostic> lacks(PipelineSpec spec, Images images) throws InterruptedException {
    try (var store = imageStore()) {
      return ImageContents.lacks(spec, images, store);
    } catch (ImageException e) {
      return List.of(unseen(spec, String.valueOf(e.getMessage()), e.hint()));
    } catch (IOException e) {
      return List.of(unseen(spec, "An image could not be read: " + Trouble.reason(e) + ".", null));
    }
  }

  private static Diagnostic unseen(PipelineSpec spec, String why, @Nullable String cure) {
    return Diagnostic.warning(
        ImageDiagnosticIds.IMAGE_BAD_FILE, spec.source(), Range.START, why, cure);
  }

  private Workshop workshop(boolean make) {
    return new Workshop(imageStore(), make ? this::say : null);
  }

  private void say(String line) {
    console.err().println(TerminalText.safe(line));
    console.err().flush();
  }

  /** What a run on this machine works inside. */
  public Checked<Images> imagesHere(
      PipelineSpec spec, Path folder, Inside.Choice choice, boolean make)
      throws InterruptedException {
    var workshop = workshop(make);
    var named = spec.stages().stream().anyMatch(stage -> stage.image() != null);
    // Asking the system costs time, and mostly nobody wants to know.
    var obstacle =
        choice == Inside.Choice.NEVER || !named
            ? Optional.<Inside.Obstacle>empty()
            : Containers.obstacle().map(each -> new Inside.Obstacle(each.reason(), each.cure()));
    return Images.onThisMachine(spec, folder, workshop, new Inside(choice, obstacle));
  }

  /** A run that is ready to start. */
  public PipelineRun run(Plan plan, RunSettings settings, LocalShell shell, List<EventSink> sinks) {
    return new PipelineRun(plan, settings, shell, sinks, console.clock());
  }

  public Clock clock() {
    return console.clock();
  }

  /** What the daemon knows a run's agreements by. */
  public static String newSessionId() {
    return UUID.randomUUID().toString();
  }

  /** What may be spent; on this machine nothing is. */
  public static BigDecimal budget(PipelineSpec spec) {
    return spec.budget() == null ? BigDecimal.ONE : spec.budget();
  }

  /** Where results of the pipelines in a folder are kept. */
  public static Path cacheFolder(Path folder) {
    return folder.resolve(".golem-pipeline").resolve("cache");
  }

  /**
   * What earlier runs left.
   *
   * @param scratch for archives that cannot lie there
   */
  public ResultCache cache(PipelineText text, Path scratch) {
    return ResultCache.open(cacheFolder(text.folder()), scratch, console.clock());
  }

  public FileDigests digests(PipelineText text, boolean rehash) {
    var folder = cacheFolder(text.folder());
    return FileDigests.open(folder, folder, console.clock(), rehash);
  }

  /** Keeps other runs of the pipeline away. */
  public RunLock lock(PipelineText text, PipelineSpec spec) throws Refusal, IOException {
    try {
      var folder = text.folder().resolve(".golem-pipeline");
      return RunLock.take(folder, spec.name(), console.clock().instant());
    } catch (RunLock.TakenException e) {
      throw Refusal.usage(
          e.holder()
              .map(
                  holder ->
                      "Another run of `%s` is going on, as process %d since %s."
                          .formatted(
                              spec.name(),
                              holder.pid(),
                              holder.since().truncatedTo(ChronoUnit.SECONDS)))
              .orElse("Another run of `%s` is going on.".formatted(spec.name())),
          "Wait for its end, or stop it: both would publish to the same places.");
    }
  }

  /** The most providers at a time if the command line does not say. */
  public static int workers(PipelineSpec spec, RunSettings.Target target) {
    if (spec.workers() != null) {
      return spec.workers();
    }
    return target == RunSettings.Target.LOCAL ? cores() : GOLEM_WORKERS;
  }

  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Long enough for the slowest fragment that the file allows. */
  public static Duration agreementDuration(PipelineSpec spec) {
    var longest = LEAST_AGREEMENT;
    for (var stage : spec.stages()) {
      var timeouts = stage.timeouts();
      var needed =
          timeouts
              .deploy()
              .plus(timeouts.run())
              .plus(timeouts.transfer())
              .plus(timeouts.transfer())
              .plusMinutes(10);
      longest = needed.compareTo(longest) > 0 ? needed : longest;
    }
    return longest;
  }

  /** The registry that knows what image tags stand for. */
  public ImageRegistry registry() throws Refusal {
    return new ImageRegistry(registryUrl());
  }

  private static boolean isOfTheWeb(URI url) {
    return url.getHost() != null
        && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
  }

  /** Where Golem's image registry is. */
  public URI registryUrl() throws Refusal {
    var url = console.variable("GOLEM_REGISTRY_URL");
    try {
      var registry = url.map(URI::create).orElse(REGISTRY);
      if (isOfTheWeb(registry)) {
        return registry;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new Refusal(
        ExitCodes.PLATFORM,
        "`GOLEM_REGISTRY_URL` is `%s`, which is not a URL.".formatted(url.orElse("")),
        "Write it as `%s`, or unset it for that.".formatted(REGISTRY));
  }
}
