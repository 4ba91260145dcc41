package org.golempipeline.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.event.EventSink;
import org.golempipeline.filelock.RunLock;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.image.ImageDiagnosticIds;
import org.golempipeline.image.Images;
import org.golempipeline.journal.Journal;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.plan.NetworkLimits;
import org.golempipeline.plan.Plan;
import org.golempipeline.run.PipelineRun;
import org.golempipeline.run.RunClock;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.workplace.LeftOvers;
import org.golempipeline.workplace.NodeOnDemand;
import org.golempipeline.workplace.Scratch;
import org.golempipeline.workplace.WorkFolder;
import org.jspecify.annotations.Nullable;

/**
 * A run that can start: nothing was spent yet, and no other run of the pipeline can start
 * meanwhile. Closing it gives that up; once it was started, the run itself sees to it. For one
 * thread.
 */
public final class PreparedRun implements AutoCloseable {
  /** Providers that do not work at first: a fragment that fails is tried on another one. */
  private static final int SPARE_PROVIDERS = 3;

  /** Local ones cost nothing until they are rented, but each is heard of. */
  private static final int MOST_PROVIDERS = 100;

  private final Pipeline pipeline;
  private final Plan plan;
  private final WorkFolder folder;
  private final RunOptions options;
  private final Clock clock;
  private final List<Diagnostic> warnings = new ArrayList<>();
  private final Images images;
  private final @Nullable GolemConnection network;

  /** What goes with the run, the first one last. */
  private final List<AutoCloseable> closing = new ArrayList<>();

  private PreparedRun(
      Pipeline pipeline,
      Plan plan,
      WorkFolder folder,
      RunOptions options,
      Consumer<String> progress)
      throws Refusal, IOException, InterruptedException {
    this.pipeline = pipeline;
    this.plan = plan;
    this.folder = folder;
    this.options = options;
    var system = pipeline.machine().clock();
    clock = options.target() == Target.LOCAL ? RunClock.alone(system) : RunClock.shared(system);
    if (options.target() == Target.LOCAL) {
      network = null;
      images = require(pipeline.imagesHere(plan.spec(), options.inside(), progress), Refusal.USAGE);
    } else {
      requireBudget();
      requireAccept();
      require(NetworkLimits.onNetwork(plan.spec()), Refusal.USAGE);
      network = pipeline.machine().daemon();
      images = imagesOnNetwork(progress);
      if (options.trial()) {
        warnings.addAll(pipeline.imageWarnings(plan.spec(), images, pipeline.uplink()));
        ImageTrial.run(pipeline.machine(), images);
      }
    }
  }

