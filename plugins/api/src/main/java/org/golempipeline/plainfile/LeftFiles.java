package org.golempipeline.plainfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;

/**
 * Removes what programs of others left. Nothing is opened for that, since opening a pipe would wait
 * for ever; links are not followed, and folders may be forbidden to their owner.
 */
public final class LeftFiles {
  private LeftFiles() {}

  /** Removes a file, or a folder with all that is in it; what is not there is no trouble. */
  public static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (var each : inside(path)) {
        remove(each);
      }
    }
    Files.deleteIfExists(path);
  }

  /** Removes it as {@link #remove} does, and answers whether that could be done. */
  public static boolean removeQuietly(Path path) {
    try {
      remove(path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Iterable<Path> inside(Path folder) throws IOException {
    var inside = new ArrayList<Path>();
    if (!(Files.isReadable(folder) && Files.isWritable(folder) && Files.isExecutable(folder))) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    try (var files = Files.newDirectoryStream(folder)) {
      files.forEach(inside::add);
    } catch (NoSuchFileException e) {
      // somebody else was faster
    }
    return inside;
  }
}
