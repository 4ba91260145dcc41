package org.golempipeline.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.pipeline.Planning;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.image.Images;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.Plan;
import org.golempipeline.rehearse.Chaos;
import org.golempipeline.rehearse.Rehearsal;
import org.golempipeline.rehearse.RehearsalJson;
import org.golempipeline.rehearse.RehearsalResult;
import org.golempipeline.rehearse.RehearsalSettings;
import org.golempipeline.rehearse.RehearsalText;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.spec.Nearest;
import org.golempipeline.workplace.Scratch;
import org.golempipeline.workplace.WorkFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rehearse}: a pipeline on misbehaving local providers, before money is spent. */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a pipeline on this machine in peace and in chaos, and tries its commands one by one.",
      "Publishes nothing and pays nothing."
    })
public final class RehearseCommand implements Callable<Integer> {
  /** Short enough to be typed again. */
  private static final int SEEDS = 1_000_000;

  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Option(
      names = "--chaos",
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "storm (default), calm, slow, crashes, liars or bills.")
  String chaos = Chaos.STORM.toString();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides who misbehaves and how. Default: another one each time.")
  @Nullable Long seed;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Takes only so many fragments of a stage: the first, the last, some between.")
  @Nullable Integer sample;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Most providers at a time, instead of what the file says, or of 5.")
  @Nullable Integer workers;

  @Mixin InsideOptions inside = new InsideOptions();

  @Option(names = "--json", description = "Prints the outcome as one JSON object.")
  boolean json;

  @Option(names = "--keep", description = "Leaves results and journals of both runs for a look.")
  boolean keep;

  public RehearseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var kind = kind();
    requirePositive("--sample", sample);
    requirePositive("--workers", workers);
    var pipeline = options.open(console);
    try (var home = pipeline.workFolder("rehearsals", keep)) {
      var plan = Planning.require(console, pipeline, home.path().resolve("plan"));
      requireOutputsInside(plan);
      var images = inside.images(console, pipeline, plan.spec());
      images.choices().forEach(each -> say(Words.programs(each, false)));
      try (var store = console.machine().imageStore()) {
        return rehearse(pipeline, plan, images, store, kind, home);
      }
    }
  }

  /** A rehearsal publishes into a folder of its own and must not reach the user's results. */
  private static void requireOutputsInside(Plan plan) throws Refusal {
    for (var stage : plan.stages()) {
      var output = String.valueOf(stage.spec().output());
      if (output.startsWith("/") || List.of(output.split("/", -1)).contains("..")) {
        throw Refusal.usage(
            "The output `%s` of stage `%s` lies outside the pipeline's folder, where a rehearsal must not write."
                .formatted(output, stage.name()),
            "Give it a path below the pipeline file to rehearse with.");
      }
    }
  }

  private int rehearse(
      Pipeline pipeline, Plan plan, Images images, ImageStore store, Chaos kind, WorkFolder folder)
      throws IOException {
    var home = folder.path();
    var busy = workers == null ? RunDefaults.workers(plan.spec(), Target.GOLEM) : workers;
    var rehearsal =
        new Rehearsal(
            plan,
            new RehearsalSettings(
                folder.id(),
                options.file(),
                kind,
                seed == null ? Math.floorMod(console.clock().millis(), SEEDS) : seed,
                sample == null ? Integer.MAX_VALUE : sample,
                busy,
                home,
                () -> scratch(plan, busy, home),
                images,
                store,
                RunDefaults.agreements(plan.spec()),
                pipeline.shell(plan.spec()),
                console.clock(),
                this::say));
    try (var interruption = new Interruption(rehearsal::stop)) {
      var result = rehearsal.run();
      print(result, home);
      return result.ready() ? ExitCodes.DONE : ExitCodes.FAILED;
    } catch (InterruptedException e) {
      say("Interrupted.");
      return ExitCodes.INTERRUPTED;
    }
  }

  private void print(RehearsalResult result, Path home) {
    if (json) {
      console.out().println(RehearsalJson.of(result));
    } else {
      console.out().print(RehearsalText.of(result));
    }
    if (keep) {
      say("Kept in " + home + ": `logs last --in` its folder `calm` or `chaos`.");
    }
  }

  private void say(String line) {
    new Messages(console).line(line);
  }

  private Path scratch(Plan plan, int busy, Path home) {
    try {
      var folder = Files.createDirectories(home.resolve("providers"));
      return Scratch.choose(plan, busy, Files.createTempDirectory(folder, "node-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Chaos kind() throws Refusal {
    var known = Stream.of(Chaos.values()).map(Chaos::toString).toList();
    var found = Chaos.named(chaos);
    if (found.isEmpty()) {
      throw Refusal.usage(
          "There is no chaos `%s`.".formatted(chaos),
          Nearest.to(chaos, known)
              .map("Did you mean `%s`?"::formatted)
              .orElse("There are %s.".formatted(String.join(", ", known))));
    }
    return found.get();
  }

  private static void requirePositive(String option, @Nullable Integer number) throws Refusal {
    if (number != null && number < 1) {
      throw Refusal.usage(
          "`%s %d` leaves nothing to do.".formatted(option, number),
          "Write `%s 1` or more.".formatted(option));
    }
  }

  /** What {@code --chaos} knows. */
  static final class Kinds extends Candidates {
    Kinds() {
      super(Stream.of(Chaos.values()).map(Chaos::toString).toList());
    }
  }
}
