package org.golempipeline.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Names of members of archives. */
final class ArchivePaths {
  /** By the bytes in UTF-8, so that the order is the same on every machine. */
  static final Comparator<String> BYTEWISE =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private ArchivePaths() {}

  /**
   * Whether {@code path} stays below the folder it is resolved in, and is the only way to say so.
   */
  static boolean isRelative(String path) {
    if (path.indexOf('\0') >= 0) {
      return false;
    }
    for (var segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  static void requireRelative(String path) {
    if (!isRelative(path)) {
      throw new IllegalArgumentException("not a path below a folder: " + path);
    }
  }
}
