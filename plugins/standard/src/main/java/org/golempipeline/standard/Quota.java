package org.golempipeline.standard;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.golempipeline.strategy.Options;

/**
 * Decides at the end of each item (line, row, element, record) of a file whether a fragment ends
 * there: after so many, or after about so many where the items say so. That is content-defined
 * chunking (Muthitacharoen, Chen and Mazières, "A Low-bandwidth Network File System", SOSP 2001):
 * behind the {@link #least}-th item, an item whose checksum hits ends the fragment, and so does the
 * {@link #most}-th in any case. So ends move with the items when others come or go before them.
 */
final class Quota {
  /** Describes the option in schemas. */
  static final String STABLE =
      "Whether the number is only about right, from half to twice as much, and fragments end where"
          + " the content says so: after an edit only the fragments around it are computed again,"
          + " the others are found in the cache. Default: false.";

  /** Spreads what a checksum says over all of its bits (Knuth's multiplicative hashing). */
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private final long least;
  private final long most;
  private final long chances;
  private final CRC32C checksum = new CRC32C();
  private long items;

  /**
   * @param number of items in a fragment, at least 1
   * @param stable whether that is the mean of what may be half as much and twice as much
   */
  Quota(long number, boolean stable) {
    least = stable ? number - number / 2 : number;
    most = stable ? (number > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * number) : number;
    chances = number - least + 1;
  }

  /** What the option {@code stable} says. */
  static boolean isStable(Options options) {
    return options.at("stable").flag();
  }

  /** How many of the next items end no fragment, so that nobody needs to see them. */
  long plain() {
    return Math.max(0, least - 1 - items);
  }

  /** So many items went by that end no fragment. */
  void pass(long plainItems) {
    items += plainItems;
  }

  /** A part of the current item. */
  void see(byte[] bytes, int from, int to) {
    if (isAsked()) {
      checksum.update(bytes, from, to - from);
    }
  }

  /** A part of the current item; changes the position of {@code buffer}. */
  void see(ByteBuffer buffer, int from, int to) {
    if (isAsked()) {
      var limit = buffer.limit();
      checksum.update(buffer.limit(to).position(from));
      buffer.limit(limit);
    }
  }

  /** What is written here is seen. */
  OutputStream sight() {
    return new CheckedOutputStream(OutputStream.nullOutputStream(), checksum);
  }

  /** Whether the current item may end the fragment because of what is in it. */
  boolean isAsked() {
    return chances > 1 && items + 1 >= least && items + 1 < most;
  }

  /** The current item has ended; answers whether the fragment ends with it. */
  boolean ends() {
    items++;
    if (items < least) {
      return false;
    }
    var ends = items >= most || chances == 1 || hits();
    checksum.reset();
    if (ends) {
      items = 0;
    }
    return ends;
  }

  /** One of {@link #chances} values does. */
  private boolean hits() {
    return Long.remainderUnsigned(checksum.getValue() * SPREAD >>> 16, chances) == 0;
  }
}
