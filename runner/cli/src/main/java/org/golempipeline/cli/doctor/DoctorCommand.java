package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.pipeline.PluginOptions;
import org.golempipeline.cli.run.RunCommand;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Severity;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.ShellWord;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.workplace.Scratch;
import org.golempipeline.workplace.WorkFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code doctor}: why it does not work here. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks whether pipelines can run here, a line for each thing, and says the cure of what is"
          + " wrong.",
      "Runs two small fragments on this machine, and leaves nothing behind.",
      "Exit code: 0 nothing is wrong, 4 the network cannot be used, 1 something else is wrong."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Path MEMORY_FIGURES = Path.of("/proc/meminfo");
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private final Console console;
  private final List<Finding> findings = new ArrayList<>();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A pipeline file, or a folder of such. Default: the current folder.")
  String place = "";

  @Option(
      names = "--on",
      paramLabel = "PLACE",
      description =
          "local (default), or golem: looks at the daemon and the network too. Spends nothing.")
  String on = "local";

  @Option(
      names = "--fix",
      description =
          "Does what is safe: makes a missing folder for temporary files, and removes what killed"
              + " commands left on this machine. Everything else is only said.")
  boolean fix;

  @Option(names = "--json", description = "Prints each check as a line of JSON.")
  boolean json;

  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var golem = RunCommand.target(on) == Target.GOLEM;
    var folder = RunChoice.folder(console, place);
    try {
      machine(folder);
    } catch (InterruptedException e) {
      new Messages(console).line("Interrupted.");
      return ExitCodes.INTERRUPTED;
    }
    var spec = file();
    if (golem) {
      new GolemChecks(console.machine(), spec, this::tell).run();
    }
    return exitCode();
  }

  private void machine(Path folder) throws Refusal, IOException, InterruptedException {
    var runtime = Runtime.getRuntime();
    tell(
        MachineChecks.java(
            Runtime.version(),
            runtime.maxMemory(),
            Files.isReadable(MEMORY_FIGURES)
                ? Scratch.available(Files.readAllLines(MEMORY_FIGURES, StandardCharsets.UTF_8))
                : 0,
            RunDefaults.cores()));
    tell(MachineChecks.shell(SHELL, console.variable("PATH").orElse(DEFAULT_PATH)));
    var own = folder.resolve(".golem-pipeline");
    var repairs = new Repairs(fix);
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    // The launcher passes over one that it cannot use; what fragments start does not.
    var named = console.variable("TMPDIR").orElse("");
    tell(repairs.temporary(named.isEmpty() ? temporary : console.path(named)));
    tell(MachineChecks.images(Containers.obstacle()));
    try (var images = console.machine().imageStore()) {
      tell(repairs.scratch(own, temporary, images));
    }
    try (var work = new WorkFolder(own, "doctor", console.machine().newRunId(), false)) {
      var writable = MachineChecks.folder(folder, work.path());
      tell(writable);
      if (writable.state() != Finding.State.PROBLEM) {
        tell(new TrialRun(console, work.path().resolve("trial")).run());
      }
    }
    tell(MachineChecks.leftovers(folder));
    tell(MachineChecks.cache(ResultCache.of(folder)));
  }

  /** What stands in the pipeline file; null if there is none, or nothing that can be understood. */
  private @Nullable PipelineSpec file() throws Refusal {
    if (Files.isDirectory(console.folder().resolve(place))) {
      return null;
    }
    var text = PipelineText.read(console.machine(), place);
    var plugins = new PluginOptions().all(console, text);
    var checked =
        new Pipeline(
                console.machine(), text, plugins, new Overrides(Map.of(), console::variable, true))
            .spec();
    var mistakes =
        checked.diagnostics().stream()
            .filter(each -> each.severity() == Severity.ERROR)
            .map(Diagnostic::id)
            // Whoever runs it will pass them.
            .filter(id -> !id.equals(DiagnosticIds.PARAM_MISSING))
            .count();
    tell(
        mistakes == 0
            ? Finding.ok("file", "no mistakes in " + place)
            : Finding.problem(
                "file",
                "`%s` has %s.".formatted(place, Words.count(mistakes, "mistake")),
                "`golem-pipeline check %s` shows them.".formatted(ShellWord.of(place))));
    return checked.orNull();
  }

  private void tell(Finding finding) {
    findings.add(finding);
    console.out().print(json ? finding.json() + "\n" : finding.text());
  }

  private int exitCode() {
    if (findings.stream().anyMatch(Finding::platform)) {
      return ExitCodes.PLATFORM;
    }
    return findings.stream().anyMatch(each -> each.state() == Finding.State.PROBLEM)
        ? ExitCodes.FAILED
        : ExitCodes.DONE;
  }
}
