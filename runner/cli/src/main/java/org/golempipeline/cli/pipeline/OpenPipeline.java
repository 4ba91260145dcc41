package org.golempipeline.cli.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.Refusal;
import org.golempipeline.cli.wiring.PipelineText;
import org.golempipeline.cli.wiring.Wiring;
import org.golempipeline.cli.wiring.WorkFolder;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.NetworkLimits;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.Planner;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Secrets;

/**
 * A pipeline file as a command has it: with the plugins it may use, values for its params, and what
 * the user allows it. Leads from its text to its plan.
 */
public final class OpenPipeline {
  /** How long a plan may take to end once it was interrupted. */
  private static final Duration END_LIMIT = Duration.ofSeconds(2);

  private final Console console;
  private final PipelineText text;
  private final Checked<Plugins> plugins;
  private final Overrides overrides;
  private final Wiring wiring;

  public OpenPipeline(
      Console console, PipelineText text, Checked<Plugins> plugins, Overrides overrides) {
    this.console = console;
    this.text = text;
    this.plugins = plugins;
    this.overrides = overrides;
    this.wiring = new Wiring(console, plugins.value().orElse(Plugins.NONE));
  }

  /** The same with values that its params had in a run, where the command line says nothing. */
  public OpenPipeline withEarlier(Map<String, String> values) {
    return new OpenPipeline(
        console,
        text,
        plugins,
        new Overrides(
            overrides.params(),
            values,
            overrides.environment(),
            overrides.allowOutside(),
            overrides.localCommands(),
            overrides.surroundings()));
  }

  public PipelineText text() {
    return text;
  }

  public Wiring wiring() {
    return wiring;
  }

  /** For the shell texts of {@code spec} that are meant for this machine. */
  public LocalShell shell(PipelineSpec spec) {
    return new LocalShell(overrides.localCommands(), Secrets.of(spec.params()));
  }

  /** The params that the command line sets. */
  public Map<String, String> params() {
    return overrides.params();
  }

  /** Whether results may be written outside the folder of the file. */
  public boolean allowsOutside() {
    return overrides.allowOutside();
  }

  /** Where everything is kept beside the file. */
  public Path own() {
    return text.folder().resolve(".golem-pipeline");
  }

  /** A folder for this command alone, in {@link #own}, which goes when it is closed. */
  public WorkFolder workFolder(String kind, boolean keep) {
    return new WorkFolder(own(), kind, wiring.newRunId(), keep);
  }

  /** What stands in the file, or all its mistakes. */
  public Checked<PipelineSpec> spec() {
    return plugins.then(known -> wiring.load(text, overrides));
  }

  /** The same with warnings for input that is not there now, and for what one place cannot do. */
  public Checked<PipelineSpec> lookAhead(PipelineSpec spec) {
    var found = new ArrayList<>(Planner.missingInput(spec, text.folder()));
    found.addAll(NetworkLimits.warnings(spec));
    found.addAll(wiring.lacks(spec, text.folder()));
    return new Checked<>(spec, found);
  }

  /**
   * The same, its input found and split.
   *
   * @param folder for what is made on the way
   * @throws Refusal if it was interrupted
   */
  public Checked<Plan> plan(Path folder) throws Refusal {
    var planning = Thread.currentThread();
    var interrupted = new AtomicBoolean();
    Checked<Plan> planned;
    try (var interruption =
        new Interruption(
            () -> {
              interrupted.set(true);
              planning.interrupt();
              haltUnlessItEnds(planning, folder);
            },
            () -> halt(folder))) {
      planned = spec().then(spec -> wiring.plan(spec, text, folder, shell(spec)));
    }
    if (interrupted.get()) {
      Thread.interrupted(); // said once; what is cleared away now need not know
      throw new Refusal(ExitCodes.INTERRUPTED, "Interrupted.", "Nothing was started yet.");
    }
    return planned;
  }

  /** A command that a split waits for ends at an interrupt; a split that computes may not. */
  private void haltUnlessItEnds(Thread planning, Path folder) {
    var patience =
        new Thread(
            () -> {
              try {
                planning.join(END_LIMIT.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              halt(folder);
            },
            "patience");
    patience.setDaemon(true);
    patience.start();
  }

  private void halt(Path folder) {
    WorkFolder.removeInHaste(own(), folder);
    Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
  }

  /**
   * The plan, once everything that is wrong was shown.
   *
   * @throws Refusal if there is none
   */
  public Plan requirePlan(Path folder) throws Refusal {
    return require(console, plan(folder));
  }

  /**
   * What {@code checked} has, once everything that is wrong was shown.
   *
   * @throws Refusal if it has nothing
   */
  public static <T> T require(Console console, Checked<T> checked) throws Refusal {
    new Messages(console).diagnostics(checked.diagnostics());
    return checked.value().orElseThrow(Refusal::shown);
  }
}
