package org.golempipeline.oci;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A tar of changes to a file system, which can be read from its beginning as often as needed. */
@FunctionalInterface
interface Layer {
  /** How what is no plain tar begins, as ISO 8859-1. */
  Map<String, String> COMPRESSIONS =
      Map.of(
          "\u001f\u008b", "gzip",
          "\u0028\u00b5\u002f\u00fd", "zstd",
          "\u00fd7zXZ\0", "xz",
          "BZh91AY&SY", "bzip2",
          "\u0004\"M\u0018", "lz4");

  int LONGEST_BEGINNING = 10;

  /** The bytes as they are stored, compressed or not. */
  InputStream stored() throws IOException;

  /** The tar itself. How it is compressed is seen by its first bytes, whatever anybody says. */
  default InputStream open() throws IOException {
    return unpacked(stored());
  }

  /** Answers {@code stored} in a {@link BufferedInputStream} if it is not compressed. */
  static InputStream unpacked(InputStream stored) throws IOException {
    var bytes = new BufferedInputStream(stored, 1 << 16);
    try {
      bytes.mark(LONGEST_BEGINNING);
      var begin = new String(bytes.readNBytes(LONGEST_BEGINNING), StandardCharsets.ISO_8859_1);
      bytes.reset();
      var compression =
          COMPRESSIONS.entrySet().stream()
              .filter(each -> begin.startsWith(each.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse("");
      return switch (compression) {
        case "" -> bytes;
        case "gzip" -> new GZIPInputStream(bytes, 1 << 16);
        case "zstd" -> new Zstd(bytes);
        default ->
            throw new IOException(
                "it is compressed with %s, and only gzip and zstd are read".formatted(compression));
      };
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** Its decoder says in unchecked exceptions that something is damaged. */
  final class Zstd extends FilterInputStream {
    private Zstd(InputStream compressed) {
      super(new ZstdInputStream(compressed));
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (RuntimeException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
