package org.golempipeline.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.history.UnsettledRuns;
import org.golempipeline.cli.images.ImageTrial;
import org.golempipeline.cli.market.ListedProviders;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.OpenPipeline;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.Refusal;
import org.golempipeline.cli.wiring.LeftOvers;
import org.golempipeline.cli.wiring.NodeOnDemand;
import org.golempipeline.cli.wiring.Scratch;
import org.golempipeline.cli.wiring.Wiring;
import org.golempipeline.cli.wiring.WorkFolder;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.image.ImageDiagnosticIds;
import org.golempipeline.image.Images;
import org.golempipeline.journal.EventJson;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.plan.NetworkLimits;
import org.golempipeline.plan.Plan;
import org.golempipeline.report.RunReport;
import org.golempipeline.run.RunSettings;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.MergeStrategy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run}: a pipeline from its file to its result. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a pipeline file, by default on this machine, where nothing is paid.")
public final class RunCommand implements Callable<Integer> {
  /** Providers that do not work at first: a fragment that fails is tried on another one. */
  private static final int SPARE_PROVIDERS = 3;

  /** Local ones cost nothing until they are rented, but each is heard of. */
  private static final int MOST_PROVIDERS = 100;

  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Option(
      names = "--on",
      paramLabel = "PLACE",
      completionCandidates = Places.class,
      description = "local (default), or golem: the Golem Network, within the budget of the file.")
  String place = "local";

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Most providers at a time, instead of what the file says.")
  @Nullable Integer workers;

  @Option(names = "--json", description = "Prints every event of the run as a line of JSON.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Shows no progress, and a summary only if the run did not end well.")
  boolean quiet;

  @Mixin InsideOptions inside = new InsideOptions();

  @Option(
      names = "--no-trial",
      description = "On golem: does not start images that are at hand on this machine first.")
  boolean noTrial;

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(
      names = "--rehash",
      description = "Reads inputs again that look unchanged by size, time and inode.")
  boolean rehash;

  @Mixin OutputOptions outputs = new OutputOptions();

  /** Stages of the file of which nothing is used that earlier runs left. */
  private Set<StageName> fresh = Set.of();

