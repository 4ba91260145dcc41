package org.golempipeline.cli.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
   * @return its process id
   */
  String startDaemon(Path log) throws IOException, InterruptedException {
    return execute(List.of("sh", "-c", DETACHED, path.toString(), log.toString())).lastLine();
  }

  /** Lets the program do something, and waits until it has. */
  Ran run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    return execute(command);
  }

  private Ran execute(List<String> command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    var trouble = Files.createTempFile("yagna", ".err");
    try {
      var process = builder.redirectError(trouble.toFile()).start();
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ran(process.waitFor(), out, Files.readString(trouble, StandardCharsets.UTF_8));
    } finally {
      Files.delete(trouble);
    }
  }

  /** How a call ended, and what it said. */
  record Ran(int exitCode, String out, String err) {
    boolean isDone() {
      return exitCode == 0;
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
          .orElse("exit code " + exitCode);
    }
  }
}
