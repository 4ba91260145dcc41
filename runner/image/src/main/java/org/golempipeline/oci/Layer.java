package org.golempipeline.oci;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A tar of changes to a file system, which can be read from its beginning as often as needed. */
@FunctionalInterface
interface Layer {
  /** The bytes as they are stored, compressed or not. */
  InputStream stored() throws IOException;

  /** The tar itself. How it is compressed is seen by its first bytes, whatever anybody says. */
  default InputStream open() throws IOException {
    return unpacked(stored());
  }

  static InputStream unpacked(InputStream stored) throws IOException {
    var bytes = new BufferedInputStream(stored, 1 << 16);
    try {
      bytes.mark(4);
      var magic = Arrays.copyOf(bytes.readNBytes(4), 4);
      bytes.reset();
      if (magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
        return new GZIPInputStream(bytes, 1 << 16);
      }
      if (Arrays.equals(magic, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd})) {
        return new ZstdInputStream(bytes);
      }
      return bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