  public RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    var target = target(place);
    if (workers != null && workers < 1) {
      throw Refusal.usage("A run needs a worker.", "Write `--workers 1` or more.");
    }
    var pipeline = options.open(console);
    LeftOvers.removeIfPossible(pipeline.own());
    try (var folder = pipeline.workFolder("runs", false).claim()) {
      if (target == Target.GOLEM) {
        inside.requireNone();
        return runOnGolem(pipeline, folder);
      }
      var plan = plan(pipeline, folder);
      var images =
          OpenPipeline.require(
              console,
              pipeline.wiring().imagesHere(plan.spec(), plan.folder(), inside.choice(), true));
      return run(pipeline, plan, folder, target, null, images);
    }
  }

  /** What is asked for of the file. */
  private Plan plan(OpenPipeline pipeline, WorkFolder folder) throws Refusal {
    var whole = pipeline.requirePlan(folder.path());
    fresh = selection.freshStages(whole);
    return selection.of(whole);
  }

  /** What earlier runs left is settled beside it, also if this one is refused. */
  private int runOnGolem(OpenPipeline pipeline, WorkFolder folder)
      throws Refusal, IOException, InterruptedException {
    try (var unsettled =
        UnsettledRuns.settle(console, pipeline.wiring(), pipeline.text().folder())) {
      try {
        return runOnGolem(pipeline, plan(pipeline, folder), folder, unsettled);
      } finally {
        unsettled.await();
      }
    }
  }

  /** Everything that can be refused is refused before anything is spent. */
  private int runOnGolem(
      OpenPipeline pipeline, Plan plan, WorkFolder folder, UnsettledRuns unsettled)
      throws Refusal, IOException, InterruptedException {
    requireBudget(plan.spec());
    requireAccept(plan);
    OpenPipeline.require(console, NetworkLimits.onNetwork(plan.spec()));
    var connection = pipeline.wiring().daemon();
    var found = pipeline.wiring().images(plan, true);
    new Messages(console).diagnostics(found.diagnostics());
    if (found.orNull() == null) {
      var unanswered =
          found.diagnostics().stream()
              .anyMatch(each -> each.id().equals(ImageDiagnosticIds.IMAGE_NO_ANSWER));
      return unanswered ? ExitCodes.PLATFORM : ExitCodes.USAGE;
    }
    if (!noTrial) {
      ImageTrial.run(pipeline.wiring(), found.orNull());
    }
    unsettled.await();
    return run(pipeline, plan, folder, Target.GOLEM, connection, found.orNull());
  }

  /**
   * @param network null for the embedded node
   */
  private int run(
      OpenPipeline pipeline,
      Plan plan,
      WorkFolder folder,
      Target target,
      @Nullable GolemConnection network,
      Images images)
      throws Refusal, IOException, InterruptedException {
    try (var lock = pipeline.wiring().lock(pipeline.text(), plan.spec())) {
      // Another run may have published until now.
      OpenPipeline.require(console, outputs.check(pipeline, plan));
      return runAlone(pipeline, plan, folder, target, network, images);
    } finally {
      console.out().flush();
    }
  }

  /** As many as one fragment can need: each try, copy or check is somebody else's. */
  private static int providers(Plan plan, int busy) {
    var most = busy;
    for (var stage : plan.spec().stages()) {
      var verify = stage.verify();
      most = Math.max(most, stage.retry().attempts());
      most = Math.max(most, verify == null ? 0 : verify.mostAnswers());
    }
    return Math.min(most, Math.max(busy, MOST_PROVIDERS)) + SPARE_PROVIDERS;
  }

  private int runAlone(
      OpenPipeline pipeline,
      Plan plan,
      WorkFolder folder,
      Target target,
      @Nullable GolemConnection network,
      Images images)
      throws IOException, InterruptedException {
    var text = pipeline.text();
    var wiring = pipeline.wiring();
    var busy = workers == null ? Wiring.workers(plan.spec(), target) : workers;
    var beside = Scratch.beside(pipeline.own()).resolve(folder.id());
    var scratch = LeftOvers.work(folder.path());
    var values = new FinalValues(finalValues(plan));
    var forecast = new Forecast(plan, busy);
    var listed = new ListedProviders(plan.spec().golem());
    var exitCode = ExitCodes.DONE;
    try (var cache = wiring.cache(text, scratch);
        var digests = wiring.digests(text, rehash);
        var journal = Wiring.journal(folder.path());
        var report = RunReport.open(console.screen(), folder.path(), quiet, console.clock());
        var node =
            new NodeOnDemand(wiring, scratch(plan, busy, beside), providers(plan, busy), network)) {
      folder.keep();
      var run =
          wiring.run(
              plan,
              new RunSettings(
                  folder.id(),
                  Wiring.newSessionId(),
                  text.name(),
                  target,
                  busy,
                  Wiring.budget(plan.spec()),
                  folder.path(),
                  node,
                  Wiring.agreementDuration(plan.spec()),
                  cache,
                  digests,
                  !selection.allFresh(),
                  fresh,
                  outputs.overwrite(),
                  pipeline.allowsOutside(),
                  images),
              pipeline.shell(plan.spec()),
              List.of(journal, json ? this::printJson : values, forecast, listed, report));
      try (var interruption =
          new Interruption(() -> run.stop("Interrupted."), () -> halt(report))) {
        exitCode = run.run().exitCode();
      }
    }
    if (target == Target.GOLEM && !quiet) {
      listed.unmatched().forEach(line -> console.screen().out().println("  " + line));
      forecast
          .line(new RunHistories(text.folder()), folder.id())
          .ifPresent(line -> console.screen().out().println("  " + line));
    }
    return exitCode;
  }

  private static Supplier<Path> scratch(Plan plan, int workers, Path beside) {
    return () -> {
      try {
        return Scratch.choose(plan, workers, beside);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /** What {@code --on} names. */
  public static Target target(String place) throws Refusal {
    return switch (place.toLowerCase(Locale.ROOT)) {
      case "local" -> Target.LOCAL;
      case "golem" -> Target.GOLEM;
      default ->
          throw Refusal.usage(
              "`--on %s` names no place to run.".formatted(place),
              "Write `--on local` or `--on golem`.");
    };
  }

  private void requireBudget(PipelineSpec spec) throws Refusal {
    if (spec.budget() == null) {
      throw Refusal.usage(
          "`--on golem` spends money, and `%s` does not say how much it may."
              .formatted(options.file()),
          "Add a line such as `budget: 1 GLM` at the top level.");
    }
  }

  /** Strangers are paid for the first result: somebody must look at it. */
  private void requireAccept(Plan plan) throws Refusal {
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

  /** Last stages whose result is a value: that is what the run answers. */
  private static Set<String> finalValues(Plan plan) {
    return plan.stages().stream()
        .filter(stage -> stage.merge().result() == MergeStrategy.Result.VALUE)
        .filter(
            stage ->
                plan.stages().stream()
                    .noneMatch(other -> other.spec().needs().contains(stage.name())))
        .map(stage -> stage.name().value())
        .collect(Collectors.toSet());
  }

  private void printJson(StampedEvent event) {
    console.out().println(EventJson.write(event));
    console.out().flush();
  }

  private void halt(RunReport report) {
    console.err().println();
    report.leftOpen().forEach(console.err()::println);
    console.err().flush();
    Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
  }

  /** Prints the values that a run answers, once it is sure of them. */
  private final class FinalValues implements EventSink {
    private final Set<String> stages;
    private final ArrayList<String> found = new ArrayList<>();

    FinalValues(Set<String> stages) {
      this.stages = stages;
    }

    @Override
    public void accept(StampedEvent stamped) {
      if (stamped.event() instanceof RunEvent.ValueFound value && stages.contains(value.stage())) {
        found.add(value.value());
      } else if (stamped.event() instanceof RunEvent.RunFinished end && end.failure() == null) {
        found.forEach(console.out()::println);
      }
    }
  }

  /** Where it can run. */
  static final class Places extends Candidates {
    Places() {
      super(List.of("local", "golem"));
    }
  }
}
