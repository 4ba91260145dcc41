package org.golempipeline.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A lock that the system keeps on a file, and takes back when the process dies. Hides that such
 * locks belong to a process, which may neither ask twice nor open and close the file elsewhere: the
 * holders inside one process share a channel. The file is never removed, since somebody may be
 * about to lock it.
 */
final class SystemLock implements AutoCloseable {
  /** Far behind all content, which others may want to read on systems whose locks are strict. */
  private static final long PLACE = Long.MAX_VALUE - 1;

  private static final Map<Path, Holders> HOLDERS = new ConcurrentHashMap<>();

  private final Holders holders;
  private boolean released;

  private SystemLock(Holders holders) {
    this.holders = holders;
  }

  /** Those of this process that hold one file. */
  private static final class Holders {
    private int users;
    private boolean exclusive;
    private @Nullable FileChannel channel;
  }

  /** Takes the lock for itself, or says at once that it is taken. */
  static Optional<SystemLock> tryExclusive(Path file) throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      if (holders.users > 0) {
        return Optional.empty();
      }
      var channel = open(file);
      FileLock lock = null;
      try {
        lock = channel.tryLock(PLACE, 1, false);
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      return lock == null ? Optional.empty() : Optional.of(taken(holders, channel, true));
    }
  }

  /** Takes the lock together with others, after whoever has it for itself. */
  static SystemLock shared(Path file) throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      while (holders.exclusive) {
        await(holders);
      }
      if (holders.channel != null) {
        holders.users++;
        return new SystemLock(holders);
      }
      var channel = open(file);
      FileLock lock = null;
      try {
        lock = channel.lock(PLACE, 1, true);
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      return taken(holders, channel, false);
    }
  }

  private static SystemLock taken(Holders holders, FileChannel channel, boolean exclusive) {
    holders.channel = channel;
    holders.exclusive = exclusive;
    holders.users = 1;
    return new SystemLock(holders);
  }

  private static Holders holders(Path file) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is not a file");
    }
    Files.createDirectories(folder);
    return HOLDERS.computeIfAbsent(
        folder.toRealPath().resolve(file.getFileName()), path -> new Holders());
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private static void await(Holders holders) throws IOException {
    try {
      holders.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a lock was held by somebody else", e);
    }
  }

  /** The first bytes of the file, whoever has the lock. */
  static byte[] read(Path file, int most) throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      if (holders.channel != null) {
        return read(holders.channel, most);
      }
      try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return read(channel, most);
      }
    }
  }

  private static byte[] read(FileChannel channel, int most) throws IOException {
    var buffer = ByteBuffer.allocate(most);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
      continue;
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** The locked file, open; to be used before {@link #close} only. */
  FileChannel channel() {
    var channel = holders.channel;
    if (channel == null) {
      throw new IllegalStateException("the lock was released");
    }
    return channel;
  }

  @Override
  public void close() throws IOException {
    synchronized (holders) {
      if (released) {
        return;
      }
      released = true;
      holders.users--;
      if (holders.users == 0 && holders.channel != null) {
        var channel = holders.channel;
        holders.channel = null;
        holders.exclusive = false;
        holders.notifyAll();
        channel.close();
      }
    }
  }
}
