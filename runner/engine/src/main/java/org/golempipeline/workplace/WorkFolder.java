package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.plainfile.LeftFiles;

/**
 * The folder of one command, made by whoever first writes there. When it is closed it goes, and
 * with it the folders around it that it leaves empty.
 */
public final class WorkFolder implements AutoCloseable {
  private final Path own;
  private final Path path;
  private final String id;
  private boolean keep;
  private Optional<SystemLock> lock = Optional.empty();

  /**
   * @param own everything of the pipeline's folder that is ours
   */
  public WorkFolder(Path own, String kind, String id, boolean keep) {
    this.own = own;
    this.path = own.resolve(kind).resolve(id);
    this.id = id;
    this.keep = keep;
  }

  /**
   * Makes it, and marks it as that of a process that lives: of a dead one it is among {@link
   * LeftOvers}.
   */
  public WorkFolder claim() throws IOException {
    try {
      lock = SystemLock.tryNamed(LeftOvers.lock(path), "");
      // Only now: without it nobody takes the folder for left over.
      Files.createDirectories(LeftOvers.work(path));
    } catch (FileSystemException e) {
      // Whoever writes there says so; a plan may do without.
    }
    return this;
  }

  public Path path() {
    return path;
  }

  /** Its name, which no other has. */
  public String id() {
    return id;
  }

  /** Lets it stay. */
  public void keep() {
    keep = true;
  }

  /** As far as it goes, while somebody may still write there. */
  public static void removeInHaste(Path own, Path path) {
    try {
      remove(own, path);
    } catch (IOException e) {
      // a later run does it
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (!keep) {
        remove(own, path);
      }
    } finally {
      if (lock.isPresent()) {
        lock.get().close();
      }
    }
  }

  private static void remove(Path own, Path path) throws IOException {
    LeftFiles.remove(path);
    try {
      for (var around = path.getParent(); around != null && around.startsWith(own); ) {
        Files.deleteIfExists(around);
        around = around.getParent();
      }
    } catch (DirectoryNotEmptyException e) {
      // somebody else's
    }
  }
}
