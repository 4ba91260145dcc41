package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.plainfile.PlainFile;

/**
 * The process of a run that ends it in good order when it gets a signal. It says so in a file of
 * the run's folder: a run of another Java program has none, and is that program's to end.
 */
public final class RunProcess {
  private static final String FILE = "process";

  /** Where Linux says when a process began, in ticks since the machine did, behind its name. */
  private static final int BEGAN = 19;

  private final ProcessHandle process;

  private RunProcess(ProcessHandle process) {
    this.process = process;
  }

  /** Says that this process ends the run in good order from now on. */
  public static void announce(Path runFolder) throws IOException {
    var self = ProcessHandle.current();
    Files.writeString(runFolder.resolve(FILE), self.pid() + " " + began(self) + "\n");
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
          .filter(each -> words.length == 1 || isSame(words[1], began(each)))
          .map(RunProcess::new);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whoever cannot be asked when he began is believed. */
  static boolean isSame(String announced, String began) {
    return began.isEmpty() || began.equals(announced);
  }

  /** Whether the process with this number did so, even if it is gone. */
  static boolean isAnnouncedBy(Path runFolder, long pid) throws IOException {
    try {
      return PlainFile.text(runFolder.resolve(FILE)).matches(pid + "\\b(?s:.*)\n");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Stays what it is, also if somebody sets the clock; empty if the system does not say it. */
  private static String began(ProcessHandle process) {
    try {
      var text = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return text.substring(text.lastIndexOf(')') + 2).split(" ", -1)[BEGAN];
    } catch (IOException e) {
      return process.info().startInstant().map(each -> "" + each.toEpochMilli()).orElse("");
    }
  }

  long pid() {
    return process.pid();
  }

  /** Asks it to end, by SIGTERM; false if this user may not. */
  boolean end() {
    return process.destroy() || !process.isAlive();
  }
}
