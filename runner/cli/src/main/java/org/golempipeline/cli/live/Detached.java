package org.golempipeline.cli.live;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.report.ShellWord;

/**
 * Starts a run in a process that outlives the terminal: in a session of its own where the system
 * has {@code setsid}, else deaf for SIGHUP. Waits only until the run has begun, or was refused.
 */
public final class Detached {
  private static final String STARTER =
      """
      if command -v setsid >/dev/null 2>&1; then exec setsid "$0" "$@"; fi
      trap '' HUP
      exec "$0" "$@"
      """;

  /** What the run says lies there, in its folder. */
  private static final List<String> STREAMS = List.of("stdout.txt", "stderr.txt");

  private static final long PAUSE_MILLISECONDS = 50;

  private final Console console;
  private final Pipeline pipeline;
  private final RunHistories histories;

  private Detached(Console console, Pipeline pipeline) {
    this.console = console;
    this.pipeline = pipeline;
    this.histories = new RunHistories(pipeline.text().folder());
  }

  /**
   * Starts it, prints its id, and says where it is to be found.
   *
   * @param arguments the command line of the run
   * @param quiet whether only the id is printed
   * @return the exit code: of the run, if it ended before it began
   */
  public static int start(Console console, Pipeline pipeline, List<String> arguments, boolean quiet)
      throws IOException, InterruptedException {
    return new Detached(console, pipeline).start(arguments, quiet);
  }

  private int start(List<String> arguments, boolean quiet)
      throws IOException, InterruptedException {
    // Beside the runs, so that what it says can be moved there while it is being written.
    try (var folder = pipeline.workFolder("starts", false).claim()) {
      var before = new HashSet<>(histories.ids());
      var child = start(arguments, Files.createDirectories(folder.path()));
      try (var interruption = new Interruption(child::destroy, child::destroyForcibly)) {
        var begun = await(child, before);
        if (begun.isEmpty()) {
          relay(folder.path());
          return child.waitFor();
        }
        for (var stream : STREAMS) {
          Files.move(folder.path().resolve(stream), histories.folder(begun.get()).resolve(stream));
        }
        say(begun.get(), child.pid(), quiet);
        return ExitCodes.DONE;
      }
    }
  }

  private Process start(List<String> arguments, Path folder) throws IOException {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", STARTER, console.program()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .directory(console.folder().toFile())
        .redirectInput(new File("/dev/null"))
        .redirectOutput(folder.resolve(STREAMS.get(0)).toFile())
        .redirectError(folder.resolve(STREAMS.get(1)).toFile())
        .start();
  }

  /** The id of its run; empty if it ended without one. */
  private Optional<String> await(Process child, Set<String> before)
      throws IOException, InterruptedException {
    while (true) {
      var over = child.waitFor(PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
      for (var id : histories.ids()) {
        if (!before.contains(id) && RunProcess.isAnnouncedBy(histories.folder(id), child.pid())) {
          return Optional.of(id);
        }
      }
      if (over) {
        return Optional.empty();
      }
    }
  }

  private void relay(Path folder) throws IOException {
    console.out().write(PlainFile.bytes(folder.resolve(STREAMS.get(0))));
    console.err().write(PlainFile.bytes(folder.resolve(STREAMS.get(1))));
  }

  private void say(String id, long pid, boolean quiet) {
    console.out().println(id);
    if (quiet) {
      return;
    }
    var place = console.shown(pipeline.text().folder());
    var run = id + (place.isEmpty() ? "" : " --in " + ShellWord.of(place));
    var messages = new Messages(console);
    messages.line("Run %s goes on without this terminal, as process %d.".formatted(id, pid));
    messages.line(
        "  output  %s, and %s beside it"
            .formatted(
                console.shown(histories.folder(id).resolve(STREAMS.get(0))), STREAMS.get(1)));
    messages.line("  watch   golem-pipeline watch " + run);
    messages.line("  stop    golem-pipeline stop " + run);
  }
}
