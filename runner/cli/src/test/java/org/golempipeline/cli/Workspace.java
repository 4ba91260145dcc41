package org.golempipeline.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.report.Screen;

/** A folder to work in, and the command line as a user has it there. */
public final class Workspace {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  private final Path folder;
  private Clock clock = Clock.systemUTC();
  private int columns = 80;
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";

  public Workspace(Path folder) {
    this.folder = folder;
  }

  /** The top of the source tree. */
  public static Path project() {
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("golem-pipeline"))) {
        return at;
      }
    }
    throw new IllegalStateException("not inside the source tree");
  }

  public Path folder() {
    return folder;
  }

  /** As if so much time had gone by: files that changed a moment ago are looked into. */
  public Workspace later(Duration time) {
    clock = Clock.offset(clock, time);
    return this;
  }

  /** What commands take the time from that are started from now on. */
  public Workspace clock(Clock other) {
    clock = other;
    return this;
  }

  public Workspace with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** How wide the terminal is from now on. */
  public Workspace columns(int wide) {
    columns = wide;
    return this;
  }

  /** What commands find on standard input from now on. */
  public Workspace saying(String text) {
    input = text;
    return this;
  }

  /** Writes a file, its folders included. */
  public Path write(String name, String content) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  public String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** Copies a folder of the source tree, but for what runs left in it. */
  public Workspace copy(Path source, String name) throws IOException {
    try (var files = Files.walk(source)) {
      for (var file : (Iterable<Path>) files::iterator) {
        var path = source.relativize(file).toString();
        if (!path.startsWith(".golem-pipeline") && !path.startsWith("result")) {
          var target = folder.resolve(name).resolve(path);
          Files.createDirectories(Files.isDirectory(file) ? target : target.getParent());
          if (!Files.isDirectory(file)) {
            Files.copy(file, target);
          }
        }
      }
    }
    return this;
  }

  /** Every file below {@code name} with what it holds. */
  public Map<String, String> files(String name) throws IOException {
    return files(folder.resolve(name));
  }

  public static Map<String, String> files(Path root) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> contents.put(root.relativize(file).toString(), content(file)));
    }
    return contents;
  }

  private static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words of a line as a shell sees them, if it has no quotes but single ones round a word. */
  public static String[] words(String line) {
    return WORD.matcher(line)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .toArray(String[]::new);
  }

  /** Executes a command line in this JVM. */
  public Ran run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console = console(out, err);
    var exitCode = new GolemPipeline(console).execute(arguments);
    console.out().flush();
    console.err().flush();
    return new Ran(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** What commands have around them here, for those who need no command line. */
  public Console console() {
    return console(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
  }

  private Console console(OutputStream out, OutputStream err) {
    return new Console(
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, false, StandardCharsets.UTF_8),
        false,
        false,
        () -> new Screen.Size(columns, 24),
        environment,
        folder,
        clock);
  }

  /** What a command said and how it ended. */
  public record Ran(int exitCode, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }
}
