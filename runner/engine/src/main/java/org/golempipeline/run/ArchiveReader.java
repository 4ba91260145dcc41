package org.golempipeline.run;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.commons.io.input.BoundedInputStream;
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

  /** What was left, as a file that must not be there yet. */
  void copy(StageOutputs.Part part, Path file) throws IOException {
    try (var target =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(part, target);
    }
  }

  synchronized void copy(StageOutputs.Part part, WritableByteChannel target) throws IOException {
    var from = open(part.archive());
    if (part.size() > BUFFER) {
      for (var done = 0L; done < part.size(); ) {
        var moved = from.transferTo(part.offset() + done, part.size() - done, target);
        if (moved <= 0) {
          throw new EOFException("`" + part.archive() + "` ends early");
        }
        done += moved;
      }
      return;
    }
    buffer.clear().limit((int) part.size());
    read(part.archive(), part.offset(), buffer);
    buffer.flip();
    while (buffer.hasRemaining()) {
      target.write(buffer);
    }
  }

  /** What was left, from its beginning on; it may be read after this reader is closed. */
  InputStream stream(StageOutputs.Part part) throws IOException {
    if (part.size() <= BUFFER) {
      var bytes = ByteBuffer.allocate((int) part.size());
      read(part.archive(), part.offset(), bytes);
      return new ByteArrayInputStream(bytes.array());
    }
    var whole = PlainFile.open(part.archive());
    whole.position(part.offset());
    return BoundedInputStream.builder()
        .setInputStream(new BufferedInputStream(Channels.newInputStream(whole), BUFFER))
        .setMaxCount(part.size())
        .get();
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
