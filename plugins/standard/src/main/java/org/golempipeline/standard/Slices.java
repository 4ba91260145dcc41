package org.golempipeline.standard;

import java.util.Arrays;
import java.util.List;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Collects where the fragments of each input file lie, eight bytes for each as long as they adjoin,
 * and becomes {@link Fragments} that make their objects only when asked. Call {@link #begin} for
 * every file in order, then {@link #add} for each of its slices in order, of which there is at
 * least one. Not for several threads until it is finished, and not to be added to after that.
 */
final class Slices {
  /** Makes a fragment out of its file's number and its slice. */
  interface Shape {
    Fragment of(int file, Piece.Slice slice);
  }

  private final List<InputFile> files;

  /** For each file the number of its first slice and where that starts. */
  private final int[] firsts;

  private final long[] firstStarts;

  private final LongList ends = new LongList();

  /** Only kept once a slice does not start where the one before it ends. */
  private @Nullable LongList starts;

  private int begun;

  Slices(List<InputFile> files) {
    this.files = List.copyOf(files);
    this.firsts = new int[this.files.size()];
    this.firstStarts = new long[this.files.size()];
  }

  /** Starts the next input file. */
  InputFile begin() {
    firsts[begun] = ends.size();
    return files.get(begun++);
  }

  /** A fragment of the current file: its bytes from {@code start} to before {@code end}. */
  void add(long start, long end) throws StrategyException {
    if (ends.size() == Integer.MAX_VALUE) {
      throw new StrategyException(
          "The input gives more than %,d fragments.".formatted(ends.size()),
          "Ask for larger fragments.");
    }
    if (firsts[begun - 1] == ends.size()) {
      firstStarts[begun - 1] = start;
    } else if (starts == null && start != ends.get(ends.size() - 1)) {
      starts = derivedStarts();
    }
    if (starts != null) {
      starts.add(start);
    }
    ends.add(end);
  }

  /** Each slice as a fragment of its own. */
  Fragments fragments() {
    return fragments((file, slice) -> Fragment.of(slice));
  }

  /** Each slice as a fragment of the given shape. */
  Fragments fragments(Shape shape) {
    return Fragments.computed(
        ends.size(),
        index -> {
          var file = fileOf(index);
          var start = starts == null ? derivedStart(index, file) : starts.get(index);
          return shape.of(file, new Piece.Slice(files.get(file), start, ends.get(index) - start));
        });
  }

  private LongList derivedStarts() {
    var derived = new LongList();
    var file = -1;
    for (var i = 0; i < ends.size(); i++) {
      file += file + 1 < begun && firsts[file + 1] == i ? 1 : 0;
      derived.add(derivedStart(i, file));
    }
    return derived;
  }

  private long derivedStart(int index, int file) {
    return firsts[file] == index ? firstStarts[file] : ends.get(index - 1);
  }

  private int fileOf(int index) {
    var found = Arrays.binarySearch(firsts, index);
    return found >= 0 ? found : -found - 2;
  }
}
