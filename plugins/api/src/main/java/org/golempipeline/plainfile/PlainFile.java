package org.golempipeline.plainfile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Opens a file that somebody else may have replaced meanwhile, for reading. What is no plain file
 * is refused with its kind: opening a pipe waits until somebody writes into it, for ever if nobody
 * does, and a device may never end. Links are followed. Safe for any number of threads.
 */
public final class PlainFile {
  /** Opening a file takes microseconds; a file system of the network may need longer. */
  private static final long PATIENCE_MILLISECONDS = 500;

  private static final int TYPE = 0170000;
  private static final int PIPE = 0010000;

  private PlainFile() {}

  /**
   * Opens {@code file}; never waits for a pipe.
   *
   * @param more options beside that it is read
   * @throws NotPlainException that says what it is instead of a plain file
   */
  public static FileChannel open(Path file, OpenOption... more) throws IOException {
    require(file);
    return opened(file, more);
  }

  /** Opens {@code file} as {@link #open} does, as a stream. */
  public static InputStream stream(Path file) throws IOException {
    return Channels.newInputStream(open(file));
  }

  /** All of a file that is small. */
  public static byte[] bytes(Path file) throws IOException {
    try (var content = stream(file)) {
      return content.readAllBytes();
    }
  }

  /** All of a small file of UTF-8 text. */
  public static String text(Path file) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(file))).toString();
  }

  /**
   * Refuses what is no plain file.
   *
   * @throws NotPlainException that says what it is
   */
  public static void require(Path file) throws IOException {
    var found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new NotPlainException(
          file, found.isDirectory() ? "a folder" : "a pipe, a socket or a device");
    }
  }

  /** Between the look at it and this it may have become a pipe. */
  static FileChannel opened(Path file, OpenOption... more) throws IOException {
    var options = new ArrayList<OpenOption>(List.of(more));
    options.add(StandardOpenOption.READ);
    var isOpen = new CompletableFuture<Void>();
    isOpen
        .orTimeout(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS)
        .whenComplete(
            (done, late) -> {
              if (late != null) {
                endWaiting(file);
              }
            });
    FileChannel channel;
    try {
      channel = FileChannel.open(file, options.toArray(OpenOption[]::new));
    } finally {
      isOpen.complete(null);
    }
    try {
      require(file);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** A pipe that is opened to be read and written has both ends, so nobody waits for the other. */
  private static void endWaiting(Path file) {
    try {
      var mode = (int) Files.getAttribute(file, "unix:mode");
      if ((mode & TYPE) == PIPE) {
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Whoever waits goes on waiting: there is no other way to reach it.
    }
  }
}
