package org.golempipeline.cli.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.history.UnsettledRuns;
import org.golempipeline.cli.live.Detached;
import org.golempipeline.cli.live.RunProcess;
import org.golempipeline.cli.market.ListedProviders;
import org.golempipeline.cli.pipeline.CacheOptions;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.pipeline.Planning;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.EventJson;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.PreparedRun;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.pipeline.RunOptions;
import org.golempipeline.plan.Plan;
import org.golempipeline.report.RunReport;
import org.golempipeline.report.RunReport.Detail;
import org.golempipeline.report.Screen;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.workplace.LeftOvers;
import org.golempipeline.workplace.WorkFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: a pipeline from its file to its result. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a pipeline file, by default on this machine, where nothing is paid.")
public final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Mixin CacheOptions cache = new CacheOptions();

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

  @Option(
      names = {"-v", "--verbose"},
      description = "Shows every event of the run in words, a line each.")
  boolean verbose;

  @Option(
      names = "--detach",
      description = {
        "Goes on without the terminal, and prints the id of the run once it has begun.",
        "`watch` shows it then, and `stop` ends it."
      })
  boolean detach;

  @Spec @Nullable CommandSpec spec;

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

  @Mixin RecordOptions records = new RecordOptions();

  public RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    var target = target(place);
    if (workers != null && workers < 1) {
      throw Refusal.usage("A run needs a worker.", "Write `--workers 1` or more.");
    }
    if (quiet && verbose) {
      throw Refusal.usage("`-q` and `-v` exclude each other.", "Leave one of them out.");
    }
    records.check(console);
    if (detach) {
      return startDetached();
    }
    var pipeline = cache.of(console, options.open(console));
    LeftOvers.removeIfPossible(pipeline.own());
    try (var folder = pipeline.workFolder("runs", false).claim()) {
      if (target == Target.LOCAL) {
        return run(pipeline, folder, target, () -> {});
      }
      inside.requireNone();
      // What earlier runs left is settled beside it, also if this one is refused.
      try (var unsettled = UnsettledRuns.settle(console, pipeline.text().folder())) {
        try {
          return run(pipeline, folder, target, unsettled::await);
        } finally {
          unsettled.await();
        }
      }
    }
  }

  private int startDetached() throws Refusal, IOException, InterruptedException {
    if (options.file().equals(PipelineText.STANDARD_INPUT)) {
      throw Refusal.usage("`--detach` leaves standard input behind.", "Name a pipeline file.");
    }
    var words = new ArrayList<>(List.of("run"));
    Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs().stream()
        .filter(word -> !word.equals("--detach") && !word.startsWith("--detach="))
        .forEach(words::add);
    return Detached.start(console, cache.of(console, options.open(console)), words, quiet);
  }

  /** Something that has to be over before a run starts. */
  private interface Before {
    void await() throws InterruptedException;
  }

  private int run(Pipeline pipeline, WorkFolder folder, Target target, Before before)
      throws Refusal, IOException, InterruptedException {
    var messages = new Messages(console);
    var whole = Planning.require(console, pipeline, folder.path());
    var asked =
        new RunOptions(
            target,
            workers,
            inside.choice(),
            !noTrial,
            !selection.allFresh(),
            selection.freshStages(whole),
            rehash,
            outputs.overwrite());
    var plan = selection.of(whole);
    records.check(console, whole);
    try (var prepared = pipeline.prepare(plan, folder, asked, messages::line)) {
      messages.diagnostics(prepared.warnings());
      before.await();
      return run(prepared, plan, folder, target);
    }
  }

  private int run(PreparedRun prepared, Plan plan, WorkFolder folder, Target target)
      throws Refusal, IOException, InterruptedException {
    var values = new FinalValues(finalValues(plan));
    var forecast = new Forecast(plan, prepared.workers());
    var listed = new ListedProviders(plan.spec().golem());
    var files = records.open(console, folder.path());
    var sinks = new ArrayList<EventSink>(files.sinks());
    sinks.addAll(List.of(json ? this::printJson : values, forecast, listed));
    int exitCode;
    boolean whole;
    try (var report = RunReport.open(screen(), folder.path(), detail(), prepared.clock())) {
      sinks.add(report);
      try (var run = prepared.start(sinks);
          var interruption = new Interruption(() -> run.stop("Interrupted."), () -> halt(report))) {
        RunProcess.announce(run.folder());
        exitCode = run.result().exitCode();
      }
    } finally {
      whole = files.finish();
    }
    if (target == Target.GOLEM && !quiet) {
      listed.unmatched().forEach(line -> console.screen().out().println("  " + line));
      forecast
          .line(new RunHistories(plan.folder()), folder.id())
          .ifPresent(line -> console.screen().out().println("  " + line));
    }
    return exitCode == ExitCodes.DONE && !whole ? ExitCodes.FAILED : exitCode;
  }

  private Detail detail() {
    return quiet ? Detail.TROUBLE : verbose ? Detail.EVERYTHING : Detail.USUAL;
  }

  /** Events that are printed on the same terminal would get between lines that are drawn again. */
  private Screen screen() {
    return json && console.outIsTerminal() ? console.screen().plain() : console.screen();
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
  }

  private static void halt(RunReport report) {
    report.leave(report.leftOpen());
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
