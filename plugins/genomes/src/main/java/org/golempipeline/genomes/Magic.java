package org.golempipeline.genomes;

import java.util.Optional;

/** Recognizes what is no text by its first bytes. */
final class Magic {
  /** How many bytes are looked at. */
  static final int LENGTH = 6;

  private Magic() {}

  /** What the bytes up to {@code length} begin, if that is a format that must be unpacked first. */
  static Optional<String> compression(byte[] bytes, int length) {
    if (startsWith(bytes, length, 0x1f, 0x8b)) {
      return Optional.of("gzip");
    }
    if (startsWith(bytes, length, 'B', 'Z', 'h')) {
      return Optional.of("bzip2");
    }
    if (startsWith(bytes, length, 0x28, 0xb5, 0x2f, 0xfd)) {
      return Optional.of("zstd");
    }
    if (startsWith(bytes, length, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return Optional.of("xz");
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] bytes, int length, int... magic) {
    if (length < magic.length) {
      return false;
    }
    for (var i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
