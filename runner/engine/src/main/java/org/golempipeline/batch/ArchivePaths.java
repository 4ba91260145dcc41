package org.golempipeline.batch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Where a symbolic link at {@code path} leads; null if not to anything that can be named so. */
  static @Nullable String follow(String path, String target) {
    if (target.isEmpty() || target.startsWith("/")) {
      return null;
    }
    var names = new ArrayDeque<>(List.of(path.split("/")));
    names.removeLast();
    for (var segment : target.split("/")) {
      if (segment.equals("..")) {
        if (names.pollLast() == null) {
          return null;
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        names.addLast(segment);
      }
    }
    return String.join("/", names);
  }

  static void requireRelative(String path) {
    if (!isRelative(path)) {
      throw new IllegalArgumentException("not a path below a folder: " + path);
    }
  }
}
