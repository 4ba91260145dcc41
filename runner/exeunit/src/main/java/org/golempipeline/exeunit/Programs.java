package org.golempipeline.exeunit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs as processes of this machine, each in a session of its own, with a small clean
 * environment, and sees to it that none outlives its activity or us. Thread-safe.
 */
final class Programs implements AutoCloseable {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** What {@code ulimit -f} counts in. */
  private static final long FILE_BLOCK = 512;

  private static final List<String> OWN_SESSION = findOwnSession();

  private final String mark;
  private final String searchPath;
  private final CompletableFuture<Warden> warden;
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * @param scratch removed at the end
   * @param around the folder that holds it, if that is removed as well
   * @param mark by which the processes of this node are known
   */
  Programs(Path scratch, Optional<Path> around, String mark, Executor executor) {
    this.mark = mark;
    String path = new ProcessBuilder().environment().get("PATH");
    searchPath = path == null || path.isEmpty() ? DEFAULT_PATH : path;
    warden =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Warden.start(scratch, around, mark);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            executor);
  }

  /** The words before a command that give it a process group of its own; may be none. */
  static List<String> ownSession() {
    return OWN_SESSION;
  }

  private static List<String> findOwnSession() {
    for (String setsid : List.of("/usr/bin/setsid", "/bin/setsid")) {
      if (Files.isExecutable(Path.of(setsid))) {
        return List.of(setsid);
      }
    }
    if (Files.isExecutable(Path.of("/usr/bin/perl"))) {
      return List.of("/usr/bin/perl", "-e", "setpgrp(0, 0); exec { $ARGV[0] } @ARGV", "--");
    }
    return List.of();
  }

  /** What a program of this machine gets. */
  Map<String, String> environment(Path home) {
    return Map.of("PATH", searchPath, "HOME", home.toString(), "LANG", "C.UTF-8");
  }

  /**
   * Words before a command that bound what it may use; may be none. A file that would become larger
   * ends its program.
   *
   * @param group what to enter for the memory to be bounded
   */
  static List<String> within(OptionalLong fileSize, Optional<Path> group) {
    if (fileSize.isEmpty() && group.isEmpty()) {
      return List.of();
    }
    String blocks =
        fileSize.isPresent() ? String.valueOf(fileSize.getAsLong() / FILE_BLOCK + 1) : "unlimited";
    return List.of(
        "/bin/sh",
        "-c",
        "ulimit -f \"$1\"; [ -z \"$2\" ] || echo $$ >\"$2\" || exit 125; shift 2; exec \"$@\"",
        "sh",
        blocks,
        group.map(Path::toString).orElse(""));
  }

  /**
   * Starts a program; without input, and only with the outputs that are asked for.
   *
   * @param command an absolute path and arguments
   * @param environment all that it gets, but for the mark of the activity {@code activity}
   */
  Process start(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      String activity,
      boolean stdout,
      boolean stderr)
      throws IOException {
    List<String> words = new ArrayList<>(OWN_SESSION.size() + command.size());
    words.addAll(OWN_SESSION);
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put(Warden.VARIABLE, mark + activity);
    builder.directory(directory.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    if (!stdout) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    if (!stderr) {
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    }
    return guarded(builder, mark + activity);
  }

  /**
   * Starts the process that holds a container; it bears no mark, since that is for the programs of
   * an activity.
   */
  Process hold(ProcessBuilder builder, String activity) throws IOException {
    Process process = guarded(builder, mark + activity);
    left(process);
    return process;
  }

  /** A program either starts in time to be killed with the others, or not at all. */
  private Process guarded(ProcessBuilder builder, String ownMark) throws IOException {
    Warden guard = warden.join();
    closing.readLock().lock();
    try {
      if (closed) {
        throw new IOException("the node is closing");
      }
      Process process = builder.start();
      guard.started(process.pid(), ownMark);
      return process;
    } finally {
      closing.readLock().unlock();
    }
  }

  /** To be called when nobody waits for the program any more, whether it ended or not. */
  void left(Process process) {
    if (process.isAlive()) {
      process.onExit().thenRun(() -> warden.join().ended(process.pid()));
    } else {
      warden.join().ended(process.pid());
    }
  }

  /** What runs at the moment of all activities, as far as the system tells. */
  List<RunningProgram> running() {
    return RunningProgram.marked(mark);
  }

  /** Kills all processes of an activity; takes some milliseconds. */
  void killAll(String activity) {
    warden.join().kill(mark + activity);
  }

  /** The processor seconds of a running process and its descendants, as far as they are known. */
  static double cpuSeconds(@Nullable Process process) {
    if (process == null) {
      return 0;
    }
    double own = cpuSeconds(process.toHandle());
    return own + process.descendants().mapToDouble(Programs::cpuSeconds).sum();
  }

  private static double cpuSeconds(ProcessHandle handle) {
    return handle.info().totalCpuDuration().map(each -> each.toNanos() / 1e9).orElse(0.0);
  }

  /** Kills all there is, and removes the scratch folder. */
  @Override
  public void close() {
    closing.writeLock().lock();
    try {
      closed = true;
    } finally {
      closing.writeLock().unlock();
    }
    warden.join().close();
  }
}
