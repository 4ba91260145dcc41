package org.golempipeline.cli.run;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.pipeline.CacheOptions;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.pipeline.Planning;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.image.Images;
import org.golempipeline.image.Uplink;
import org.golempipeline.journal.PlanJson;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.NetworkLimits;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.PlanDrawing;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings.Target;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code plan}: what a run would do. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Shows the stages and fragments that a run would have. Runs and spends nothing.")
public final class PlanCommand implements Callable<Integer> {
  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Mixin CacheOptions cache = new CacheOptions();

  @Option(
      names = "--on",
      paramLabel = "PLACE",
      completionCandidates = RunCommand.Places.class,
      description = "local (default), or golem: what a run there would keep, take and cost.")
  String place = "local";

  @Option(
      names = "--uplink",
      paramLabel = "RATE",
      converter = Rate.class,
      description =
          "What this machine sends at most, such as 20Mbit: how long images take. Else as the last"
              + " run on golem showed.")
  @Nullable Uplink uplink;

  @Mixin OutputOptions outputs = new OutputOptions();

  @Mixin InsideOptions inside = new InsideOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      completionCandidates = Formats.class,
      converter = Format.Converter.class,
      description = "text (default), dot for Graphviz, mermaid for Markdown, or json.")
  Format format = Format.TEXT;

  public PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var target = RunCommand.target(place);
    if (uplink != null && target != Target.GOLEM) {
      throw Refusal.usage(
          "`--uplink` says nothing of this machine: no image is sent.",
          "Leave it out, or plan for the network with `--on golem`.");
    }
    var pipeline = cache.of(console, options.open(console));
    try (var folder = pipeline.workFolder("plans", false).claim()) {
      var whole = Planning.require(console, pipeline, folder.path());
      var plan =
          new Messages(console).require(pipeline.outputs(selection.of(whole), outputs.overwrite()));
      if (target == Target.GOLEM) {
        new Messages(console).require(NetworkLimits.onNetwork(plan.spec()));
      }
      format.draw(plan, console.out());
      if (format == Format.TEXT) {
        // A folder of its own, which earlier results take away with them.
        var scratch = folder.path().resolve("earlier");
        var fresh = selection.freshStages(whole);
        var lines = new ArrayList<>(selection.lines(plan, fresh));
        var images = images(pipeline, plan, target);
        var through = uplink == null ? pipeline.uplink() : uplink;
        new Messages(console).diagnostics(pipeline.imageWarnings(plan.spec(), images, through));
        images.unmade().forEach(each -> lines.add("image `%s`: would be made".formatted(each)));
        images.choices().forEach(each -> lines.add(Words.programs(each, target == Target.GOLEM)));
        if (target == Target.GOLEM) {
          var workers = RunDefaults.workers(plan.spec(), target);
          // Sorted, since a map has another order each time.
          new TreeMap<>(
                  images.served().entrySet().stream()
                      .collect(toMap(each -> each.getKey().toString(), Map.Entry::getValue)))
              .forEach((image, file) -> lines.add(sending(image, file.size(), workers, through)));
        }
        var outlook =
            new PlanOutlook(
                plan,
                target,
                images,
                stage -> !selection.allFresh() && !fresh.contains(stage.name()));
        lines.addAll(outlook.lines(pipeline, scratch));
        lines.forEach(console::say);
      }
      return ExitCodes.DONE;
    }
  }

  /** A large image that many fetch from here can take longer than the work. */
  private static String sending(String image, long size, int workers, Uplink line) {
    var all = BigDecimal.valueOf(size).multiply(BigDecimal.valueOf(workers));
    return "image `%s`: %s from this machine to %s, %s at %s"
        .formatted(
            image,
            Words.size(size),
            workers == 1 ? "one provider" : "each of " + Words.count(workers, "provider"),
            Words.duration(line.time(all)),
            line.text());
  }

  /** What cannot be found is no reason to say nothing else. */
  private Images images(Pipeline pipeline, Plan plan, Target target)
      throws Refusal, InterruptedException {
    if (target == Target.GOLEM) {
      inside.requireNone();
    }
    var found =
        target == Target.GOLEM
            ? pipeline.imagesOnNetwork(plan.spec(), null)
            : pipeline.imagesHere(plan.spec(), inside.choice(), null);
    new Messages(console).diagnostics(found.diagnostics());
    return found.value().orElse(Images.none());
  }

  /** Reads {@code 20Mbit}. */
  static final class Rate implements ITypeConverter<Uplink> {
    @Override
    public Uplink convert(String value) {
      return Uplink.parse(value)
          .orElseThrow(
              () -> new TypeConversionException("`%s` is no rate such as 20Mbit".formatted(value)));
    }
  }

  /** How a plan is drawn. */
  enum Format {
    TEXT,
    DOT,
    MERMAID,
    JSON;

    void draw(Plan plan, PrintStream to) {
      switch (this) {
        case TEXT -> to.print(TerminalText.safeLines(PlanDrawing.text(plan)));
        case DOT -> to.print(PlanDrawing.dot(plan));
        case MERMAID -> to.print(PlanDrawing.mermaid(plan));
        case JSON -> to.println(PlanJson.write(plan));
      }
    }

    /** Names the formats in lower case. */
    static final class Converter implements ITypeConverter<Format> {
      @Override
      public Format convert(String value) {
        for (var format : values()) {
          if (format.name().toLowerCase(Locale.ROOT).equals(value)) {
            return format;
          }
        }
        throw new TypeConversionException(
            "`%s` is not among text, dot, mermaid and json".formatted(value));
      }
    }
  }

  /** What {@code --format} knows. */
  static final class Formats extends Candidates {
    Formats() {
      super(Stream.of(Format.values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
    }
  }
}
