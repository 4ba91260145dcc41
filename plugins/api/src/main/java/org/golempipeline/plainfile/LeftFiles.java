package org.golempipeline.plainfile;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes what programs of others left. Nothing is opened for that, since opening a pipe would wait
 * for ever; links are not followed, and folders may be forbidden to their owner. What somebody else
 * removes meanwhile is no trouble.
 */
public final class LeftFiles {
  private LeftFiles() {}

  /**
   * Removes a file, or a folder with all that is in it; what is not there is no trouble.
   *
   * @throws IOException if anything cannot be removed, after everything else was
   */
  public static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      permit(path);
      IOException trouble = null;
      for (var each : inside(path)) {
        try {
          remove(each);
        } catch (IOException e) {
          if (trouble == null) {
            trouble = e;
          } else {
            trouble.addSuppressed(e);
          }
        }
      }
      if (trouble != null) {
        throw trouble;
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

  /** Of all files in it, or of the file itself; what is in forbidden folders is not counted. */
  public static long bytes(Path path) throws IOException {
    var bytes = new AtomicLong();
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }

  /** What is in a folder, by name; nothing if there is no folder. */
  public static List<Path> inside(Path folder) throws IOException {
    var inside = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(folder)) {
      files.forEach(inside::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    inside.sort(null);
    return inside;
  }

  private static void permit(Path folder) throws IOException {
    if (!(Files.isReadable(folder) && Files.isWritable(folder) && Files.isExecutable(folder))) {
      try {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      } catch (NoSuchFileException e) {
        // somebody else was faster
      }
    }
  }
}
