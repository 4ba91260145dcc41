package org.golempipeline.cli;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.golempipeline.cache.Digest;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.golem.wire.WireJson;
import org.golempipeline.journal.EventJson;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.workplace.NodeOnDemand;

/**
 * Lets a second processor load the libraries that a command needs in a moment, while the first one
 * is busy with the command line: reading a pipeline file and writing a journal are mostly that.
 */
final class HeadStart {
  private static final Set<String> READERS = Set.of("run", "check", "plan");

  static final byte[] SMALLEST =
      """
      version: 1
      input: "*"
      run: cat "$in" > "$out"
      merge: concat
      output: all
      """
          .getBytes(StandardCharsets.UTF_8);

  private HeadStart() {}

  /** Returns at once. Whatever goes wrong here goes wrong again where it is needed. */
  static void take(String... arguments) {
    if (arguments.length == 0
        || !READERS.contains(arguments[0])
        || Runtime.getRuntime().availableProcessors() < 2) {
      return;
    }
    var thread = new Thread(() -> load(arguments[0].equals("run")), "head start");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load(boolean running) {
    PipelineFiles.load(SMALLEST, "smallest.yaml", Plugins.NONE.strategies(), Overrides.NONE);
    if (running) {
      for (var event :
          List.of(
              new RunEvent.StageReused("", 0, 0, List.of()),
              new RunEvent.RunFinished(0, null, 0, 0, 0, 0, BigDecimal.ZERO, 0))) {
        EventJson.write(new StampedEvent(0, Instant.EPOCH, event));
      }
      // The source of random numbers, and how records are compared.
      NodeOnDemand.newAppKey();
      new HashSet<>(List.of(Digest.parse("0".repeat(64)), Digest.parse("0".repeat(64))));
      // Last, since a run with nothing to do has no use for it.
      WireJson.mapper();
    }
  }
}
