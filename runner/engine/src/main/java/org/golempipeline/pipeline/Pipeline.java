package org.golempipeline.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.cache.SharedCache;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.image.ImageContents;
import org.golempipeline.image.ImageDiagnosticIds;
import org.golempipeline.image.Images;
import org.golempipeline.image.Inside;
import org.golempipeline.image.Uplink;
import org.golempipeline.image.Workshop;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.NetworkLimits;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.Planner;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.run.OutputCheck;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.Strategies;
import org.golempipeline.workplace.WorkFolder;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file that was opened: with the plugins it may use, values for its params, and what the
 * user allows it. Leads from its text to its plan and to a run, and knows how the parts of the
 * product fit together for that. Immutable, for any thread.
 */
public final class Pipeline {
  private static final int RUNS_LOOKED_AT = 20;

  private final Machine machine;
  private final PipelineText text;
  private final Checked<Plugins> plugins;
  private final Overrides overrides;
  private final Strategies strategies;

  /** Where results are kept; null for beside the file. */
  private final @Nullable Path cache;

  @ForCommands
  public Pipeline(
      Machine machine, PipelineText text, Checked<Plugins> plugins, Overrides overrides) {
    this(machine, text, plugins, overrides, null);
  }

  private Pipeline(
      Machine machine,
      PipelineText text,
      Checked<Plugins> plugins,
      Overrides overrides,
      @Nullable Path cache) {
    this.cache = cache;
    this.machine = machine;
    this.text = text;
    this.plugins = plugins;
    this.overrides = overrides;
    this.strategies = plugins.value().orElse(Plugins.NONE).strategies();
  }

  /**
   * The file as it is now, with the plugins that its lock file pins. It may run commands of its own
   * on this machine where its keys say so, and names no paths outside of its folder.
   *
   * @param file relative to the current folder
   * @param params values by name
   * @throws Refusal if it cannot be read; what is wrong in it, {@link #check} says
   */
  public static Pipeline open(Machine machine, String file, Map<String, String> params)
      throws Refusal {
    var text = PipelineText.read(machine, file);
    var overrides =
        new Overrides(
            params,
            Map.of(),
            List.of(),
            machine::variable,
            false,
            true,
            new FolderSurroundings(text.folder()));
    return new Pipeline(machine, text, text.plugins(machine, Plugins.NONE), overrides);
  }

  /** The same with these profiles of the file, of which later ones win. */
  public Pipeline withProfiles(List<String> names) {
    return new Pipeline(machine, text, plugins, overrides.withProfiles(names), cache);
  }

  /** The same with the values and profiles that it had in a run, where the caller gives none. */
  @ForCommands
  public Pipeline withEarlier(Map<String, String> values, List<String> profiles) {
    return new Pipeline(machine, text, plugins, overrides.after(values, profiles), cache);
  }

  /**
   * The same with results kept in {@code folder}, which pipelines of several folders may use at
   * once. It is made when needed.
   *
   * @throws Refusal if it cannot be used, or holds other things
   */
  public Pipeline withCache(Path folder) throws Refusal {
    try {
      if (!SharedCache.claim(folder)) {
        throw Refusal.usage(
            "`%s` holds other things than results, and in a cache files are removed."
                .formatted(folder),
            "Name a folder that is empty or not there yet.");
      }
    } catch (IOException e) {
      throw Refusal.usage(
          "`%s` cannot be used as a cache: %s.".formatted(folder, Trouble.reason(e)),
          "Name a folder that may be written to.");
    }
    return new Pipeline(machine, text, plugins, overrides, folder);
  }

  public Machine machine() {
    return machine;
  }

  public PipelineText text() {
    return text;
  }

  /** For the shell texts of {@code spec} that are meant for this machine. */
  @ForCommands
  public LocalShell shell(PipelineSpec spec) {
    return new LocalShell(overrides.localCommands(), Secrets.of(spec.params()));
  }

  /** The params that the caller sets. */
  @ForCommands
  public Map<String, String> params() {
    return overrides.params();
  }

  /** Whether results may be written outside the folder of the file. */
  boolean allowsOutside() {
    return overrides.allowOutside();
  }

  /** Where everything is kept beside the file. */
  public Path own() {
    return text.folder().resolve(".golem-pipeline");
  }

  /** A folder for its user alone, in {@link #own}, which goes when it is closed. */
  public WorkFolder workFolder(String kind, boolean keep) {
    return new WorkFolder(own(), kind, machine.newRunId(), keep);
  }

  /** What stands in the file, or all its mistakes. */
  public Checked<PipelineSpec> spec() {
    return plugins.then(
        known ->
            PipelineFiles.load(text.bytes(), text.name(), text.included(), strategies, overrides));
  }

  /** The file as one text, with what it includes and with the chosen profiles. */
  @ForCommands
  public Checked<String> merged() {
    return PipelineFiles.merged(text.bytes(), text.name(), text.included(), overrides.profiles());
  }

  /** The same with warnings for input that is not there now, and for what one place cannot do. */
  public Checked<PipelineSpec> check() {
    return spec().then(this::lookAhead);
  }

  private Checked<PipelineSpec> lookAhead(PipelineSpec spec) {
    var found = new ArrayList<>(Planner.missingInput(spec, text.folder()));
    found.addAll(NetworkLimits.warnings(spec));
    found.addAll(imageWarnings(spec));
    return new Checked<>(spec, found);
  }

  /**
   * What a run would do, its input found and split. A command or a plugin that splits ends when
   * this thread is interrupted.
   *
   * @param folder for what is made on the way
   */
  public Checked<Plan> plan(Path folder) {
    return spec()
        .then(
            spec ->
                Planner.plan(spec, strategies, text.folder(), folder.resolve("work"), shell(spec)));
  }

