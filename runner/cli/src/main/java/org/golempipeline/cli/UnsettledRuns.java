package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;

/** Reminds of earlier runs that left something on the network. */
final class UnsettledRuns {
  private UnsettledRuns() {}

  /**
   * Says so if a run of this pipeline did.
   *
   * @param folder of the pipeline file
   */
  static void warn(Console console, Path folder, String pipeline) {
    try {
      new RunHistories(folder).unsettled(pipeline).ifPresent(run -> warn(console, run));
    } catch (IOException e) {
      // What is left of an earlier run must not keep a new one from starting.
    }
  }

  private static void warn(Console console, RunHistory run) {
    new Messages(console)
        .warning(
            "Run %s left things unsettled: agreements may still bill, and GLM be locked."
                .formatted(run.id()),
            "`golem-pipeline settle %s` ends and pays them.".formatted(run.id()));
  }
}
