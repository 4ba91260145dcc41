package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.golempipeline.laws.LawsCheck;
import org.golempipeline.laws.LawsJson;
import org.golempipeline.laws.LawsSettings;
import org.golempipeline.laws.LawsText;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.report.DiagnosticJson;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.strategy.Quantities;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code check --laws}: the laws of splitting and merging, tried on a sample. */
final class LawsOptions {
  private static final int INTERRUPTED = 130;

  @Option(
      names = "--laws",
      description = {
        "Runs a sample of the input on this machine, cut in different ways, and compares the",
        "results. Publishes nothing."
      })
  private boolean laws;

  @Option(
      names = "--sample",
      paramLabel = "SIZE",
      description = "How much of a stage's input --laws takes, about. Default: 1MiB.")
  private @Nullable String sample;

  @Option(
      names = "--no-local-commands",
      description = "Refuses files that would run commands of theirs on this machine.")
  private boolean noLocalCommands;

  /** Whether they are asked for. */
  boolean wanted() throws Refusal {
    if (sample != null && !laws) {
      throw Refusal.usage(
          "`--sample` says how much `--laws` tries, and that is not there.", "Add `--laws`.");
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

  /** Tries the laws of a file that is right. */
  int check(Console console, Wiring wiring, PipelineSpec spec, PipelineText text, boolean json)
      throws Refusal, IOException {
    var size = sampleBytes();
    var id = wiring.newRunId();
    var own = text.folder().resolve(".golem-pipeline");
    var home = own.resolve("laws").resolve(id);
    try {
      var planned = wiring.plan(spec, text, home.resolve("plan"), !noLocalCommands);
      new Messages(console).diagnostics(planned.diagnostics());
      var plan = planned.value().orElse(null);
      if (plan == null) {
        if (json) {
          console.out().print(DiagnosticJson.of(planned.diagnostics()));
        }
        return ExitCodes.USAGE;
      }
      Files.createDirectories(home);
      try (var node =
          new NodeOnDemand(wiring, () -> home.resolve("providers"), LawsCheck.PROVIDERS, null)) {
        var check =
            new LawsCheck(
                plan,
                new LawsSettings(
                    id,
                    text.name(),
                    size,
                    home,
                    node,
                    Wiring.agreementDuration(spec),
                    new LocalShell(!noLocalCommands),
                    console.clock(),
                    line -> say(console, line)));
        try (var interruption =
            new Interruption(check::stop, () -> Runtime.getRuntime().halt(INTERRUPTED))) {
          var report = check.run();
          console.out().print(json ? LawsJson.of(report) + "\n" : LawsText.of(report));
          return report.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
        } catch (InterruptedException e) {
          say(console, "Interrupted.");
          return INTERRUPTED;
        }
      }
    } finally {
      FileUtils.deleteDirectory(home.toFile());
      removeIfEmpty(own.resolve("laws"));
      removeIfEmpty(own);
    }
  }

  private static void say(Console console, String line) {
    console.err().println(line);
    console.err().flush();
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    try (var content = Files.list(folder)) {
      if (content.findAny().isPresent()) {
        return;
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.delete(folder);
  }
}