  /**
   * {@code plan}, unless something lies in the way of its results.
   *
   * @param overwrite whether files may be replaced that are not as this pipeline left them
   */
  @ForCommands
  public Checked<Plan> outputs(Plan plan, boolean overwrite) {
    return OutputCheck.of(plan, overwrite, overrides.allowOutside());
  }

  /**
   * What a run on this machine works inside.
   *
   * @param progress gets a line for each thing that takes its time while an image is made; null
   *     where none may be made
   */
  @ForCommands
  public Checked<Images> imagesHere(
      PipelineSpec spec, Inside.Choice choice, @Nullable Consumer<String> progress)
      throws InterruptedException {
    var named = spec.stages().stream().anyMatch(stage -> stage.image() != null);
    return Images.onThisMachine(spec, text.folder(), workshop(progress), inside(choice, named));
  }

  /** Asking the system costs time, and mostly nobody wants to know. */
  private static Inside inside(Inside.Choice choice, boolean wanted) {
    return new Inside(
        choice,
        choice == Inside.Choice.NEVER || !wanted
            ? Optional.empty()
            : Containers.obstacle().map(each -> new Inside.Obstacle(each.reason(), each.cure())));
  }

  /**
   * What providers fetch.
   *
   * @param progress as above
   */
  @ForCommands
  public Checked<Images> imagesOnNetwork(PipelineSpec spec, @Nullable Consumer<String> progress)
      throws Refusal, InterruptedException {
    var audits =
        spec.stages().stream().anyMatch(stage -> stage.verify() != null && stage.verify().local());
    return Images.onNetwork(
        spec,
        text.folder(),
        machine.registry(),
        workshop(progress),
        inside(Inside.Choice.WHERE_POSSIBLE, audits));
  }

  private Workshop workshop(@Nullable Consumer<String> progress) {
    return new Workshop(machine.imageStore(), machine.logins(), progress);
  }

  /** What is to be said of those images that are on this machine. */
  private List<Diagnostic> imageWarnings(PipelineSpec spec) {
    if (spec.stages().stream().allMatch(stage -> stage.image() == null)) {
      return List.of();
    }
    var anywhere = new Inside(Inside.Choice.WHERE_POSSIBLE, Optional.empty());
    try {
      var images = Images.onThisMachine(spec, text.folder(), workshop(null), anywhere).orNull();
      return images == null ? List.of() : imageWarnings(spec, images, uplink());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** As the last run of this folder on the network showed it that sent enough, else as usual. */
  @ForCommands
  public Uplink uplink() {
    try {
      return new RunHistories(text.folder())
          .filesServed(RUNS_LOOKED_AT).stream()
              .flatMap(Pipeline::uplink)
              .findFirst()
              .orElse(Uplink.USUAL);
    } catch (IOException unreadable) {
      return Uplink.USUAL;
    }
  }

  private static Stream<Uplink> uplink(StampedEvent stamped) {
    return stamped.event() instanceof RunEvent.FilesServed served
        ? Uplink.shown(served.bytes(), Duration.ofMillis(served.milliseconds()), stamped.at())
            .stream()
        : Stream.empty();
  }

  /**
   * The same, of images that were found.
   *
   * @param uplink through which providers get them
   */
  @ForCommands
  public List<Diagnostic> imageWarnings(PipelineSpec spec, Images images, Uplink uplink)
      throws InterruptedException {
    try (var store = machine.imageStore()) {
      var providers = RunDefaults.workers(spec, RunSettings.Target.GOLEM);
      return ImageContents.warnings(spec, images, store, providers, uplink);
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

  /** Where results of earlier runs are. */
  @ForCommands
  public Path cacheFolder() {
    return cache == null ? ResultCache.of(text.folder()) : cache;
  }

  /**
   * What earlier runs left.
   *
   * @param scratch for archives that cannot lie there
   */
  @ForCommands
  public ResultCache cache(Path scratch) {
    return ResultCache.open(cacheFolder(), scratch, machine.clock());
  }

  /**
   * What earlier runs know of the content of files.
   *
   * @param rehash whether files are read again that look unchanged
   */
  @ForCommands
  public FileDigests digests(boolean rehash) {
    return FileDigests.open(ResultCache.of(text.folder()), cacheFolder(), machine.clock(), rehash);
  }

  /**
   * Makes everything ready for a run: whatever can be refused is refused here, before anything is
   * spent. Keeps other runs of the pipeline away.
   *
   * @param plan of this pipeline, or a part of it
   * @param folder of the run
   * @param progress gets a line for each thing that takes its time while an image is made
   */
  public PreparedRun prepare(
      Plan plan, WorkFolder folder, RunOptions options, Consumer<String> progress)
      throws Refusal, IOException, InterruptedException {
    return PreparedRun.of(this, plan, folder, options, progress);
  }

  /**
   * Runs it from its text to its results, on a thread of the run's own.
   *
   * @param listener gets every event in order, on that thread, and is not to block; what it throws
   *     ends the run
   * @throws Refusal if it cannot be run as it is
   */
  public StartedRun start(RunOptions options, EventSink listener)
      throws Refusal, IOException, InterruptedException {
    var folder = workFolder("runs", false).claim();
    try {
      var plan = plan(folder.path());
      if (plan.orNull() == null) {
        throw Refusal.of(plan.diagnostics());
      }
      return prepare(plan.orNull(), folder, options, line -> {})
          .thenClosing(folder)
          .start(List.of(listener));
    } catch (Refusal | IOException | InterruptedException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }
}
