package org.golempipeline.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A glob over paths below a folder: {@code *}, {@code ?}, {@code [..]} and {@code {..}} within a
 * name, {@code **} for any number of folders, none included. Names that begin with a dot match only
 * where the pattern spells the dot. Links to files are followed, links to folders below {@code **}
 * are not.
 */
final class PathPattern {
  /** By the bytes of the path in UTF-8, so that the order is the same on every machine. */
  static final Comparator<String> BYTEWISE =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private static final Pattern WILD = Pattern.compile("[*?\\[\\]{}\\\\]");

  private final List<Segment> segments;
  private final int literalSegments;

  private PathPattern(List<Segment> segments) {
    this.segments = segments;
    var literal = 0;
    while (literal < segments.size() - 1 && segments.get(literal).literal != null) {
      literal++;
    }
    this.literalSegments = literal;
  }

  /**
   * @throws IllegalArgumentException if the pattern cannot be read, with a reason
   */
  static PathPattern of(String pattern) {
    var segments = new ArrayList<Segment>();
    for (var part : pattern.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        segments.add(Segment.of(part));
      }
    }
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("the pattern is empty");
    }
    return new PathPattern(segments);
  }

  /** Files below {@code folder} that match, as paths relative to it, in bytewise order. */
  List<String> find(Path folder) throws IOException {
    var found = new ArrayList<String>();
    walk(folder, "", 0, found);
    found.sort(BYTEWISE);
    var distinct = new ArrayList<String>(found.size());
    for (var path : found) {
      if (distinct.isEmpty() || !distinct.get(distinct.size() - 1).equals(path)) {
        distinct.add(path);
      }
    }
    return distinct;
  }

  /** Whether a relative path, with {@code /}, matches. */
  boolean matches(String path) {
    return matches(path.split("/", -1), 0, 0);
  }

  /** {@code path} below the pattern's literal folders: what the user knows the file by. */
  String belowPrefix(String path) {
    var rest = path;
    for (var i = 0; i < literalSegments; i++) {
      rest = rest.substring(rest.indexOf('/') + 1);
    }
    return rest;
  }

  private boolean matches(String[] names, int name, int segment) {
    if (segment == segments.size()) {
      return name == names.length;
    }
    var wanted = segments.get(segment);
    if (wanted.anyFolders) {
      if (segment == segments.size() - 1) {
        return name < names.length && visible(names, name);
      }
      for (var skip = name; skip < names.length; skip++) {
        if (matches(names, skip, segment + 1)) {
          return true;
        }
        if (names[skip].startsWith(".")) {
          return false;
        }
      }
      return false;
    }
    return name < names.length
        && wanted.matches(names[name])
        && matches(names, name + 1, segment + 1);
  }

  private static boolean visible(String[] names, int from) {
    for (var i = from; i < names.length; i++) {
      if (names[i].startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  private void walk(Path folder, String prefix, int at, List<String> found) throws IOException {
    var segment = segments.get(at);
    var last = at == segments.size() - 1;
    if (segment.literal != null) {
      var next = folder.resolve(segment.literal);
      if (last) {
        if (Files.isRegularFile(next)) {
          found.add(prefix + segment.literal);
        }
      } else if (Files.isDirectory(next)) {
        walk(next, prefix + segment.literal + "/", at + 1, found);
      }
      return;
    }
    if (segment.anyFolders && !last) {
      walk(folder, prefix, at + 1, found);
    }
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        if (segment.anyFolders) {
          walkAnyFolders(entry, name, prefix, at, found);
        } else if (segment.matches(name)) {
          if (last) {
            if (Files.isRegularFile(entry)) {
              found.add(prefix + name);
            }
          } else if (Files.isDirectory(entry)) {
            walk(entry, prefix + name + "/", at + 1, found);
          }
        }
      }
    }
  }

  private void walkAnyFolders(Path entry, String name, String prefix, int at, List<String> found)
      throws IOException {
    if (name.startsWith(".")) {
      return;
    }
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      walk(entry, prefix + name + "/", at, found);
    } else if (at == segments.size() - 1 && Files.isRegularFile(entry)) {
      found.add(prefix + name);
    }
  }

  private record Segment(
      @org.jspecify.annotations.Nullable String literal,
      boolean anyFolders,
      boolean dotted,
      @org.jspecify.annotations.Nullable PathMatcher matcher) {
    static Segment of(String text) {
      if (text.equals("**")) {
        return new Segment(null, true, false, null);
      }
      if (!WILD.matcher(text).find()) {
        return new Segment(text, false, false, null);
      }
      if (text.indexOf('*') < 0
          && text.replaceAll("\\\\.", "").chars().noneMatch(c -> "?[]{}".indexOf(c) >= 0)) {
        return new Segment(text.replaceAll("\\\\(.)", "$1"), false, false, null);
      }
      var matcher = FileSystems.getDefault().getPathMatcher("glob:" + text);
      return new Segment(null, false, text.startsWith("."), matcher);
    }

    boolean matches(String name) {
      if (literal != null) {
        return literal.equals(name);
      }
      return matcher != null && (dotted || !name.startsWith(".")) && matcher.matches(Path.of(name));
    }
  }
}
