package org.golempipeline.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The blocks that precede the bytes of a member of a ustar archive. Names of more than 100 bytes
 * travel in a GNU long name entry, sizes from 8 GiB on in base 256: what GNU tar, busybox and
 * bsdtar all read.
 */
final class TarHeader {
  static final int BLOCK = 512;
  static final char FILE = '0';
  static final char FOLDER = '5';

  private static final int NAME_LENGTH = 100;
  private static final int CHECKSUM = 148;
  private static final long OCTAL_LIMIT = 1L << 33;

  /** Any fixed time that no tar thinks implausible: equal batches are equal archives. */
  private static final long MODIFIED = 1_000_000_000;

  private TarHeader() {}

  /** How many bytes {@link #of} gives for {@code name}. */
  static int length(byte[] name) {
    return name.length <= NAME_LENGTH ? BLOCK : 2 * BLOCK + (int) padded(name.length + 1L);
  }

  static byte[] of(byte[] name, char type, int mode, long size) {
    var blocks = ByteBuffer.allocate(length(name));
    if (name.length > NAME_LENGTH) {
      var marker = "././@LongLink".getBytes(StandardCharsets.US_ASCII);
      putBlock(blocks, marker, 'L', 0, name.length + 1L);
      blocks.put(name);
      blocks.position(BLOCK + (int) padded(name.length + 1L));
    }
    putBlock(blocks, name, type, mode, size);
    return blocks.array();
  }

  /** {@code size} rounded up to whole blocks. */
  static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private static void putBlock(ByteBuffer blocks, byte[] name, char type, int mode, long size) {
    var block = new byte[BLOCK];
    System.arraycopy(name, 0, block, 0, Math.min(name.length, NAME_LENGTH));
    putOctal(block, 100, 7, mode);
    putOctal(block, 108, 7, 0);
    putOctal(block, 116, 7, 0);
    if (size < OCTAL_LIMIT) {
      putOctal(block, 124, 11, size);
    } else {
      ByteBuffer.wrap(block, 124, 12).put((byte) 0x80).put(new byte[3]).putLong(size);
    }
    putOctal(block, 136, 11, MODIFIED);
    block[156] = (byte) type;
    putText(block, 257, "ustar\00000");
    putText(block, CHECKSUM, "        ");
    var sum = 0;
    for (var each : block) {
      sum += each & 0xff;
    }
    putOctal(block, CHECKSUM, 6, sum);
    block[CHECKSUM + 6] = 0;
    blocks.put(block);
  }

  private static void putOctal(byte[] block, int at, int digits, long value) {
    var rest = value;
    for (var i = at + digits - 1; i >= at; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }

  private static void putText(byte[] block, int at, String text) {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
