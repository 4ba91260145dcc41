package org.golempipeline.strategy;

import java.util.List;
import java.util.function.IntFunction;

/**
 * The fragments of a stage, in order: an immutable list that may be computed instead of stored, so
 * that a million of them cost nothing until they are asked for. Safe to read from several threads.
 */
public interface Fragments {
  /** How many there are. */
  int count();

  /** The fragment at {@code index}, from 0. */
  Fragment get(int index);

  /** Fragments that are kept in a list. */
  static Fragments of(List<Fragment> list) {
    var kept = List.copyOf(list);
    return computed(kept.size(), kept::get);
  }

  /** Fragments that are made from their index each time they are asked for. */
  static Fragments computed(int count, IntFunction<Fragment> at) {
    if (count < 0) {
      throw new IllegalArgumentException("negative count " + count);
    }
    return new Fragments() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public Fragment get(int index) {
        return at.apply(java.util.Objects.checkIndex(index, count));
      }
    };
  }
}
