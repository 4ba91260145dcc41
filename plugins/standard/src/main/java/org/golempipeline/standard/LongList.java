package org.golempipeline.standard;

import java.util.Arrays;

/** Longs in the order they were added, eight bytes each, growing without moving what is there. */
final class LongList {
  private static final int CHUNK_BITS = 14;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private long[][] chunks = new long[4][];
  private int size;

  void add(long value) {
    var chunk = size >>> CHUNK_BITS;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunk);
    }
    if (chunks[chunk] == null) {
      chunks[chunk] = new long[chunk == 0 ? 16 : CHUNK];
    }
    var at = size & (CHUNK - 1);
    if (at == chunks[chunk].length) {
      chunks[chunk] = Arrays.copyOf(chunks[chunk], Math.min(CHUNK, 4 * at));
    }
    chunks[chunk][at] = value;
    size++;
  }

  long get(int index) {
    return chunks[index >>> CHUNK_BITS][index & (CHUNK - 1)];
  }

  int size() {
    return size;
  }
}
