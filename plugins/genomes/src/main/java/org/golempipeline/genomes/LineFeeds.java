package org.golempipeline.genomes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds line feeds eight bytes at a time. */
final class LineFeeds {
  private static final long FEEDS = 0x0a0a0a0a0a0a0a0aL;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private LineFeeds() {}

  /** The index of the first line feed in {@code bytes} between the two, or {@code to}. */
  static int find(byte[] bytes, int from, int to) {
    var at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      var word = (long) WORDS.get(bytes, at) ^ FEEDS;
      // The lowest mark is right; those above it may not be.
      var marks = (word - ONES) & ~word & HIGHS;
      if (marks != 0) {
        return at + (Long.numberOfTrailingZeros(marks) >>> 3);
      }
    }
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    return at;
  }
}
