package org.golempipeline.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by whoever writes a run's journal, so that others see whether the run lives. The system
 * takes it back when the process dies, however it dies. The file {@code lock} in the run's folder
 * names the process; it is never removed, since somebody may be about to lock it.
 */
final class JournalLock implements AutoCloseable {
  private static final String FILE = "lock";
  private static final int LONGEST_NUMBER = 20;

  /** The system would drop this process's locks on a file that it opens and closes once more. */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private JournalLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes the lock of the run in {@code folder}, unless somebody has it. */
  static Optional<JournalLock> take(Path folder) throws IOException {
    var file = folder.toRealPath().resolve(FILE);
    if (!HELD_HERE.add(file)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    var taken = false;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        return Optional.empty();
      }
      channel.truncate(0);
      var text = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
      taken = true;
      return Optional.of(new JournalLock(file, channel));
    } finally {
      if (!taken) {
        HELD_HERE.remove(file);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** Whether somebody writes the journal in {@code folder} at the moment. */
  static boolean isHeld(Path folder) throws IOException {
    var file = folder.toRealPath().resolve(FILE);
    if (HELD_HERE.contains(file)) {
      return true;
    }
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return !lock(channel);
    }
  }

  /** Where files cannot be locked, the process that is named decides. */
  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (IOException notSupported) {
      return !isAlive(channel);
    }
  }

  private static boolean isAlive(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(LONGEST_NUMBER);
    channel.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    try {
      return ProcessHandle.of(Long.parseLong(text)).isPresent();
    } catch (NumberFormatException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD_HERE.remove(file);
  }
}
