package org.golempipeline.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.lock.LockFile;
import org.golempipeline.plainfile.NotPlainException;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.spec.IncludedFiles;
import org.golempipeline.spec.PipelineFiles;

/** A pipeline file as it was found on disk, or on standard input, with the files it includes. */
public final class PipelineText {
  /** What it is called on the command line, in messages, and in the journal. */
  public static final String STANDARD_INPUT = "-";

  private final String name;
  private final Path folder;
  private final byte[] bytes;

  /** What was read of the files it includes, each once: the pipeline is as it was then. */
  private final Map<String, byte[]> read = new ConcurrentHashMap<>();

  private PipelineText(String name, Path folder, byte[] bytes) {
    this.name = name;
    this.folder = folder;
    this.bytes = bytes;
  }

  /** Its paths are relative to the current folder. */
  @ForCommands
  public static PipelineText ofStandardInput(Machine machine, InputStream in) throws Refusal {
    try {
      return new PipelineText(STANDARD_INPUT, machine.folder(), in.readAllBytes());
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not read standard input: %s.".formatted(Trouble.reason(e)), "Name a file.");
    }
  }

  /**
   * @param name relative to the current folder
   */
  public static PipelineText read(Machine machine, String name) throws Refusal {
    Path path;
    try {
      path = machine.folder().resolve(name);
    } catch (InvalidPathException e) {
      throw Refusal.usage("`%s` is not the name of a file.".formatted(name), null);
    }
    if (Files.isDirectory(path)) {
      var inside = name.endsWith("/") ? name : name + "/";
      var usual = Files.isRegularFile(path.resolve("pipeline.yaml"));
      throw Refusal.usage(
          "`%s` is a folder.".formatted(name),
          usual ? "Name the file in it: `%spipeline.yaml`.".formatted(inside) : "Name a file.");
    }
    try {
      return new PipelineText(
          name, Objects.requireNonNull(path.toAbsolutePath().getParent()), PlainFile.bytes(path));
    } catch (NoSuchFileException e) {
      throw Refusal.usage(
          "There is no file `%s`.".formatted(name),
          "Paths are relative to the current folder, `%s`.".formatted(machine.folder()));
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not read `%s`: %s.".formatted(name, Trouble.reason(e)),
          e instanceof NotPlainException ? "Name a file." : "Check its permissions.");
    }
  }

  /** How the user called it. */
  public String name() {
    return name;
  }

  /** What its paths are relative to. */
  public Path folder() {
    return folder;
  }

  /** Its lock file, which need not exist; the name is that of {@link LockFile#name}. */
  public Path lock() {
    return folder.resolve(Objects.requireNonNull(Path.of(name).getFileName()) + ".lock");
  }

  /** Whether these ASCII characters are somewhere in it, or in what it includes. */
  @ForCommands
  public boolean says(String characters) {
    if (latin(bytes).contains(characters)) {
      return true;
    }
    // Hardly any file includes others, and reading it for that alone is start-up time.
    return latin(bytes).contains("include")
        && PipelineFiles.included(bytes, included()).stream()
            .anyMatch(each -> each.text().contains(characters));
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The files that it includes. */
  IncludedFiles included() {
    return path -> {
      var known = read.get(path);
      if (known == null) {
        known = PlainFile.bytes(folder.resolve(path));
        read.put(path, known);
      }
      return known;
    };
  }

  /**
   * Those plugins and the ones that its lock file pins. Standard input pins none: its lock file is
   * known by the name of the pipeline, and that only once all strategies are.
   */
  @ForCommands
  public Checked<Plugins> plugins(Machine machine, Plugins named) {
    // Without a lock file nothing of it is loaded: that is start-up time.
    return !name.equals(STANDARD_INPUT) && Files.exists(lock())
        ? LockFile.read(lock(), name + ".lock")
            .then(pins -> named.withPinned(pins, name, folder, machine.maven()))
        : Checked.of(named);
  }

  /** Its content; not to be changed. */
  byte[] bytes() {
    return bytes;
  }
}
