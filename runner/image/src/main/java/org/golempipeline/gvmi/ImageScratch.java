package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.plainfile.LeftFiles;

/**
 * A folder on the disk of an image store, for an image in the making and what it is made of. It
 * goes when it is closed; of a process that was killed, as soon as anybody makes another.
 */
public final class ImageScratch implements AutoCloseable {
  private static final String PREFIX = "scratch-";

  private final Path folder;
  private final Path lockFile;
  private final SystemLock lock;

  private ImageScratch(Path folder, Path lockFile, SystemLock lock) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /** Locked before it is there: whoever sees it without a lock may remove it. */
  static ImageScratch open(Path store) throws IOException {
    var folder = store.resolve(PREFIX + UUID.randomUUID());
    var lockFile = lockOf(folder);
    var scratch = new ImageScratch(folder, lockFile, SystemLock.exclusive(lockFile));
    var made = false;
    try {
      Files.createDirectory(folder);
      made = true;
    } finally {
      if (!made) {
        scratch.close();
      }
    }
    return scratch;
  }

  /** Those in a store that nobody works with any more. */
  static List<Path> abandoned(Path store) throws IOException {
    var found = new ArrayList<Path>();
    try (var folders = Files.newDirectoryStream(store, PREFIX + "*")) {
      for (var folder : folders) {
        if (!SystemLock.isHeld(lockOf(folder))) {
          found.add(folder);
        }
      }
    }
    return found;
  }

  static void remove(Path folder) throws IOException {
    LeftFiles.remove(folder);
    Files.deleteIfExists(lockOf(folder));
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling("locks").resolve(String.valueOf(folder.getFileName()));
  }

  public Path folder() {
    return folder;
  }

  /** A name in the folder for the image itself. */
  public Path image() {
    return folder.resolve("image");
  }

  @Override
  public void close() throws IOException {
    try {
      LeftFiles.remove(folder);
    } finally {
      // Nobody else ever waits for a lock of this name.
      Files.deleteIfExists(lockFile);
      lock.close();
    }
  }
}
