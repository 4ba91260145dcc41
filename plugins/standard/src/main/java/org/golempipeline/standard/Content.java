package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.StrategyException;

/**
 * An input file opened for reading: hides that its content may be a range within another file, and
 * notices when the file has become shorter since it was listed.
 */
final class Content implements Closeable {
  private static final int[][] GZIP = {{0x1f, 0x8b}};
  private static final int[][] ZSTD = {{0x28, 0xb5, 0x2f, 0xfd}};
  private static final int[][] XZ = {{0xfd, '7', 'z', 'X', 'Z', 0}};
  private static final int[][] BZIP2 = {
    {'B', 'Z', 'h', -1, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59},
    {'B', 'Z', 'h', -1, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90}
  };
  private static final int[][] UTF_16 = {{0xff, 0xfe}, {0xfe, 0xff}};

  private final InputFile file;
  private final FileChannel channel;

  private Content(InputFile file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file.file(), StandardOpenOption.READ);
  }

  /** Refuses a file that only providers get to see. */
  static void requireHere(InputFile file) throws StrategyException {
    if (file.remote() != null) {
      throw new StrategyException(
          "`%s` is fetched by the providers, so it cannot be looked at here."
              .formatted(file.path()),
          "Download it and name the file, or hand it out whole with `split: files`.");
    }
  }

  /** Opens {@code file}, whatever is in it. */
  static Content open(InputFile file) throws IOException {
    return new Content(file);
  }

  /** Opens {@code file} unless it is compressed or in an encoding whose lines cannot be found. */
  static Content openText(InputFile file) throws IOException, StrategyException {
    requireHere(file);
    var content = new Content(file);
    try {
      content.requireText();
      return content;
    } catch (IOException | StrategyException | RuntimeException e) {
      content.close();
      throw e;
    }
  }

  long size() {
    return file.size();
  }

  /** Replaces what is in {@code buffer} by the content from {@code position}, as much as fits. */
  void read(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    buffer.limit((int) Math.min(buffer.capacity(), file.size() - position));
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, file.offset() + position + buffer.position()) < 0) {
        throw new IOException(file.path() + " has become shorter while it was read");
      }
    }
    buffer.flip();
  }

  /** The content from its start; closing the stream closes this. */
  InputStream stream() {
    return new InputStream() {
      private long position;

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (position == size()) {
          return -1;
        }
        var part = ByteBuffer.wrap(bytes, offset, length).slice();
        Content.this.read(part, position);
        position += part.limit();
        return part.limit();
      }

      @Override
      public void close() throws IOException {
        Content.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void requireText() throws IOException, StrategyException {
    var head = ByteBuffer.allocate(10);
    read(head, 0);
    refuseCompressed(head, "gzip", GZIP);
    refuseCompressed(head, "zstd", ZSTD);
    refuseCompressed(head, "bzip2", BZIP2);
    refuseCompressed(head, "xz", XZ);
    if (startsWith(head, UTF_16)) {
      throw new StrategyException(
          "`%s` is UTF-16 text, whose lines cannot be cut safely.".formatted(file.path()),
          "Convert it to UTF-8, or use `split: files` to hand out whole files.");
    }
  }

  private void refuseCompressed(ByteBuffer head, String format, int[][] magics)
      throws StrategyException {
    if (startsWith(head, magics)) {
      throw new StrategyException(
          "`%s` is compressed with %s, so its text cannot be cut."
              .formatted(file.path(), format.toLowerCase(Locale.ROOT)),
          "Use `split: files` and decompress each file in `run`, or decompress it beforehand.");
    }
  }

  private static boolean startsWith(ByteBuffer head, int[][] magics) {
    for (var magic : magics) {
      var same = head.limit() >= magic.length;
      for (var i = 0; same && i < magic.length; i++) {
        same = magic[i] < 0 || (head.get(i) & 0xff) == magic[i];
      }
      if (same) {
        return true;
      }
    }
    return false;
  }
}
