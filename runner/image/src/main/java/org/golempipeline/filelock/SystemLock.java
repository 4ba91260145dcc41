package org.golempipeline.filelock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/**
 * A lock that the system keeps on a file, and takes back when the process dies. Hides that such
 * locks belong to a process, which may neither ask twice nor open and close the file elsewhere: the
 * holders inside one process share a channel. The file is never removed, since somebody may be
 * about to lock it.
 */
public final class SystemLock implements AutoCloseable {
  /** Far behind all content, which others may want to read on systems whose locks are strict. */
  private static final long PLACE = Long.MAX_VALUE - 1;

  private static final int LONGEST_NAME = 200;

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
  public static Optional<SystemLock> tryExclusive(Path file) throws IOException {
    return tryExclusive(file, null);
  }

  /**
   * The same, and writes into the file who has it: this process, and what {@code note} adds. Where
   * the file system has no locks, the lock belongs to the process that is named as long as it
   * lives.
   */
  public static Optional<SystemLock> tryNamed(Path file, String note) throws IOException {
    return tryExclusive(file, (ProcessHandle.current().pid() + " " + note).strip());
  }

  private static Optional<SystemLock> tryExclusive(Path file, @Nullable String name)
      throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      if (holders.users > 0) {
        return Optional.empty();
      }
      var channel = open(file);
      var held = false;
      try {
        var taken = name == null ? channel.tryLock(PLACE, 1, false) != null : isFree(channel);
        if (taken && name != null) {
          write(channel, name + "\n");
        }
        held = taken;
      } catch (IOException e) {
        // A full disk is said without the place.
        throw new IOException("`%s` cannot be written: %s".formatted(file, e.getMessage()), e);
      } finally {
        if (!held) {
          channel.close();
        }
      }
      return held ? Optional.of(taken(holders, channel, true)) : Optional.empty();
    }
  }

  /** Whether somebody has the lock that {@link #tryNamed} takes. */
  public static boolean isHeld(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    var holders = holders(file);
    synchronized (holders) {
      if (holders.users > 0) {
        return true;
      }
      try (var channel = open(file)) {
        return !isFree(channel);
      }
    }
  }

  /** Locks a file that nobody in this process has open. */
  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(PLACE, 1, false) != null;
    } catch (IOException notSupported) {
      return !isOfAnother(name(channel));
    }
  }

  private static boolean isOfAnother(String name) {
    try {
      var pid = Long.parseLong(name.split(" ", 2)[0]);
      return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).isPresent();
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    for (var at = 0; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  /** Takes the lock for itself, after all who have it now. */
  public static SystemLock exclusive(Path file) throws IOException {
    return waitFor(file, true);
  }

  /**
   * Takes the lock together with others, after whoever has it for itself. A file that may only be
   * read will do.
   */
  public static SystemLock shared(Path file) throws IOException {
    return waitFor(file, false);
  }

  private static SystemLock waitFor(Path file, boolean exclusive) throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      while (exclusive ? holders.users > 0 : holders.exclusive) {
        await(holders);
      }
      if (holders.channel != null) {
        holders.users++;
        return new SystemLock(holders);
      }
      var channel = exclusive ? open(file) : openToShare(file);
      FileLock lock = null;
      try {
        lock = channel.lock(PLACE, 1, !exclusive);
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      return taken(holders, channel, exclusive);
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
    if (Files.exists(file)) {
      PlainFile.require(file);
    }
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static FileChannel openToShare(Path file) throws IOException {
    try {
      return open(file);
    } catch (FileSystemException e) {
      if (!Files.isRegularFile(file)) {
        throw e;
      }
      return FileChannel.open(file, StandardOpenOption.READ);
    }
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

  /** What the file says of who has the lock, or had it last; empty if nobody said so. */
  static String name(Path file) throws IOException {
    var holders = holders(file);
    synchronized (holders) {
      if (holders.channel != null) {
        return name(holders.channel);
      }
      try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return name(channel);
      }
    }
  }

  private static String name(FileChannel channel) throws IOException {
    var buffer = ByteBuffer.allocate(LONGEST_NAME);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
      continue;
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
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
