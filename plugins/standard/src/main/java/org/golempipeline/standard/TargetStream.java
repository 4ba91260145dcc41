package org.golempipeline.standard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file written through a buffer without locks, for many small writes by one thread. */
final class TargetStream extends OutputStream {
  private final FileChannel channel;
  private final byte[] buffer = new byte[1 << 18];
  private int used;

  TargetStream(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  @Override
  public void write(int b) throws IOException {
    if (used == buffer.length) {
      flush();
    }
    buffer[used++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > buffer.length - used) {
      flush();
    }
    if (length >= buffer.length) {
      drain(ByteBuffer.wrap(bytes, offset, length));
    } else {
      System.arraycopy(bytes, offset, buffer, used, length);
      used += length;
    }
  }

  /** Hands on what is in the buffer. */
  @Override
  public void flush() throws IOException {
    drain(ByteBuffer.wrap(buffer, 0, used));
    used = 0;
  }

  /** The file without the buffer: what was written so far is before it. */
  FileChannel channel() throws IOException {
    flush();
    return channel;
  }

  /** Completes the file. */
  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
  }

  /** Closes the file as it is. */
  void abandon() throws IOException {
    channel.close();
  }

  private void drain(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
