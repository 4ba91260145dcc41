package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.strategy.StrategyException;

/** Finds what would keep results from being written, as far as it can be seen without writing. */
final class Obstacles {
  private static final String CURE = "Move it away, or choose another `output`.";

  private final Path folder;
  private final boolean outside;
  private final Set<Path> free = new HashSet<>();

  /**
   * @param folder that paths are relative to
   * @param outside whether links may lead out of it
   */
  Obstacles(Path folder, boolean outside) {
    this.folder = folder.toAbsolutePath().normalize();
    this.outside = outside;
  }

  /**
   * @param path of a file, or of a folder if it ends in {@code /}
   * @throws StrategyException if nothing can be written there
   */
  void check(String path) throws IOException, StrategyException {
    var place = folder.resolve(path).normalize();
    if (path.endsWith("/")) {
      checkFolder(place);
      return;
    }
    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new StrategyException(
          "`%s` is a folder, and a file is to be published there.".formatted(path), CURE);
    }
    checkFolder(above(place));
  }

  private void checkFolder(Path wanted) throws IOException, StrategyException {
    if (!free.add(wanted)) {
      return;
    }
    var nearest = wanted;
    while (!Files.exists(nearest, LinkOption.NOFOLLOW_LINKS)) {
      nearest = above(nearest);
    }
    if (!Files.isDirectory(nearest)) {
      throw new StrategyException(
          "`%s` is no folder, and files are to be published below it.".formatted(shown(nearest)),
          CURE);
    }
    var real = nearest.toRealPath();
    if (!outside && nearest.startsWith(folder) && !real.startsWith(folder.toRealPath())) {
      throw new StrategyException(
          "`%s` leads to `%s`, outside the folder of the pipeline file."
              .formatted(shown(nearest), real),
          "Replace the link by a folder, or allow it with `--allow-outside`.");
    }
    if (!Files.isWritable(nearest)) {
      throw new StrategyException(
          "Nothing can be written in `%s`.".formatted(shown(nearest)),
          "Change its permissions, or choose another `output`.");
    }
  }

  /** There is always something, since the root is a folder. */
  private static Path above(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  private String shown(Path path) {
    if (path.equals(folder)) {
      return ".";
    }
    return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
  }
}
