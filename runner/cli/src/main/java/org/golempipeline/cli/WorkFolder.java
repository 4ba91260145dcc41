package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one command, made by whoever first writes there. When it is closed it goes, and
 * with it the folders around it that it leaves empty.
 */
final class WorkFolder implements AutoCloseable {
  private final Path own;
  private final Path path;
  private final String id;
  private final boolean keep;

  /**
   * @param own everything of the pipeline's folder that is ours
   */
  WorkFolder(Path own, String kind, String id, boolean keep) {
    this.own = own;
    this.path = own.resolve(kind).resolve(id);
    this.id = id;
    this.keep = keep;
  }

  Path path() {
    return path;
  }

  /** Its name, which no other has. */
  String id() {
    return id;
  }

  @Override
  public void close() throws IOException {
    if (keep) {
      return;
    }
    remove();
    try {
      for (var around = path.getParent(); around != null && around.startsWith(own); ) {
        Files.deleteIfExists(around);
        around = around.getParent();
      }
    } catch (DirectoryNotEmptyException e) {
      // somebody else's
    }
  }

  /** Links are removed, not what they lead to. */
  private void remove() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes found)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