  static PreparedRun of(
      Pipeline pipeline,
      Plan plan,
      WorkFolder folder,
      RunOptions options,
      Consumer<String> progress)
      throws Refusal, IOException, InterruptedException {
    var run = new PreparedRun(pipeline, plan, folder, options, progress);
    run.closing.add(run.lock());
    try {
      // Another run may have published until now.
      run.require(pipeline.outputs(plan, options.overwrite()), Refusal.USAGE);
      return run;
    } catch (Refusal | RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private <T> T require(Checked<T> checked, int exitCode) throws Refusal {
    warnings.addAll(checked.diagnostics());
    if (checked.orNull() == null) {
      throw Refusal.of(exitCode, warnings);
    }
    return checked.orNull();
  }

  private Images imagesOnNetwork(Consumer<String> progress) throws Refusal, InterruptedException {
    var found = pipeline.imagesOnNetwork(plan.spec(), progress);
    var unanswered =
        found.diagnostics().stream()
            .anyMatch(each -> each.id().equals(ImageDiagnosticIds.IMAGE_NO_ANSWER));
    return require(found, unanswered ? Refusal.PLATFORM : Refusal.USAGE);
  }

  private void requireBudget() throws Refusal {
    if (plan.spec().budget() == null) {
      throw Refusal.usage(
          "`--on golem` spends money, and `%s` does not say how much it may."
              .formatted(pipeline.text().name()),
          "Add a line such as `budget: 1 GLM` at the top level.");
    }
  }

  /** Strangers are paid for the first result: somebody must look at it. */
  private void requireAccept() throws Refusal {
    for (var stage : plan.stages()) {
      if (stage.merge().result() == MergeStrategy.Result.FIRST
          && stage.spec().accept() == null
          && stage.spec().verify() == null) {
        throw Refusal.usage(
            "`merge: first` in stage `%s` would take the word of the first provider that answers."
                .formatted(stage.name()),
            "Add `accept` with a command that checks a result, such as `accept: grep -q ':'"
                + " \"$in\"`, or `verify`.");
      }
    }
  }

  /** Keeps other runs of the pipeline away. */
  private RunLock lock() throws Refusal, IOException {
    var name = plan.spec().name();
    try {
      return RunLock.take(pipeline.own(), name, pipeline.machine().clock().instant());
    } catch (RunLock.TakenException e) {
      throw Refusal.usage(
          e.holder()
              .map(
                  holder ->
                      "Another run of `%s` is going on, as process %d since %s."
                          .formatted(
                              name, holder.pid(), holder.since().truncatedTo(ChronoUnit.SECONDS)))
              .orElse("Another run of `%s` is going on.".formatted(name)),
          "Wait for its end, or stop it: both would publish to the same places.");
    }
  }

  /** What there is to say of the file that does not keep it from running. */
  public List<Diagnostic> warnings() {
    return List.copyOf(warnings);
  }

  /** Most providers at a time. */
  public int workers() {
    return options.workers() == null
        ? RunDefaults.workers(plan.spec(), options.target())
        : options.workers();
  }

  /** What the run calls now. */
  @ForCommands
  public Clock clock() {
    return clock;
  }

  PreparedRun thenClosing(AutoCloseable last) {
    closing.add(0, last);
    return this;
  }

  /**
   * Starts it, on a thread of its own.
   *
   * @param listeners get every event in order, on that thread, and are not to block; what they
   *     throw ends the run
   */
  public StartedRun start(List<? extends EventSink> listeners) throws IOException {
    var own = new ArrayList<>(closing);
    closing.clear();
    try {
      var cache = pipeline.cache(LeftOvers.work(folder.path()));
      own.add(cache);
      var digests = pipeline.digests(options.rehash());
      own.add(digests);
      var journal = Journal.create(folder.path().resolve(JournalReader.FILE));
      own.add(journal);
      var node =
          new NodeOnDemand(
              pipeline.machine().imageStore(), clock, this::scratch, providers(), network);
      own.add(node);
      folder.keep();
      var sinks = new ArrayList<EventSink>(listeners);
      sinks.add(0, journal);
      var run =
          new PipelineRun(
              plan,
              new RunSettings(
                  folder.id(),
                  UUID.randomUUID().toString(),
                  pipeline.text().name(),
                  options.target(),
                  workers(),
                  RunDefaults.budget(plan.spec()),
                  folder.path(),
                  node,
                  RunDefaults.agreements(plan.spec()),
                  cache,
                  digests,
                  options.reuse(),
                  options.fresh(),
                  options.overwrite(),
                  pipeline.allowsOutside(),
                  images),
              pipeline.shell(plan.spec()),
              sinks,
              clock);
      return StartedRun.of(run, folder.id(), folder.path(), own);
    } catch (IOException | RuntimeException e) {
      StartedRun.close(own);
      throw e;
    }
  }

  /** As many as one fragment can need: each try, copy or check is somebody else's. */
  private int providers() {
    var most = workers();
    for (var stage : plan.spec().stages()) {
      var verify = stage.verify();
      most = Math.max(most, stage.retry().attempts());
      most = Math.max(most, verify == null ? 0 : verify.mostAnswers());
    }
    return Math.min(most, Math.max(workers(), MOST_PROVIDERS)) + SPARE_PROVIDERS;
  }

  private Path scratch() {
    try {
      var beside = Scratch.beside(pipeline.own()).resolve(folder.id());
      return Scratch.choose(plan, workers(), beside);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    StartedRun.close(closing);
    closing.clear();
  }
}
