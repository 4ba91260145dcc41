package org.golempipeline.cache;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.LoggerFactory;

/** Files that are there whole or not at all, also after a loss of power. */
final class WholeFiles {
  private WholeFiles() {}

  /** Writes a file's content. */
  interface Content {
    void write(OutputStream target) throws IOException;
  }

  /** Replaces {@code file}. */
  static void write(Path file, Content content) throws IOException {
    var beside = beside(file);
    try {
      write(beside, file, content);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Replaces {@code file} by way of {@code temporary} on the same disk, which is gone then. */
  static void write(Path temporary, Path file, Content content) throws IOException {
    try (var channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var buffered = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.write(buffered);
      buffered.flush();
      channel.force(true);
    }
    rename(temporary, file);
  }

  static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
  }

  /** Makes sure that what a file holds stays. */
  static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Renames, and makes sure that it stays so. */
  static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    var folder = to.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system lets folders be opened; the name is right all the same.
      LoggerFactory.getLogger(WholeFiles.class).debug("could not force {}", folder, e);
    }
  }
}
