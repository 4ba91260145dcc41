package org.golempipeline.golem;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the bytes of a file that is fetched, in order, one thread at a time. */
public interface ByteSink {
  /** Forgets what came so far: a transfer begins again at its first byte. */
  void restart() throws IOException;

  /** Takes the next bytes. */
  void write(ByteBuffer chunk) throws IOException;

  /**
   * The last byte came, and the content's SHA3-256 is the one that the provider states.
   *
   * @throws IOException if what came is not usable; the transfer then fails
   */
  void finish() throws IOException;
}
