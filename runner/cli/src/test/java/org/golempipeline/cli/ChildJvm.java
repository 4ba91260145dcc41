package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The product in a process of its own, as the launcher starts it. */
public final class ChildJvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final String JAR = System.getProperty("golem-pipeline.jar");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** In the background of a script, Ctrl-C is ignored by all that is started. */
  private static final List<String> HEARS_CONTROL_C =
      succeeds("env", "--default-signal=INT", "true")
          ? List.of("env", "--default-signal=INT")
          : List.of();

  private final Process process;
  private final Path folder;

  private ChildJvm(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /** Starts a command line in {@code folder}; what it says goes to files there. */
  public static ChildJvm start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    return startBehind(List.of(), folder, environment, arguments);
  }

  /** The words that call it, for scripts. */
  public static List<String> program() {
    return List.of(
        JAVA,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:SharedArchiveFile=" + ClassData.ARCHIVE,
        "-jar",
        JAR);
  }

  /** The same by another program, which gets its command line and the signals. */
  public static ChildJvm startBehind(
      List<String> starter, Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    var command = new ArrayList<>(HEARS_CONTROL_C);
    command.addAll(starter);
    command.addAll(program());
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("child.out").toFile())
            .redirectError(folder.resolve("child.err").toFile());
    builder.environment().put("LC_ALL", "C.UTF-8"); // as the launcher does
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start(), folder);
  }

  /**
   * The classes of a start, ready to use as with the launcher: that is a third of what it costs.
   * Making them takes longer than a few starts, so they lie near the jar, for all modules that test
   * with it.
   */
  private static final class ClassData {
    static final Path ARCHIVE =
        Path.of(JAR).getParent().resolveSibling("class-data").resolve("classes.jsa");

    static {
      try {
        Files.createDirectories(ARCHIVE.getParent());
        try (var file =
                FileChannel.open(
                    ARCHIVE.resolveSibling("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            var lock = file.lock()) {
          assertThat(lock.isValid()).isTrue();
          if (!isUpToDate()) {
            make();
          }
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** A JVM takes the archive only for the very jars with which it was made. */
    private static boolean isUpToDate() throws IOException {
      if (!Files.exists(ARCHIVE)) {
        return false;
      }
      var made = Files.getLastModifiedTime(ARCHIVE);
      try (var libraries = Files.list(Path.of(JAR).resolveSibling("lib"))) {
        for (var jar : Stream.concat(Stream.of(Path.of(JAR)), libraries).toList()) {
          if (Files.getLastModifiedTime(jar).compareTo(made) >= 0) {
            return false;
          }
        }
      }
      return true;
    }

    private static void make() throws IOException {
      var classes = ARCHIVE.resolveSibling("classes.lst").toString();
      var folder = ARCHIVE.resolveSibling("training").toString();
      Files.deleteIfExists(ARCHIVE);
      assertThat(
              succeeds(
                  JAVA,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-XX:DumpLoadedClassList=" + classes,
                  "-cp",
                  JAR,
                  Training.class.getName(),
                  folder))
          .isTrue();
      assertThat(
              succeeds(
                  JAVA,
                  "-Xshare:dump",
                  "-XX:SharedClassListFile=" + classes,
                  "-XX:SharedArchiveFile=" + ARCHIVE,
                  "-Xlog:disable",
                  "-cp",
                  JAR))
          .isTrue();
    }
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  public int waitForExit() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  public String said(String stream) throws IOException {
    return Files.readString(folder.resolve("child." + stream));
  }

  /** Processes below it, which it must take with it. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Waits until something is so, or fails. */
  public static void await(String what, BooleanSupplier condition) {
    var end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("still waiting for: " + what).isBefore(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
