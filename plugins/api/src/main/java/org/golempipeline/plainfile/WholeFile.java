package org.golempipeline.plainfile;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Files that are there whole or not at all, also after a loss of power. */
public final class WholeFile {
  private static final int BUFFER = 1 << 16;

  private WholeFile() {}

  /** Writes a file's content. */
  public interface Content {
    void write(OutputStream target) throws IOException;
  }

  /** Replaces {@code file} by a text in UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, target -> target.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Replaces {@code file}, by way of one beside it. */
  public static void write(Path file, Content content) throws IOException {
    write(beside(file), file, content);
  }

  /**
   * Replaces {@code file} by way of {@code temporary} on the same disk, which is gone then.
   *
   * @throws java.nio.file.FileAlreadyExistsException if {@code temporary} is somebody else's
   */
  public static void write(Path temporary, Path file, Content content) throws IOException {
    var channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    finish(
        temporary,
        file,
        () -> {
          try (channel) {
            var buffered = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.write(buffered);
            buffered.flush();
            channel.force(true);
          }
        });
  }

  /** Replaces {@code to} by a copy of {@code from} with its permissions and times. */
  public static void copy(Path from, Path to) throws IOException {
    var temporary = beside(to);
    finish(
        temporary,
        to,
        () -> {
          Files.copy(from, temporary, StandardCopyOption.COPY_ATTRIBUTES);
          // It may be one that nobody may write to.
          force(temporary, StandardOpenOption.READ);
        });
  }

  private interface Making {
    void make() throws IOException;
  }

  /** What was not renamed is removed, whatever went wrong. */
  private static void finish(Path temporary, Path file, Making making) throws IOException {
    try {
      making.make();
      rename(temporary, file);
    } catch (IOException | RuntimeException | Error e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
  }

  /** Makes sure that what a file holds stays. */
  public static void force(Path file) throws IOException {
    force(file, StandardOpenOption.WRITE);
  }

  private static void force(Path file, StandardOpenOption how) throws IOException {
    try (var channel = FileChannel.open(file, how)) {
      channel.force(true);
    }
  }

  /** Renames, and makes sure that it stays so. */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    var folder = to.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try {
      force(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      // Not every system lets folders be opened; the name is right all the same.
    }
  }
}
