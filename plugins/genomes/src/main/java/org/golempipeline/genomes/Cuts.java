package org.golempipeline.genomes;

import java.util.Arrays;
import java.util.List;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.StrategyException;

/**
 * Where the parts of each group of files begin: eight bytes for each part of each file. Files of a
 * group have the same number of parts. Filled by one thread, then read by any.
 */
final class Cuts {
  private final List<List<InputFile>> groups;
  private final int[] firsts;
  private long[] starts = new long[64];
  private int count;
  private int begun;

  /**
   * @param groups all of the same number of files
   */
  Cuts(List<List<InputFile>> groups) {
    this.groups = List.copyOf(groups);
    this.firsts = new int[groups.size()];
  }

  /** Starts the next group, whose first part begins where its files do. */
  void begin() throws StrategyException {
    firsts[begun++] = count;
    add(new long[groups.get(begun - 1).size()]);
  }

  /** Starts another part of the group, which begins at {@code offsets} in its files. */
  void add(long... offsets) throws StrategyException {
    var used = (long) count * offsets.length;
    if (used > Integer.MAX_VALUE - 16) {
      throw new StrategyException(
          "The input gives more than %,d fragments.".formatted(count), "Raise `reads`.");
    }
    if (used + offsets.length > starts.length) {
      starts = Arrays.copyOf(starts, (int) Math.min(Integer.MAX_VALUE - 8, 2L * starts.length));
    }
    System.arraycopy(offsets, 0, starts, (int) used, offsets.length);
    count++;
  }

  /** How many parts there are. */
  int count() {
    return count;
  }

  /** The group that a part is of. */
  int group(int part) {
    var found = Arrays.binarySearch(firsts, part);
    return found >= 0 ? found : -found - 2;
  }

  /** The number of a part in its group, from 0. */
  int numberInGroup(int part) {
    return part - firsts[group(part)];
  }

  /** Where a part begins in a file of its group. */
  long start(int part, int file) {
    return starts[part * groups.get(0).size() + file];
  }

  /** Where a part ends in a file of its group. */
  long end(int part, int file) {
    var group = group(part);
    var last = part + 1 == (group + 1 < firsts.length ? firsts[group + 1] : count);
    return last ? groups.get(group).get(file).size() : start(part + 1, file);
  }
}
