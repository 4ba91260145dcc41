package org.golempipeline.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.filelock.SystemLock;

/**
 * The journal file of a run: one event a line, handed to the system at once. Events by which money
 * could be lost sight of are forced to the disk before the world is touched. As long as it is open
 * its lock tells others that the run lives.
 */
public final class Journal implements EventSink, AutoCloseable {
  /** In the folder of the run. */
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel file;
  private final Optional<SystemLock> lock;

  private Journal(Path path, FileChannel file, Optional<SystemLock> lock) {
    this.path = path;
    this.file = file;
    this.lock = lock;
  }

  /** Starts a journal; there must be none at {@code path}. */
  public static Journal create(Path path) throws IOException {
    var folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    var file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      return new Journal(path, file, lock(folder));
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Goes on with the journal of a run that is over or dead, behind its last whole line; empty if
   * somebody writes it at the moment.
   */
  public static Optional<Journal> reopen(Path runFolder) throws IOException {
    var lock = lock(runFolder);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    FileChannel file = null;
    try {
      file =
          FileChannel.open(
              runFolder.resolve(JournalReader.FILE),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      file.truncate(file.size() - JournalReader.torn(file));
      file.position(file.size());
      return Optional.of(new Journal(runFolder.resolve(JournalReader.FILE), file, lock));
    } catch (IOException e) {
      if (file != null) {
        file.close();
      }
      lock.get().close();
      throw e;
    }
  }

  private static Optional<SystemLock> lock(Path runFolder) throws IOException {
    return SystemLock.tryNamed(runFolder.resolve(LOCK), "");
  }

  /** Whether somebody writes the journal in {@code runFolder} at the moment. */
  static boolean isOpen(Path runFolder) throws IOException {
    return SystemLock.isHeld(runFolder.resolve(LOCK));
  }

  @Override
  public void accept(StampedEvent event) {
    try {
      var line = ByteBuffer.wrap((EventJson.write(event) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        file.write(line);
      }
      if (event.event() instanceof RunEvent.AllocationRequested
          || event.event() instanceof RunEvent.RunFinished
          || event.event() instanceof RunEvent.SettlementFinished) {
        file.force(false);
      }
    } catch (IOException e) {
      // A full disk is said without the place.
      throw new UncheckedIOException(
          new IOException(
              "the journal `%s` cannot be written: %s".formatted(path, e.getMessage()), e));
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
