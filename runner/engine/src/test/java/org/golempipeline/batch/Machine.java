package org.golempipeline.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.Script;
import org.jspecify.annotations.Nullable;

/** Does with a script what an exe-unit does with it, in a folder and with a shell of choice. */
final class Machine {
  private static final List<String> FEW_PROGRAMS =
      List.of(
          "cat", "chmod", "cp", "dd", "env", "false", "head", "ln", "ls", "mkdir", "mkfifo", "mv",
          "od", "printf", "ps", "rm", "seq", "sh", "sleep", "sort", "tail", "touch", "tr", "true",
          "wc", "yes");
  private static final int CHUNK = 40 * 1024;
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Shell shell;
  private final Map<String, String> web = new HashMap<>();
  private String output = "";

  Machine(Path folder, Shell shell) {
    this.folder = folder;
    this.shell = shell;
  }

  /** A shell, and the programs that its scripts find. */
  enum Shell {
    DASH("/bin/dash"),
    BASH("/bin/bash"),
    BUSYBOX("/bin/busybox"),
    DASH_WITHOUT_TAR("/bin/dash"),
    BASH_WITHOUT_TAR("/bin/bash");

    private final Path program;
    private @Nullable String path;

    Shell(String program) {
      this.program = Path.of(program);
    }

    /** Where its scripts find programs: made once, for making hundreds of links takes its time. */
    private synchronized String path() throws IOException, InterruptedException {
      if (this == DASH || this == BASH) {
        return "/usr/local/bin:/usr/bin:/bin";
      }
      if (path == null) {
        var programs = Path.of("target", "programs", name()).toAbsolutePath();
        FileUtils.deleteDirectory(programs.toFile());
        Files.createDirectories(programs);
        if (this == BUSYBOX) {
          var install = List.of("/bin/busybox", "--install", "-s", programs.toString());
          new ProcessBuilder(install).start().waitFor();
        } else {
          FEW_PROGRAMS.forEach(name -> link(programs.resolve(name), name));
        }
        path = programs.toString();
      }
      return path;
    }

    static Stream<Shell> available() {
      return Stream.of(values()).filter(shell -> Files.isExecutable(shell.program));
    }

    static Stream<Shell> withTar() {
      return available().filter(Shell::hasTar);
    }

    boolean hasTar() {
      return this != DASH_WITHOUT_TAR && this != BASH_WITHOUT_TAR;
    }
  }

  Path folder() {
    return folder;
  }

  /** What the last command that ran wrote to its standard output and error. */
  String output() {
    return output;
  }

  /** Lets {@code url} be fetched. */
  void serve(String url, String content) {
    web.put(url, content);
  }

  /** Executes the commands up to the first that fails; its status, or 0. */
  int execute(List<Script.Command> commands) throws IOException, InterruptedException {
    for (var command : commands) {
      if (command instanceof Script.Upload upload) {
        upload(upload.source(), Path.of(upload.path()));
      } else if (command instanceof Script.Fetch fetch) {
        var content = Objects.requireNonNull(web.get(fetch.url()), fetch.url());
        Files.writeString(Path.of(fetch.path()), content, StandardOpenOption.CREATE_NEW);
      } else if (command instanceof Script.Run run) {
        var status = run(run.arguments());
        if (status != 0) {
          return status;
        }
      } else if (command instanceof Script.Download download) {
        download(Path.of(download.path()), download.sink());
      }
    }
    return 0;
  }

  static void upload(ByteSource source, Path target) throws IOException {
    try (var channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (var at = 0L; at < source.size(); ) {
        var chunk = ByteBuffer.allocate((int) Math.min(CHUNK, source.size() - at));
        source.read(at, chunk);
        at += chunk.flip().remaining();
        channel.write(chunk);
      }
    }
  }

  static void download(Path source, ByteSink sink) throws IOException {
    sink.restart();
    try (var stream = Files.newInputStream(source)) {
      for (var chunk = stream.readNBytes(CHUNK);
          chunk.length > 0;
          chunk = stream.readNBytes(CHUNK)) {
        sink.write(ByteBuffer.wrap(chunk));
      }
    }
    sink.finish();
  }

  private int run(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(shell.program.toString());
    if (shell == Shell.BUSYBOX) {
      command.add("sh");
    }
    command.addAll(arguments);
    var log = Files.createTempFile("machine", ".log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().put("PATH", shell.path());
    var process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the script hangs");
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      output = Files.readString(log, StandardCharsets.ISO_8859_1);
      Files.delete(log);
    }
  }

  private static void link(Path link, String program) {
    try {
      for (var folder : List.of("/usr/bin", "/bin")) {
        var target = Path.of(folder, program);
        if (Files.exists(target)) {
          Files.createSymbolicLink(link, target);
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
