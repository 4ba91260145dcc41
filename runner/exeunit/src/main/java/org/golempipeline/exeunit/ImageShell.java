package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.golempipeline.gvmi.UnpackedImage;

/**
 * An image that somebody looks around in: programs of it with the terminal of this process. What
 * they change in the image is gone at the end; what they change in folders of this machine stays.
 * Ctrl-C reaches this process as well as them, so whoever opens one decides what it does.
 * Thread-safe.
 */
public final class ImageShell implements AutoCloseable {
  private final Path layer;
  private final Container container;

  private ImageShell(Path layer, Container container) {
    this.layer = layer;
    this.container = container;
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
      return new ImageShell(layer, Container.start(parts, ProcessBuilder::start));
    } catch (IOException e) {
      FileUtils.deleteQuietly(layer.toFile());
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
    ProcessBuilder builder = new ProcessBuilder(container.command(command));
    builder.environment().clear();
    builder.environment().putAll(container.environment());
    return builder;
  }

  /** Kills what still runs inside, and removes what it changed. */
  @Override
  public void close() {
    container.close();
    FileUtils.deleteQuietly(layer.toFile());
  }
}
