package org.golempipeline.standard;

import java.io.IOException;
import java.io.InputStream;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.NotText;
import org.golempipeline.strategy.StrategyException;

/** Opens what fragments left as the text that a merge wants to join. */
final class Outputs {
  private Outputs() {}

  /** The output from its start, unless it is packed or in an encoding that cannot be joined. */
  static InputStream openText(FragmentOutput output) throws IOException, StrategyException {
    var stream = output.open();
    try {
      var head = new byte[(int) Math.min(NotText.HEAD, output.size())];
      var length = stream.readNBytes(head, 0, head.length);
      var other = NotText.in(head, length);
      if (other.isPresent()) {
        var encoding = other.get().encoding();
        throw new StrategyException(
            "What %s left is %s, which cannot be joined as text."
                .formatted(output.label(), other.get().what()),
            encoding == null
                ? "Let `run` write plain text, or keep the outputs as they are with `merge: collect`."
                : "Let `run` write UTF-8: `iconv -f %s -t UTF-8` converts.".formatted(encoding));
      }
      return new Rejoined(head, length, stream);
    } catch (IOException | StrategyException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /** What was read already, and the rest. */
  private static final class Rejoined extends InputStream {
    private final byte[] head;
    private final int length;
    private final InputStream rest;
    private int given;

    Rejoined(byte[] head, int length, InputStream rest) {
      this.head = head;
      this.length = length;
      this.rest = rest;
    }

    @Override
    public int read() throws IOException {
      return given < length ? head[given++] & 0xff : rest.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      if (given == length) {
        return rest.read(bytes, offset, count);
      }
      var read = Math.min(count, length - given);
      System.arraycopy(head, given, bytes, offset, read);
      given += read;
      return read;
    }

    @Override
    public void close() throws IOException {
      rest.close();
    }
  }
}
