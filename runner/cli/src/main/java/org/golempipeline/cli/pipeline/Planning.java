package org.golempipeline.cli.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.Plan;
import org.golempipeline.workplace.WorkFolder;

/** Plans that Ctrl-C ends. */
public final class Planning {
  /**
   * How long a plan may take to end once it was interrupted: a command that a split waits for ends
   * at once, a split that computes may not.
   */
  private static final Duration END_LIMIT = Duration.ofSeconds(2);

  private final Pipeline pipeline;
  private final Path folder;
  private final Thread planner = Thread.currentThread();

  private Planning(Pipeline pipeline, Path folder) {
    this.pipeline = pipeline;
    this.folder = folder;
  }

  /**
   * The plan, once everything that is wrong was shown.
   *
   * @param folder for what is made on the way
   * @throws Refusal if there is none, or it was interrupted
   */
  public static Plan require(Console console, Pipeline pipeline, Path folder) throws Refusal {
    return new Messages(console).require(plan(pipeline, folder));
  }

  /**
   * The plan, or what is wrong.
   *
   * @param folder for what is made on the way
   * @throws Refusal if it was interrupted
   */
  public static Checked<Plan> plan(Pipeline pipeline, Path folder) throws Refusal {
    return new Planning(pipeline, folder).plan();
  }

  private Checked<Plan> plan() throws Refusal {
    var interrupted = new AtomicBoolean();
    Checked<Plan> planned;
    try (var interruption =
        new Interruption(
            () -> {
              interrupted.set(true);
              planner.interrupt();
            },
            this::halt,
            END_LIMIT)) {
      planned = pipeline.plan(folder);
    }
    if (interrupted.get()) {
      Thread.interrupted(); // said once; what is cleared away now need not know
      throw new Refusal(ExitCodes.INTERRUPTED, "Interrupted.", "Nothing was started yet.");
    }
    return planned;
  }

  private void halt() {
    WorkFolder.removeInHaste(pipeline.own(), folder);
    Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
  }
}
