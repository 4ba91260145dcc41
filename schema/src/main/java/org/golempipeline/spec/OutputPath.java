package org.golempipeline.spec;

import java.util.ArrayDeque;

/** How paths are spelled, so that two that lead to one place are the same. */
public final class OutputPath {
  private OutputPath() {}

  /**
   * The one spelling of a path. A folder keeps its {@code /} at the end; what is no path at all
   * becomes empty.
   */
  public static String normal(String path) {
    if (!path.startsWith(".") && !path.contains("/.") && !path.contains("//")) {
      return path;
    }
    var segments = new ArrayDeque<String>();
    for (var segment : path.split("/")) {
      if (segment.equals("..") && !segments.isEmpty() && !segments.getLast().equals("..")) {
        segments.removeLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    var root = path.startsWith("/") ? "/" : "";
    var below = String.join("/", segments);
    if (!path.endsWith("/")) {
      return root + below;
    }
    return below.isEmpty() ? (root.isEmpty() ? "./" : root) : root + below + "/";
  }
}
