package org.golempipeline.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the system said of files at first, to be compared with what it says later. A few bytes for
 * each file: there may be a million.
 */
public final class InputStamps {
  private final List<Path> files = new ArrayList<>();
  private long[] stamps = new long[16];

  public void add(Path file) throws IOException {
    add(file, FileStamp.of(file));
  }

  void add(Path file, FileStamp stamp) {
    if (files.size() == stamps.length) {
      stamps = Arrays.copyOf(stamps, 2 * stamps.length);
    }
    stamps[files.size()] = stamp.mixed();
    files.add(file);
  }

  /** Files that may have another content now, or that are gone. */
  public Set<Path> changed() {
    var changed = new HashSet<Path>();
    for (var i = 0; i < files.size(); i++) {
      if (!isSame(files.get(i), stamps[i])) {
        changed.add(files.get(i));
      }
    }
    return changed;
  }

  private static boolean isSame(Path file, long before) {
    try {
      return FileStamp.of(file).mixed() == before;
    } catch (IOException e) {
      return false;
    }
  }
}
