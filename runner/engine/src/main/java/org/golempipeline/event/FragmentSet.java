package org.golempipeline.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Fragment numbers of one stage, ascending, kept as spans so that a thousand neighbours cost as
 * much as one. Written as {@code 0-499,502}.
 */
public final class FragmentSet {
  /** No fragments. */
  public static final FragmentSet EMPTY = new FragmentSet(new int[0]);

  /** Of a fragment in a journal; plans are made for a million. */
  private static final int HIGHEST = 1 << 24;

  /** First and last (included) of each span, in pairs. */
  private final int[] spans;

  private FragmentSet(int[] spans) {
    this.spans = spans;
  }

  /** The numbers from {@code first} to before {@code end}. */
  public static FragmentSet range(int first, int end) {
    return end <= first ? EMPTY : new FragmentSet(new int[] {first, end - 1});
  }

  public static FragmentSet of(int... indexes) {
    var sorted = IntStream.of(indexes).sorted().distinct().toArray();
    var spans = new ArrayList<Integer>();
    for (var i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1] + 1) {
        spans.add(sorted[i]);
        spans.add(sorted[i]);
      } else {
        spans.set(spans.size() - 1, sorted[i]);
      }
    }
    return new FragmentSet(spans.stream().mapToInt(Integer::intValue).toArray());
  }

  public static FragmentSet of(Collection<Integer> indexes) {
    return of(indexes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The numbers whose bits are set. */
  public static FragmentSet of(BitSet bits) {
    var spans = new int[16];
    var length = 0;
    for (var first = bits.nextSetBit(0); first >= 0; ) {
      var end = bits.nextClearBit(first);
      if (length == spans.length) {
        spans = Arrays.copyOf(spans, 2 * length);
      }
      spans[length++] = first;
      spans[length++] = end - 1;
      first = bits.nextSetBit(end);
    }
    return length == 0 ? EMPTY : new FragmentSet(Arrays.copyOf(spans, length));
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is something else, or of more fragments than any run has
   */
  public static FragmentSet parse(String text) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    var parts = List.of(text.split(",", -1));
    var spans = new int[parts.size() * 2];
    for (var i = 0; i < parts.size(); i++) {
      var dash = parts.get(i).indexOf('-');
      var first = dash < 0 ? parts.get(i) : parts.get(i).substring(0, dash);
      var last = dash < 0 ? first : parts.get(i).substring(dash + 1);
      spans[2 * i] = Integer.parseInt(first);
      spans[2 * i + 1] = Integer.parseInt(last);
      if (spans[2 * i] < (i == 0 ? 0 : spans[2 * i - 1] + 1)
          || spans[2 * i + 1] < spans[2 * i]
          || spans[2 * i + 1] > HIGHEST) {
        throw new IllegalArgumentException("no set of fragments: " + text);
      }
    }
    return new FragmentSet(spans);
  }

  public int size() {
    var size = 0;
    for (var i = 0; i < spans.length; i += 2) {
      size += spans[i + 1] - spans[i] + 1;
    }
    return size;
  }

  public boolean isEmpty() {
    return spans.length == 0;
  }

  public boolean contains(int index) {
    for (var i = 0; i < spans.length; i += 2) {
      if (index >= spans[i] && index <= spans[i + 1]) {
        return true;
      }
    }
    return false;
  }

  public void forEach(IntConsumer consumer) {
    for (var i = 0; i < spans.length; i += 2) {
      for (var index = spans[i]; index <= spans[i + 1]; index++) {
        consumer.accept(index);
      }
    }
  }

  public int[] toArray() {
    var array = new int[size()];
    var at = 0;
    for (var i = 0; i < spans.length; i += 2) {
      for (var index = spans[i]; index <= spans[i + 1]; index++) {
        array[at++] = index;
      }
    }
    return array;
  }

  public BitSet toBitSet() {
    var bits = new BitSet();
    for (var i = 0; i < spans.length; i += 2) {
      bits.set(spans[i], spans[i + 1] + 1);
    }
    return bits;
  }

  /** The numbers of this set that {@code others} does not have. */
  public FragmentSet minus(FragmentSet others) {
    if (isEmpty() || others.isEmpty()) {
      return this;
    }
    var bits = toBitSet();
    bits.andNot(others.toBitSet());
    return of(bits);
  }

  /** The numbers of both. */
  public FragmentSet union(FragmentSet others) {
    if (isEmpty() || others.isEmpty()) {
      return isEmpty() ? others : this;
    }
    var bits = toBitSet();
    bits.or(others.toBitSet());
    return of(bits);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var i = 0; i < spans.length; i += 2) {
      text.append(text.isEmpty() ? "" : ",").append(spans[i]);
      if (spans[i + 1] != spans[i]) {
        text.append('-').append(spans[i + 1]);
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FragmentSet set && Arrays.equals(spans, set.spans);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(spans);
  }
}
