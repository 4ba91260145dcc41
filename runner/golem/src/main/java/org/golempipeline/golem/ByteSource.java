package org.golempipeline.golem;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of known length that can be read anywhere, by several threads at once. */
public interface ByteSource {
  long size();

  /** Fills {@code target} with the bytes from {@code offset} on; there are enough. */
  void read(long offset, ByteBuffer target) throws IOException;
}
