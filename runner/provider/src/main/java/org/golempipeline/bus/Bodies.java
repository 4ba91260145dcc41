package org.golempipeline.bus;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What is in the data of calls: FlexBuffers, which a daemon may have compressed. */
final class Bodies {
  /** No message is as large, however well it was compressed. */
  private static final int LARGEST = 256 << 20;

  private Bodies() {}

  /** The FlexBuffers in some data: inflated if it can be, else as it is. */
  static ByteBuffer inflated(ByteString data) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data.toByteArray());
      ByteArrayOutputStream out = new ByteArrayOutputStream(2 * data.size());
      byte[] part = new byte[16 * 1024];
      while (!inflater.finished()) {
        int size = inflater.inflate(part);
        if (size == 0 || out.size() > LARGEST) {
          return plain(data);
        }
        out.write(part, 0, size);
      }
      return inflater.getRemaining() == 0 ? ByteBuffer.wrap(out.toByteArray()) : plain(data);
    } catch (DataFormatException e) {
      return plain(data);
    } finally {
      inflater.end();
    }
  }

  private static ByteBuffer plain(ByteString data) {
    return ByteBuffer.wrap(data.toByteArray());
  }
}
