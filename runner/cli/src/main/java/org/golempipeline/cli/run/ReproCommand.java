package org.golempipeline.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.pipeline.CacheOptions;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.pipeline.Planning;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.event.RunEvent;
import org.golempipeline.image.Images;
import org.golempipeline.journal.FragmentAttempts;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.journal.RunParams;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.report.Words;
import org.golempipeline.repro.ReproFolder;
import org.golempipeline.run.EarlierResults;
import org.golempipeline.run.EarlierResultsException;
import org.golempipeline.spec.PipelineSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code repro}: one fragment as a folder that replays it here. */
@Command(
    name = "repro",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a folder with what a provider gets for one fragment, and a run.sh that replays it"
          + " here.",
      "Params and profiles are those of the run, unless -p or --profile says otherwise."
    })
public final class ReproCommand implements Callable<Integer> {
  private static final int RUNS_LOOKED_AT = 100;
  private static final int LONGEST_VALUE = 40;

  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "FRAGMENT",
      description = "STAGE/NUMBER such as count/17, or the number alone; `logs` names them.")
  String fragment = "";

  @Mixin PipelineOptions options = new PipelineOptions();

  @Mixin CacheOptions cache = new CacheOptions();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "The stage, when FRAGMENT is a number alone and there are several.")
  @Nullable String stage;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "The run whose params it has, and whose attempts and logs go along. Default: the newest"
              + " of this file.")
  @Nullable String run;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Where to make it. Default: .golem-pipeline/repro beside the pipeline file.")
  @Nullable String to;

  @Option(names = "--shell", description = "Opens a shell in it in which everything is set.")
  boolean shell;

  @Mixin InsideOptions inside = new InsideOptions();

  public ReproCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    var meant = FragmentName.of(fragment);
    var named = meant.stage() == null ? stage : meant.stage();
    var index = meant.number();
    var pipeline = cache.of(console, options.open(console));
    var history = history(pipeline);
    Path folder;
    try (var scratch = pipeline.workFolder("work", false)) {
      var plan = plan(pipeline, history, scratch.path());
      var stagePlan = FragmentName.stage(plan, named);
      folder = folder(pipeline, stagePlan, index);
      make(pipeline, plan, history, scratch.path(), stagePlan, index, folder);
    }
    console.say(console.shown(folder));
    if (shell) {
      return new ProcessBuilder(folder.resolve("run.sh").toString(), "--shell")
          .inheritIO()
          .start()
          .waitFor();
    }
    say("`run.sh` in it replays the fragment; README.txt says what is there.");
    return ExitCodes.DONE;
  }

  private void say(String line) {
    new Messages(console).line(line);
  }

  /** The run that is meant, if there is one. */
  private @Nullable RunHistory history(Pipeline pipeline) throws Refusal, IOException {
    var histories = new RunHistories(pipeline.text().folder());
    if (run != null) {
      var choice = new RunChoice();
      choice.place = pipeline.text().folder().toString();
      return histories.read(choice.resolve(histories, run));
    }
    var unreadable = new Messages(console);
    for (var found : histories.newest(RUNS_LOOKED_AT, unreadable::unreadable)) {
      if (RunChoice.isOf(found, options.file())) {
        return found;
      }
    }
    return null;
  }

  /** With the params of the run, as far as it kept them and the command line says nothing else. */
  private Plan plan(Pipeline pipeline, @Nullable RunHistory history, Path scratch) throws Refusal {
    var started = history == null ? null : history.started();
    if (started == null) {
      return Planning.require(console, pipeline, scratch);
    }
    var params = new RunParams(started);
    var planned = Planning.plan(pipeline.withEarlier(params.values(), params.profiles()), scratch);
    var lacking =
        planned.diagnostics().stream()
            .filter(each -> each.id().equals(DiagnosticIds.PARAM_MISSING))
            .anyMatch(
                each ->
                    params.secrets().stream()
                        .anyMatch(name -> each.message().contains("`" + name + "`")));
    if (lacking) {
      new Messages(console).diagnostics(planned.diagnostics());
      throw Refusal.usage(
          "No run keeps its secrets, and run %s had some: %s."
              .formatted(started.runId(), ticked(params.secrets())),
          "Give them again, by their environment variables or with `-p %s=…`."
              .formatted(params.secrets().get(0)));
    }
    var plan = new Messages(console).require(planned);
    requireLongValues(params.othersIn(plan.spec()), pipeline.params(), started.runId());
    if (params.isOfAnotherText(plan.spec())) {
      new Messages(console)
          .warning(
              "`%s` has changed since run %s: the fragment is what it makes of it now."
                  .formatted(options.file(), started.runId()),
              null);
    }
    sayProfiles(params.profiles(), plan.spec().profiles(), started.runId());
    sayParams(params.values(), plan.spec(), started.runId());
    return plan;
  }

  /** A value that was too long for the journal is known when it comes. */
  private static void requireLongValues(
      List<String> others, Map<String, String> given, String runId) throws Refusal {
    for (var name : others) {
      if (!given.containsKey(name)) {
        throw Refusal.usage(
            "The value that `%s` had in run %s was too long to be kept, and is not that of the file."
                .formatted(name, runId),
            "Give it again: `-p %s=@file`.".formatted(name));
      }
    }
  }

  private void sayProfiles(List<String> then, List<String> now, String runId) {
    if (!then.isEmpty()) {
      var had = "--profile " + String.join(" --profile ", then);
      say((then.equals(now) ? "As in run %s: %s." : "Run %s had %s.").formatted(runId, had));
    }
  }

  private void sayParams(Map<String, String> then, PipelineSpec spec, String runId) {
    var same = new ArrayList<String>();
    for (var param : spec.params().entrySet()) {
      var name = param.getKey();
      var value = then.get(name);
      if (value != null && !param.getValue().secret()) {
        if (value.equals(param.getValue().value())) {
          same.add(name + "=" + Words.beginning(value, LONGEST_VALUE));
        } else {
          say("Run %s had %s=%s.".formatted(runId, name, Words.beginning(value, LONGEST_VALUE)));
        }
      }
    }
    if (!same.isEmpty()) {
      say("As in run %s: %s.".formatted(runId, String.join(", ", same)));
    }
  }

  private static String ticked(List<String> names) {
    return names.stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
  }

  private void make(
      Pipeline pipeline,
      Plan plan,
      @Nullable RunHistory history,
      Path scratch,
      StagePlan stagePlan,
      int index,
      Path folder)
      throws Refusal, IOException, InterruptedException {
    var text = pipeline.text();
    var runFolder = history == null ? null : new RunHistories(text.folder()).folder(history.id());
    var attempts =
        runFolder == null
            ? List.<FragmentAttempts.Attempt>of()
            : FragmentAttempts.read(runFolder, stagePlan.name().value(), index);
    var givenUp = runFolder == null ? GivenUp.NOTHING : GivenUp.read(runFolder);
    var here = inside.images(console, pipeline, plan.spec());
    sayPrograms(here, stagePlan);
    var images =
        history == null || runFolder == null
            ? here
            : images(pipeline, plan, stagePlan, history, runFolder);
    try (var cache = pipeline.cache(scratch);
        var digests = pipeline.digests(false);
        var results =
            EarlierResults.open(
                plan,
                givenUp,
                scratch,
                cache,
                digests,
                images,
                pipeline.shell(plan.spec()),
                console.clock())) {
      new ReproFolder(
              results.fragment(stagePlan, index),
              text.name(),
              runFolder,
              attempts,
              image(here, plan, stagePlan))
          .write(folder);
    } catch (EarlierResultsException e) {
      throw Refusal.usage(e.getMessage(), e.hint());
    }
  }

  private void sayPrograms(Images here, StagePlan stagePlan) {
    var image = String.valueOf(stagePlan.spec().image());
    here.choices().stream()
        .filter(each -> each.image().equals(image))
        .forEach(each -> say(Words.programs(each, false)));
  }

  private ReproFolder.@Nullable Image image(Images here, Plan plan, StagePlan stagePlan) {
    var image = stagePlan.spec().image();
    var file = image == null ? null : here.files().get(image);
    return file == null
        ? null
        : new ReproFolder.Image(
            file.sha3(), !plan.spec().golem().outbound().isEmpty(), console.program());
  }

  /** Results are looked up as they were kept: by what the images are. */
  private Images images(
      Pipeline pipeline, Plan plan, StagePlan stagePlan, RunHistory history, Path runFolder)
      throws Refusal, IOException, InterruptedException {
    var started = history.started();
    if (started == null || !started.target().equals("golem") || stagePlan.needed().isEmpty()) {
      return Images.asChosen(new JournalReader(runFolder).all(RunEvent.ProgramsChosen.class));
    }
    var found = pipeline.imagesOnNetwork(plan.spec(), null);
    new Messages(console).diagnostics(found.diagnostics());
    var images = found.orNull();
    if (images == null) {
      throw Refusal.usage(
          "The results of a run on Golem are kept by their images, and those were not found.",
          null);
    }
    return images;
  }

  private Path folder(Pipeline pipeline, StagePlan stagePlan, int number) throws Refusal {
    if (to == null) {
      var beside = pipeline.own().resolve("repro");
      var name = stagePlan.name() + "-" + number;
      var folder = beside.resolve(name);
      for (var i = 2; Files.exists(folder); i++) {
        folder = beside.resolve(name + "." + i);
      }
      return folder;
    }
    try {
      var folder = console.folder().resolve(to);
      if (Files.exists(folder) && !isEmptyFolder(folder)) {
        throw Refusal.usage(
            "`%s` is there already.".formatted(to), "Name a folder that is new or empty.");
      }
      return folder;
    } catch (InvalidPathException | IOException e) {
      throw Refusal.usage("`%s` cannot become a folder.".formatted(to), "Name another one.");
    }
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var content = Files.list(folder)) {
      return content.findAny().isEmpty();
    }
  }
}
