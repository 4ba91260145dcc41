package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ForkJoinPool;
import org.golempipeline.gvmi.UnpackedImage;
import org.golempipeline.plainfile.LeftFiles;

/**
 * An image that somebody looks around in: programs of it with the terminal of this process. What
 * they change in the image is gone at the end; what they change in folders of this machine stays.
 * Ctrl-C reaches this process as well as them, so whoever opens one decides what it does.
 * Thread-safe.
 */
public final class ImageShell implements AutoCloseable {
  private final Path layer;
  private final Container container;
  private final Collection<Path> folders;
  private final Limits limits;
  private final long before;

  private ImageShell(Path layer, Container container, Collection<Path> folders, Limits limits) {
    this.layer = layer;
    this.container = container;
    this.folders = List.copyOf(folders);
    this.limits = limits;
    this.before = limits.storage().isPresent() ? inFolders(Long.MAX_VALUE) : 0;
  }

  /**
   * Opens an image.
   *
   * @param folders of this machine, by the absolute paths at which programs find them
   * @throws IOException that says what the system does not allow; {@link Containers#obstacle} says
   *     what would cure it
   */
  public static ImageShell open(UnpackedImage image, Map<String, Path> folders, Limits limits)
      throws IOException {
    Path layer = Files.createTempDirectory("golem-pipeline-shell").toRealPath();
    try {
      var parts = new Container.Parts(image, layer, folders, limits);
      Container container = Container.start(parts, ProcessBuilder::start);
      return new ImageShell(layer, container, folders.values(), limits);
    } catch (IOException e) {
      LeftFiles.removeQuietly(layer);
      throw e;
    }
  }

  /** Whether there is such a program: an absolute path in the image. */
  public boolean has(String program) {
    return container.has(program);
  }

  /**
   * What runs a program inside, started where the image says.
   *
   * @param command an absolute path inside, and arguments
   */
  public ProcessBuilder command(List<String> command) {
    List<String> words =
        new ArrayList<>(Programs.within(limits.storage(), container.memoryGroup()));
    words.addAll(container.command(command));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(container.environment());
    return builder;
  }

  /**
   * Runs a program to its end, and answers its exit code; nothing if it was ended because what was
   * written since this was opened, into the image and into folders together, became more than the
   * limit of storage.
   */
  public OptionalInt run(ProcessBuilder program) throws IOException, InterruptedException {
    if (limits.storage().isEmpty()) {
      return OptionalInt.of(program.start().waitFor());
    }
    long most = limits.storage().getAsLong();
    try (StorageWatch watch =
        new StorageWatch(
            () -> Math.max(0, inFolders(before + most) - before) + container.written(),
            most,
            ForkJoinPool.commonPool(),
            container::close)) {
      int code = program.start().waitFor();
      return watch.exceeded() ? OptionalInt.empty() : OptionalInt.of(code);
    }
  }

  private long inFolders(long enough) {
    return folders.stream().mapToLong(folder -> StorageWatch.taken(folder, enough)).sum();
  }

  /** Kills what still runs inside, and removes what it changed. */
  @Override
  public void close() {
    container.close();
    LeftFiles.removeQuietly(layer);
  }
}
