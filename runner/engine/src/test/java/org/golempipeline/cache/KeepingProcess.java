package org.golempipeline.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.golempipeline.filelock.RunLock;

/**
 * Another process that keeps or forgets results, or holds a lock, until it has done enough or is
 * killed.
 */
final class KeepingProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private KeepingProcess(Process process) {
    this.process = process;
    this.said = process.inputReader(StandardCharsets.UTF_8);
  }

  static KeepingProcess keep(Path cache, String name, int count) throws IOException {
    return start("keep", cache.toString(), name, Integer.toString(count));
  }

  /** Forgets what {@link #keep} kept first of each pack. */
  static KeepingProcess forget(Path cache, String name, int count) throws IOException {
    return start("forget", cache.toString(), name, Integer.toString(count));
  }

  static KeepingProcess lock(Path folder, String pipeline) throws IOException {
    return start("lock", folder.toString(), pipeline);
  }

  private static KeepingProcess start(String... arguments) throws IOException {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            KeepingProcess.class.getName()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    return new KeepingProcess(process.start());
  }

  long pid() {
    return process.pid();
  }

  /** The next line that it writes; null at its end. */
  String line() throws IOException {
    return said.readLine();
  }

  /** Kills it, and answers what it still had written. */
  List<String> kill() throws InterruptedException {
    close();
    return said.lines().toList();
  }

  @Override
  public void close() throws InterruptedException {
    // By the handle: the process itself would close the stream of what it wrote.
    process.toHandle().destroyForcibly();
    process.waitFor(120, TimeUnit.SECONDS);
  }

  public static void main(String... arguments) throws Exception {
    if (arguments[0].equals("lock")) {
      try (var lock = RunLock.take(Path.of(arguments[1]), arguments[2], Instant.EPOCH)) {
        System.out.println("locked");
        System.in.read();
      }
      return;
    }
    var folder = Path.of(arguments[1]);
    try (var cache =
        ResultCache.open(folder, folder.resolveSibling("scratch"), Clock.systemUTC())) {
      cache.trouble().ifPresent(System.out::println);
      for (var i = 0; i < Integer.parseInt(arguments[3]); i++) {
        var name = arguments[2] + i;
        if (arguments[0].equals("forget")) {
          cache.find(Packs.key(name)).ifPresent(cache::remove);
        } else {
          Packs.keep(cache, name, name + "-too");
        }
        System.out.println(name);
      }
    }
  }
}
