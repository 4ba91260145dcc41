package org.golempipeline.node;

import java.nio.charset.StandardCharsets;
import org.golempipeline.exeunit.Conduct;

/**
 * What a lying provider makes of a file that it returns, chunk by chunk. Of an archive the contents
 * of the files deep in it change, since a liar knows that nobody believes a broken archive.
 */
final class Lie implements Conduct.Forger {
  private static final int BLOCK = 512;
  private static final int MAGIC = 257;
  private static final int SIZE = 124;
  private static final int SIZE_END = 135;
  private static final int TYPE = 156;
  private static final int NAME_END = 100;

  /** Of a member's name, below which nothing is worth a lie. */
  private static final int DEPTH = 3;

  private final int mask;
  private boolean begun;
  private boolean archive;

  /** Blocks of the member at hand that are still to come. */
  private long left;

  /** The next block begins with what is to be changed. */
  private boolean due;

  /**
   * @param mask what is different in a byte: equal masks are equal lies
   */
  Lie(int mask) {
    this.mask = mask;
  }

  /** Changes the next chunk, which is a number of whole blocks unless it is the last one. */
  @Override
  public void forge(byte[] chunk, int length) {
    if (!begun) {
      begun = true;
      archive = length >= BLOCK && text(chunk, MAGIC, MAGIC + 5).equals("ustar");
      if (!archive) {
        chunk[length - 1] ^= (byte) mask;
      }
    }
    for (int at = 0; archive && at + BLOCK <= length; at += BLOCK) {
      if (left == 0) {
        header(chunk, at);
      } else {
        left--;
        chunk[at] ^= (byte) (due ? mask : 0);
        due = false;
      }
    }
  }

  private void header(byte[] chunk, int at) {
    String digits = text(chunk, at + SIZE, at + SIZE_END);
    long size = digits.matches("[0-7]+") ? Long.parseLong(digits, 8) : 0;
    boolean file = chunk[at + TYPE] == '0' || chunk[at + TYPE] == 0;
    left = (size + BLOCK - 1) / BLOCK;
    due = file && size > 0 && text(chunk, at, at + NAME_END).split("/", -1).length >= DEPTH;
  }

  private static String text(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
