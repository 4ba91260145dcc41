package org.golempipeline.run;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/** Reads ranges of returned archives and keeps the last one open, since neighbours lie together. */
final class ArchiveReader implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private @Nullable Path path;
  private @Nullable FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  synchronized void read(Path archive, long offset, ByteBuffer target) throws IOException {
    var from = open(archive);
    while (target.hasRemaining()) {
      var read = from.read(target, offset);
      if (read < 0) {
        throw new EOFException("`" + archive + "` ends early");
      }
      offset += read;
    }
  }

  synchronized void copy(Path archive, long offset, long size, WritableByteChannel target)
      throws IOException {
    var from = open(archive);
    if (size > BUFFER) {
      for (var done = 0L; done < size; ) {
        var moved = from.transferTo(offset + done, size - done, target);
        if (moved <= 0) {
          throw new EOFException("`" + archive + "` ends early");
        }
        done += moved;
      }
      return;
    }
    buffer.clear().limit((int) size);
    read(archive, offset, buffer);
    buffer.flip();
    while (buffer.hasRemaining()) {
      target.write(buffer);
    }
  }

  private FileChannel open(Path archive) throws IOException {
    if (channel == null || !archive.equals(path)) {
      close();
      channel = PlainFile.open(archive);
      path = archive;
    }
    return channel;
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
