package org.golempipeline.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.golempipeline.plainfile.WholeFile;

/**
 * Tells a folder that somebody chose for a cache from one that holds other things: in a cache files
 * are removed. The mark is the one by which programs that make backups know caches.
 */
public final class SharedCache {
  private static final String TAG = "CACHEDIR.TAG";

  private static final String CONTENT =
      """
      Signature: 8a477f597d28d172789f06886806bc55
      # Results of golem-pipeline, for several folders. `golem-pipeline clean --cache` makes room in it.
      """;

  /** What a file system has of its own. */
  private static final Set<String> NOTHING = Set.of("lost+found");

  private SharedCache() {}

  /** Whether {@code folder} is a cache. */
  public static boolean is(Path folder) throws IOException {
    var tag = folder.resolve(TAG);
    return Files.isRegularFile(tag)
        && new String(Files.readAllBytes(tag), StandardCharsets.ISO_8859_1).equals(CONTENT);
  }

  /**
   * Makes a folder that is empty or not there a cache. Several may do so at once.
   *
   * @return whether it is a cache now; if not it holds something else
   */
  public static boolean claim(Path folder) throws IOException {
    if (is(folder)) {
      return true;
    }
    Files.createDirectories(folder);
    for (var file : CacheFolder.list(folder, "*")) {
      var name = file.getFileName().toString();
      if (!name.startsWith("." + TAG) && !NOTHING.contains(name)) {
        // Perhaps somebody else has just made it one.
        return is(folder);
      }
    }
    WholeFile.write(folder.resolve(TAG), CONTENT);
    return true;
  }
}
