package org.golempipeline.standard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.NotText;
import org.golempipeline.strategy.StrategyException;

/**
 * An input file opened for reading: hides that its content may be a range within another file, and
 * notices when the file has become shorter since it was listed.
 */
final class Content implements Closeable {
  private final InputFile file;
  private final FileChannel channel;

  private Content(InputFile file) throws IOException {
    this.file = file;
    this.channel = file.open();
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

  /** Opens {@code file} unless it is packed or in an encoding whose lines cannot be found. */
  static Content openText(InputFile file) throws IOException, StrategyException {
    return openItems(file, "\n");
  }

  /**
   * Opens {@code file} unless it is packed or in an encoding in which {@code delimiter} cannot be
   * found; zero bytes speak for such an encoding unless they delimit.
   */
  static Content openItems(InputFile file, String delimiter) throws IOException, StrategyException {
    requireHere(file);
    var content = new Content(file);
    try {
      content.requireText(delimiter.indexOf('\0') >= 0);
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

  private void requireText(boolean hasZeros) throws IOException, StrategyException {
    var head = ByteBuffer.allocate((int) Math.min(NotText.HEAD, file.size()));
    read(head, 0);
    var other =
        NotText.in(head.array(), head.limit())
            .filter(found -> found.encoding() == null || !hasZeros);
    if (other.isPresent()) {
      var encoding = other.get().encoding();
      throw new StrategyException(
          "`%s` is %s, so its text cannot be cut.".formatted(file.path(), other.get().what()),
          encoding == null
              ? "Use `split: files` and unpack each file in `run`, or unpack it beforehand."
              : "Convert it with `iconv -f %s -t UTF-8`, or use `split: files` to hand out whole files."
                  .formatted(encoding));
    }
  }
}
