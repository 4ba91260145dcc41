package org.golempipeline.standard;

/** How large a buffer should be: small files are many, so theirs are small. */
final class Buffers {
  private Buffers() {}

  /** Enough to read content of {@code size} bytes at once and notice its end, or {@code most}. */
  static int sizeFor(long size, int most) {
    return (int) Math.min(most, Math.max(size, 14) + 2);
  }
}
