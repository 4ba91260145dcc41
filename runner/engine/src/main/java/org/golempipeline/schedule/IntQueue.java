package org.golempipeline.schedule;

/** Fragment numbers in the order in which they came, four bytes each. */
final class IntQueue {
  private int[] items = new int[16];
  private int first;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int item) {
    if (size == items.length) {
      var larger = new int[2 * size];
      for (var i = 0; i < size; i++) {
        larger[i] = items[(first + i) % size];
      }
      items = larger;
      first = 0;
    }
    items[(first + size) % items.length] = item;
    size++;
  }

  int remove() {
    if (size == 0) {
      throw new IllegalStateException("nothing is left");
    }
    var item = items[first];
    first = (first + 1) % items.length;
    size--;
    return item;
  }

  void clear() {
    first = 0;
    size = 0;
  }
}
