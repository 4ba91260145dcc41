package org.golempipeline.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import org.golempipeline.cli.pipeline.InsideOptions;
import org.golempipeline.cli.pipeline.Planning;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.laws.LawsCheck;
import org.golempipeline.laws.LawsJson;
import org.golempipeline.laws.LawsSettings;
import org.golempipeline.laws.LawsText;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.DiagnosticJson;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.strategy.Quantities;
import org.golempipeline.workplace.NodeOnDemand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code check --laws}: the laws of splitting and merging, tried on a sample. */
final class LawsOptions {
  @Option(
      names = "--laws",
      description =
          "Runs a sample of the input on this machine, cut in different ways, and compares the"
              + " results. Publishes nothing.")
  private boolean laws;

  @Option(
      names = "--sample",
      paramLabel = "SIZE",
      description = "How much of a stage's input --laws takes, about. Default: 1MiB.")
  private @Nullable String sample;

  @Mixin private InsideOptions inside = new InsideOptions();

  /** Whether they are asked for. */
  boolean wanted() throws Refusal {
    if (sample != null && !laws) {
      throw Refusal.usage(
          "`--sample` says how much `--laws` tries, and that is not there.", "Add `--laws`.");
    }
    if (inside.given() && !laws) {
      throw Refusal.usage(
          "`--in` says in which programs `--laws` tries, and that is not there.", "Add `--laws`.");
    }
    return laws;
  }

  private long sampleBytes() throws Refusal {
    try {
      var bytes = Quantities.bytes(sample == null ? "1MiB" : sample);
      if (bytes > 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw Refusal.usage("`--sample %s` is not a size.".formatted(sample), "Write `--sample 4MiB`.");
  }

  /** Tries the laws of a file, unless it has mistakes. */
  int check(Console console, Pipeline pipeline, boolean json)
      throws Refusal, IOException, InterruptedException {
    var size = sampleBytes();
    var messages = new Messages(console);
    try (var home = pipeline.workFolder("laws", false)) {
      var planned = Planning.plan(pipeline, home.path().resolve("plan"));
      if (json && planned.orNull() == null) {
        console.out().print(DiagnosticJson.of(planned.diagnostics()));
        return ExitCodes.USAGE;
      }
      var plan = messages.require(planned);
      var images = inside.images(console, pipeline, plan.spec());
      images.choices().forEach(each -> messages.line(Words.programs(each, false)));
      Files.createDirectories(home.path());
      try (var node =
          new NodeOnDemand(
              console.machine().imageStore(),
              console.clock(),
              () -> home.path().resolve("providers"),
              LawsCheck.PROVIDERS,
              null)) {
        var check =
            new LawsCheck(
                plan,
                new LawsSettings(
                    home.id(),
                    pipeline.text().name(),
                    size,
                    home.path(),
                    node,
                    RunDefaults.agreements(plan.spec()),
                    pipeline.shell(plan.spec()),
                    images,
                    Plugins.NONE.strategies().split("files").orElseThrow(),
                    console.clock(),
                    messages::line));
        try (var interruption = new Interruption(check::stop)) {
          var report = check.run();
          console.out().print(json ? LawsJson.of(report) + "\n" : LawsText.of(report));
          return report.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
        } catch (InterruptedException e) {
          messages.line("Interrupted.");
          return ExitCodes.INTERRUPTED;
        }
      }
    }
  }
}
