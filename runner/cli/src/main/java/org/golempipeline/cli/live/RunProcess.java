package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.golempipeline.plainfile.PlainFile;

/**
 * The process of a run that ends it in good order when it gets a signal. It says so in a file of
 * the run's folder: a run of another Java program has none, and is that program's to end.
 */
public final class RunProcess {
  private static final String FILE = "process";

  /** The system tells when a process began by its clock of today, which may have been set. */
  private static final Duration NEARLY = Duration.ofSeconds(3);

  private final ProcessHandle process;

  private RunProcess(ProcessHandle process) {
    this.process = process;
  }

  /** Says that this process ends the run in good order from now on. */
  public static void announce(Path runFolder) throws IOException {
    var self = ProcessHandle.current();
    var began = began(self).map(each -> " " + each.toEpochMilli()).orElse("");
    Files.writeString(runFolder.resolve(FILE), self.pid() + began + "\n");
  }

  /**
   * Who announced himself, if he lives: another process that has got his number since is none. It
   * may have given up the run's journal already.
   */
  static Optional<RunProcess> of(Path runFolder) throws IOException {
    String text;
    try {
      text = PlainFile.text(runFolder.resolve(FILE));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    var words = text.strip().split(" ", 2);
    try {
      var process = ProcessHandle.of(Long.parseLong(words[0]));
      return process
          .filter(each -> words.length == 1 || began(each).isEmpty() || isAt(each, words[1]))
          .map(RunProcess::new);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether the process with this number did so, even if it is gone. */
  static boolean isAnnouncedBy(Path runFolder, long pid) throws IOException {
    try {
      return PlainFile.text(runFolder.resolve(FILE)).matches(pid + "\\b(?s:.*)\n");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static boolean isAt(ProcessHandle process, String millisecond) {
    var then = Instant.ofEpochMilli(Long.parseLong(millisecond));
    return began(process)
        .map(now -> Duration.between(then, now).abs().compareTo(NEARLY) < 0)
        .orElse(true);
  }

  private static Optional<Instant> began(ProcessHandle process) {
    return process.info().startInstant();
  }

  long pid() {
    return process.pid();
  }

  /** Asks it to end, by SIGTERM; false if this user may not. */
  boolean end() {
    return process.destroy() || !process.isAlive();
  }
}
