package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.golempipeline.image.Images;
import org.golempipeline.journal.FragmentAttempts;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.TerminalText;
import org.golempipeline.repro.ReproFolder;
import org.golempipeline.run.EarlierResults;
import org.golempipeline.run.EarlierResultsException;
import org.golempipeline.spec.Nearest;
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
      "Makes a folder with what a provider gets for one fragment, and a run.sh that replays it here.",
      "Give the same -p as to the run."
    })
final class ReproCommand implements Callable<Integer> {
  private static final Pattern FRAGMENT = Pattern.compile("(?:([a-z][a-z0-9_.-]*)/)?([0-9]{1,9})");
  private static final int RUNS_LOOKED_AT = 100;

  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "FRAGMENT",
      description = "STAGE/NUMBER such as count/17, or the number alone; `logs` names them.")
  String fragment = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The pipeline file.")
  String file = "";

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "The stage, when FRAGMENT is a number alone and there are several.")
  @Nullable String stage;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "The run whose attempts and logs go along. Default: the newest of this pipeline.")
  @Nullable String run;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Where to make it. Default: .golem-pipeline/repro beside the pipeline file.")
  @Nullable String to;

  @Option(names = "--shell", description = "Opens a shell in it in which everything is set.")
  boolean shell;

  @Mixin ParamOptions params = new ParamOptions();

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(
      names = "--allow-outside",
      description = "Lets paths in the file leave the folder that it lies in.")
  boolean allowOutside;

  @Option(
      names = "--no-local-commands",
      description = "Refuses files that would run commands of theirs on this machine.")
  boolean noLocalCommands;

  ReproCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    var words = FRAGMENT.matcher(fragment);
    if (!words.matches()) {
      throw Refusal.usage(
          "`%s` names no fragment.".formatted(fragment),
          "Write a stage and a number from 0, such as `count/17`.");
    }
    var text = PipelineText.read(console, file);
    var values = params.values(console);
    var plugins = pluginOptions.announced(console, text);
    var wiring = new Wiring(console, plugins.value().orElse(Plugins.NONE));
    var scratch =
        text.folder()
            .resolve(".golem-pipeline")
            .resolve("repro")
            .resolve(".work-" + wiring.newRunId());
    var planned =
        plugins
            .then(known -> wiring.load(text, values, allowOutside))
            .then(spec -> wiring.plan(spec, text, scratch, !noLocalCommands));
    new Messages(console).diagnostics(planned.diagnostics());
    var plan = planned.value().orElse(null);
    if (plan == null) {
      return ExitCodes.USAGE;
    }
    var stagePlan = stage(plan, words.group(1) == null ? stage : words.group(1));
    var folder = folder(text, stagePlan, words.group(2));
    make(wiring, plan, text, scratch, stagePlan, Integer.parseInt(words.group(2)), folder);
    console.out().println(TerminalText.safe(shown(folder)));
    console.out().flush();
    if (shell) {
      return new ProcessBuilder(folder.resolve("run.sh").toString(), "--shell")
          .inheritIO()
          .start()
          .waitFor();
    }
    console.err().println("`run.sh` in it replays the fragment; README.txt says what is there.");
    console.err().flush();
    return ExitCodes.DONE;
  }

  private void make(
      Wiring wiring,
      Plan plan,
      PipelineText text,
      Path scratch,
      StagePlan stagePlan,
      int index,
      Path folder)
      throws Refusal, IOException, InterruptedException {
    var histories = new RunHistories(text.folder());
    var id = runId(histories, plan.spec().name());
    var runFolder = id.map(histories::folder).orElse(null);
    var attempts =
        runFolder == null
            ? List.<FragmentAttempts.Attempt>of()
            : FragmentAttempts.read(runFolder, stagePlan.name().value(), index);
    var givenUp = runFolder == null ? GivenUp.NOTHING : GivenUp.read(runFolder);
    var images = images(wiring, plan, stagePlan, id.isEmpty() ? null : histories.read(id.get()));
    try (var cache = wiring.cache(text, scratch);
        var digests = wiring.digests(text, false);
        var results =
            EarlierResults.open(
                plan,
                givenUp,
                scratch,
                cache,
                digests,
                images,
                new LocalShell(!noLocalCommands),
                console.clock())) {
      new ReproFolder(results.fragment(stagePlan, index), text.name(), runFolder, attempts)
          .write(folder);
    } catch (EarlierResultsException e) {
      throw Refusal.usage(e.getMessage(), e.hint());
    }
  }

  private static StagePlan stage(Plan plan, @Nullable String name) throws Refusal {
    var names = plan.stages().stream().map(each -> each.name().value()).toList();
    if (name == null && names.size() == 1) {
      return plan.stages().get(0);
    }
    if (name == null) {
      throw Refusal.usage(
          "Each stage has a fragment of that number.",
          names.stream()
              .limit(3)
              .map("`%s/…`"::formatted)
              .collect(Collectors.joining(" or ", "Name the stage as well: ", ".")));
    }
    for (var each : plan.stages()) {
      if (each.name().value().equals(name)) {
        return each;
      }
    }
    throw Refusal.usage(
        "There is no stage `%s`.".formatted(name),
        Nearest.to(name, names)
            .map("Did you mean `%s`?"::formatted)
            .orElse("The stages are %s.".formatted(String.join(", ", names))));
  }

  /** The run that is meant, if there is one. */
  private Optional<String> runId(RunHistories histories, String pipeline)
      throws Refusal, IOException {
    if (run != null) {
      var choice = new RunChoice();
      choice.place = file;
      return Optional.of(choice.resolve(histories, run));
    }
    for (var id : histories.ids().stream().limit(RUNS_LOOKED_AT).toList()) {
      if (histories.read(id).pipeline().filter(pipeline::equals).isPresent()) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  /** Results are looked up as they were kept: by what the images are. */
  private Images images(Wiring wiring, Plan plan, StagePlan stagePlan, @Nullable RunHistory history)
      throws Refusal {
    var started = history == null ? null : history.started();
    if (started == null
        || !started.target().equals("golem")
        || !EarlierResults.areNeeded(stagePlan)) {
      return Images.notFetched();
    }
    var found = wiring.images(plan);
    new Messages(console).diagnostics(found.diagnostics());
    var images = found.orNull();
    if (images == null) {
      throw Refusal.usage(
          "The results of a run on Golem are kept by their images, and those were not found.",
          null);
    }
    return images;
  }

  private Path folder(PipelineText text, StagePlan stagePlan, String number) throws Refusal {
    if (to == null) {
      var beside = text.folder().resolve(".golem-pipeline").resolve("repro");
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

  /** As the user would type it. */
  private String shown(Path folder) {
    return folder.startsWith(console.folder())
        ? console.folder().relativize(folder).toString()
        : folder.toString();
  }
}
