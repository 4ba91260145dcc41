package org.golempipeline.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.golempipeline.plainfile.PlainFile;

/**
 * Reads ranges of files and keeps the files open that were used last, since neighbours lie
 * together. Safe for several threads, none of which waits for another.
 */
final class OpenFiles implements AutoCloseable {
  private static final int IDLE = 80;
  private static final int BUFFER = 256 * 1024;

  private final ArrayDeque<OpenFile> idle = new ArrayDeque<>();

  private final ConcurrentLinkedQueue<Scratch> scratches = new ConcurrentLinkedQueue<>();

  private record OpenFile(Path path, FileChannel channel) {}

  /** What a thread needs while it digests. */
  private record Scratch(ByteBuffer buffer, MessageDigest digest) {}

  /**
   * The SHA-256 of a range.
   *
   * @throws EOFException if the file is too short
   */
  Digest digest(Path path, long offset, long length) throws IOException {
    var file = borrow(path);
    var free = scratches.poll();
    var scratch = free == null ? new Scratch(ByteBuffer.allocate(BUFFER), Digest.sha256()) : free;
    try {
      scratch.digest().reset();
      var buffer = scratch.buffer();
      for (var done = 0L; done < length; ) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
        done += fill(file, offset + done, buffer);
        scratch.digest().update(buffer.flip());
      }
      return Digest.of(scratch.digest());
    } finally {
      scratches.add(scratch);
      giveBack(file);
    }
  }

  /** Fills {@code target}; what lies behind the end of the file is left out. */
  void read(Path path, long offset, ByteBuffer target) throws IOException {
    var file = borrow(path);
    try {
      for (var at = offset; target.hasRemaining(); ) {
        var count = file.channel().read(target, at);
        if (count < 0) {
          return;
        }
        at += count;
      }
    } finally {
      giveBack(file);
    }
  }

  private static int fill(OpenFile file, long offset, ByteBuffer target) throws IOException {
    var count = 0;
    while (target.hasRemaining()) {
      var read = file.channel().read(target, offset + count);
      if (read < 0) {
        throw new EOFException(
            "`%s` ends before byte %d".formatted(file.path(), offset + count + target.remaining()));
      }
      count += read;
    }
    return count;
  }

  private OpenFile borrow(Path path) throws IOException {
    OpenFile eldest = null;
    synchronized (idle) {
      for (var each = idle.iterator(); each.hasNext(); ) {
        var file = each.next();
        if (file.path().equals(path)) {
          each.remove();
          return file;
        }
      }
      if (idle.size() >= IDLE) {
        eldest = idle.pollLast();
      }
    }
    if (eldest != null) {
      eldest.channel().close();
    }
    return new OpenFile(path, PlainFile.open(path));
  }

  /** A channel is closed when a thread is interrupted in it: then it is of no use any more. */
  private void giveBack(OpenFile file) {
    if (file.channel().isOpen()) {
      synchronized (idle) {
        idle.addFirst(file);
      }
    }
  }

  /** Closes {@code path}, which is about to become another file. */
  void forget(Path path) throws IOException {
    synchronized (idle) {
      for (var each = idle.iterator(); each.hasNext(); ) {
        var file = each.next();
        if (file.path().equals(path)) {
          each.remove();
          file.channel().close();
        }
      }
    }
  }

  /** Closes what is open. What is read afterwards is opened again. */
  @Override
  public void close() throws IOException {
    synchronized (idle) {
      while (!idle.isEmpty()) {
        idle.pop().channel().close();
      }
    }
  }
}
