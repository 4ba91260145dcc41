package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Somebody else's SDK, in the version that its lock file in the test resources pins, installed into
 * {@code target/sdk} by its own package manager. What is there already is not installed again.
 */
final class Sdk {
  /** Also for tests of a module beside it. */
  private static final Path MODULE = Path.of("../sdks");

  private static final long INSTALLING_SECONDS = 600;
  private static final long PROGRAM_SECONDS = 150;

  private static final List<String> HOSTILE_NAMES =
      List.of(
          "plain",
          "two words",
          "it's \"so\"",
          "-n",
          "$(id) `id`",
          "ünïcode ☃",
          "new\nline",
          "a;b&c|d*?#%20");

  private final Path folder;
  private final List<String> interpreter;

  private Sdk(Path folder, List<String> interpreter) {
    this.folder = folder;
    this.interpreter = interpreter;
  }

  /** What a program did. */
  record Ran(int exitCode, String out, String err) {
    Ran succeeded() {
      assertThat(exitCode).as(this::toString).isZero();
      return this;
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  /** golem-js and task-executor. */
  static Sdk javascript() throws IOException, InterruptedException {
    require("node", "nodejs npm");
    require("npm", "npm");
    Path folder = prepare("javascript");
    install(
        folder,
        folder.resolve("package-lock.json"),
        List.of(List.of("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund")));
    return new Sdk(folder, List.of("node"));
  }

  /** yapapi. */
  static Sdk python() throws IOException, InterruptedException {
    require("python3", "python3 python3-venv");
    Path folder = prepare("python");
    Path environment = folder.resolve("venv");
    String python = environment.resolve("bin/python").toString();
    install(
        folder,
        folder.resolve("requirements.txt"),
        List.of(
            List.of("python3", "-m", "venv", "--clear", environment.toString()),
            List.of(
                python,
                "-m",
                "pip",
                "install",
                "--no-deps",
                "--no-compile",
                "-r",
                "requirements.txt")));
    GftpProgram.install(folder);
    return new Sdk(folder, List.of(python));
  }

  /** Runs a program of the test resources, or a file, as a requestor of the same daemon. */
  Ran run(Requestor requestor, String program, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(interpreter);
    command.add(program);
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Map<String, String> environment = new HashMap<>(requestor.environment());
    // For yapapi, which starts `gftp`.
    environment.put("PATH", folder + ":" + System.getenv("PATH"));
    return execute(folder, command, environment, PROGRAM_SECONDS);
  }

  /** Makes a program that {@link #run} can be told to run. */
  void write(String program, String text) throws IOException {
    Files.writeString(folder.resolve(program), text);
  }

  /** A folder of files whose names mean something to shells, URLs or programs. */
  static Path hostileFiles(Path folder) throws IOException {
    Files.createDirectory(folder);
    for (String name : HOSTILE_NAMES) {
      Files.writeString(folder.resolve(name), "content of " + name);
    }
    return folder;
  }

  /** All files of {@code in} have come back as {@code tr a-z A-Z} makes them. */
  static void assertCapitals(Path in, Path out) throws IOException {
    for (String name : HOSTILE_NAMES) {
      StringBuilder capitals = new StringBuilder();
      Files.readString(in.resolve(name))
          .chars()
          .forEach(each -> capitals.append((char) (each >= 'a' && each <= 'z' ? each - 32 : each)));
      assertThat(out.resolve(name)).hasContent(capitals.toString());
    }
    try (Stream<Path> all = Files.list(out)) {
      assertThat(all).hasSameSizeAs(HOSTILE_NAMES);
    }
  }

  /** CI has everything; elsewhere it is said what is missing. */
  private static void require(String program, String packages) {
    boolean there =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    if (there) {
      return;
    }
    String cure =
        "There is no `%s`; on Debian, `apt-get install %s` brings it.".formatted(program, packages);
    if (System.getenv("CI") != null) {
      fail(cure);
    }
    abort(cure);
  }

  private static Path prepare(String language) throws IOException {
    Path folder =
        Files.createDirectories(MODULE.resolve("target/sdk").resolve(language).toAbsolutePath());
    Path programs = MODULE.resolve("src/test/resources/sdk").resolve(language);
    try (Stream<Path> resources = Files.list(programs)) {
      for (Path resource : resources.toList()) {
        Files.copy(
            resource,
            folder.resolve(resource.getFileName()),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return folder;
  }

  private static void install(Path folder, Path lock, List<List<String>> commands)
      throws IOException, InterruptedException {
    Path installed = folder.resolve("installed");
    if (Files.exists(installed) && Files.mismatch(installed, lock) < 0) {
      return;
    }
    for (List<String> command : commands) {
      Ran ran = execute(folder, command, Map.of(), INSTALLING_SECONDS);
      assertThat(ran.exitCode())
          .as(() -> "%s, which needs its package registry: %s".formatted(command, ran))
          .isZero();
    }
    Files.write(installed, Files.readAllBytes(lock));
  }

  private static Ran execute(
      Path folder, List<String> command, Map<String, String> environment, long seconds)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "program", ".out");
    Path err = Files.createTempFile(folder, "program", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(
            name -> name.startsWith("YAGNA_") || name.startsWith("GOLEM_") || name.equals("DEBUG"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      String said = Files.readString(err);
      return new Ran(
          ended ? process.exitValue() : -1,
          Files.readString(out),
          ended ? said : said + "\nIt did not end within " + seconds + " s.");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }
}
