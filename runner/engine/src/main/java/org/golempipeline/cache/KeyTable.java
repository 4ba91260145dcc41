package org.golempipeline.cache;

/**
 * Where the record of each key lies. Keeps 16 bytes a slot and not the key itself: its first half
 * is as good as random, and who finds something compares it with the whole key.
 */
final class KeyTable {
  /** What {@link #find} answers when there is nothing. */
  static final long NOTHING = -1;

  private static final int FIRST_CAPACITY = 1024;

  /** First eight bytes of each key, 0 in a free slot. */
  private long[] prints = new long[FIRST_CAPACITY];

  private long[] places = new long[FIRST_CAPACITY];
  private int used;

  int size() {
    return used;
  }

  /** The last place that was put for {@code key}. */
  long find(Digest key) {
    var slot = slot(prints, print(key));
    return prints[slot] == 0 ? NOTHING : places[slot];
  }

  /** Makes {@code place} that of {@code key}; {@link #NOTHING} takes it back. */
  void put(Digest key, long place) {
    if (used >= prints.length - prints.length / 4) {
      grow();
    }
    var print = print(key);
    var slot = slot(prints, print);
    if (prints[slot] == 0) {
      prints[slot] = print;
      used++;
    }
    places[slot] = place;
  }

  private void grow() {
    var before = prints;
    var placesBefore = places;
    prints = new long[Math.multiplyExact(before.length, 2)];
    places = new long[prints.length];
    for (var i = 0; i < before.length; i++) {
      if (before[i] != 0) {
        var slot = slot(prints, before[i]);
        prints[slot] = before[i];
        places[slot] = placesBefore[i];
      }
    }
  }

  private static long print(Digest key) {
    return key.first() == 0 ? 1 : key.first();
  }

  private static int slot(long[] prints, long print) {
    var mask = prints.length - 1;
    for (var slot = (int) print & mask; ; slot = slot + 1 & mask) {
      if (prints[slot] == print || prints[slot] == 0) {
        return slot;
      }
    }
  }
}
