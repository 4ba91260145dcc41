package org.golempipeline.cli.doctor;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The program {@code yagna} of the user, which speaks to the daemon and is it. */
final class YagnaProgram {
  /** Outlives us: it gets no Ctrl-C and no hang-up of our terminal. */
  private static final String DETACHED =
      "nohup \"$0\" service run </dev/null >>\"$1\" 2>&1 & echo \"$!\"";

  private final Path path;
  private final Map<String, String> environment;

  private YagnaProgram(Path path, Map<String, String> environment) {
    this.path = path;
    this.environment = environment;
  }

  /** The first of that name along the PATH. */
  static Optional<YagnaProgram> find(Map<String, String> environment) {
    for (var folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      try {
        var path = Path.of(folder, "yagna");
        if (path.isAbsolute() && Files.isRegularFile(path) && Files.isExecutable(path)) {
          return Optional.of(new YagnaProgram(path, environment));
        }
      } catch (InvalidPathException e) {
        // A part of the PATH that is no folder has no program either.
      }
    }
    return Optional.empty();
  }

  Path path() {
    return path;
  }

  /**
   * Starts the daemon, which stays when we are gone.
   *
   * @param log where it says what it does
   * @return its process, which may have ended
   */
  ProcessHandle startDaemon(Path log) throws IOException, InterruptedException {
    var daemon = List.of("sh", "-c", DETACHED, path.toString(), log.toString());
    var process = process(daemon).start();
    try (var lines = process.inputReader(StandardCharsets.US_ASCII)) {
      var pid = lines.readLine();
      process.waitFor();
      return ProcessHandle.of(Long.parseLong(pid)).orElse(process.toHandle());
    } catch (NumberFormatException e) {
      throw new IOException("`sh` starts no program in the background", e);
    }
  }

  /** Lets the program do something, and waits until it has, or for {@code limit} at most. */
  Ran run(Duration limit, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    var process = process(command).start();
    try {
      var out = new ByteArrayOutputStream();
      var err = new ByteArrayOutputStream();
      CompletableFuture.allOf(
              reading(process.getInputStream(), out),
              reading(process.getErrorStream(), err),
              process.onExit())
          .completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS)
          .get();
      return new Ran(
          process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue()),
          out.toString(StandardCharsets.UTF_8),
          err.toString(StandardCharsets.UTF_8));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Something that it left behind may keep the pipe for ever: nobody waits for the thread. */
  private static CompletableFuture<Void> reading(InputStream from, ByteArrayOutputStream into) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            from.transferTo(into);
          } catch (IOException e) {
            // It was ended; what it said before counts.
          }
        },
        reading -> {
          var thread = new Thread(reading, "yagna");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private ProcessBuilder process(List<String> command) {
    var builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder;
  }

  /**
   * How a call ended, and what it said.
   *
   * @param exitCode empty if it had to be ended
   */
  record Ran(OptionalInt exitCode, String out, String err) {
    boolean isDone() {
      return exitCode.equals(OptionalInt.of(0));
    }

    /** The last thing it answered. */
    String lastLine() {
      return out.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> b).strip();
    }

    /** Why it failed: its last error without the stack below it. */
    String reason() {
      return err.lines()
          .filter(line -> line.startsWith("Error: "))
          .map(line -> line.substring("Error: ".length()))
          .reduce((a, b) -> b)
          .orElseGet(
              () ->
                  exitCode.isPresent()
                      ? "exit code " + exitCode.getAsInt()
                      : "it did not answer in time");
    }
  }
}
