package org.golempipeline.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the outputs of a stage's fragments are: ranges of the archives that came back. A few
 * numbers for each fragment, whatever they are called. Safe for use by several threads.
 */
final class StageOutputs {
  private static final int NONE = -1;
  private static final int SEVERAL = -2;

  private final List<Path> archives = new ArrayList<>();
  private final Map<Integer, List<Part>> several = new HashMap<>();
  private int[] archive = new int[0];
  private long[] offset = new long[0];
  private long[] size = new long[0];

  /**
   * One file that a fragment left.
   *
   * @param name in {@code $outdir}; empty for the one at {@code $out}
   */
  record Part(String name, Path archive, long offset, long size) {
    /** The same range of the archive under another path. */
    Part in(Path other) {
      return new Part(name, other, offset, size);
    }
  }

  synchronized void put(int fragment, List<Part> parts) {
    grow(fragment);
    if (parts.size() == 1 && parts.get(0).name().isEmpty()) {
      var part = parts.get(0);
      archive[fragment] = number(part.archive());
      offset[fragment] = part.offset();
      size[fragment] = part.size();
    } else {
      archive[fragment] = SEVERAL;
      several.put(fragment, List.copyOf(parts));
    }
  }

  /** What a fragment left, in bytewise order of the names; empty if it is not done. */
  synchronized List<Part> get(int fragment) {
    if (fragment >= archive.length || archive[fragment] == NONE) {
      return List.of();
    }
    if (archive[fragment] == SEVERAL) {
      return several.getOrDefault(fragment, List.of());
    }
    return List.of(new Part("", archives.get(archive[fragment]), offset[fragment], size[fragment]));
  }

  private int number(Path path) {
    if (archives.isEmpty() || !archives.get(archives.size() - 1).equals(path)) {
      archives.add(path);
    }
    return archives.size() - 1;
  }

  private void grow(int fragment) {
    if (fragment >= archive.length) {
      var before = archive.length;
      var after = Math.max(fragment + 1, before + before / 2 + 64);
      archive = Arrays.copyOf(archive, after);
      Arrays.fill(archive, before, after, NONE);
      offset = Arrays.copyOf(offset, after);
      size = Arrays.copyOf(size, after);
    }
  }
}
