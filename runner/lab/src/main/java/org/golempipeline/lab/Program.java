package org.golempipeline.lab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program of others, which ends at the latest when this JVM does, however that ends. What it says
 * goes to a file.
 */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Reads from a pipe of ours, which closes when we are gone, then kills. */
  private static final String GUARD = "read -r end; kill -9 \"$1\"";

  private final Process process;
  private final Process guard;

  private Program(Process process, Process guard) {
    this.process = process;
    this.guard = guard;
  }

  static Program start(List<String> command, Map<String, String> environment, Path folder, Path log)
      throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(YA|YAGNA|GSB|GOLEM|CENTRAL|HOODI)_.*"));
    builder.environment().putAll(environment);
    var process = builder.start();
    var guard = new ProcessBuilder("sh", "-c", GUARD, "sh", Long.toString(process.pid())).start();
    return new Program(process, guard);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** As `kill -9` does it. */
  void kill() {
    guard.destroyForcibly();
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Asks it to end, and kills it if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      kill();
    }
  }
}
