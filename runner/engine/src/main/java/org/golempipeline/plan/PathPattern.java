package org.golempipeline.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.spec.NamePattern;
import org.jspecify.annotations.Nullable;

/**
 * A glob over paths below a folder: {@code *}, {@code ?}, {@code [..]} and {@code {..}} within a
 * name, {@code **} for any number of folders, none included. Names that begin with a dot match only
 * where the pattern spells the dot. Links to files are followed, links to folders below {@code **}
 * are not; a link to nowhere, and what is neither file nor folder where the last name is spelled,
 * match as something that cannot be read.
 */
final class PathPattern {
  /** By the bytes of the path in UTF-8, so that the order is the same on every machine. */
  static final Comparator<String> BYTEWISE = PathPattern::compareBytes;

  private static final Pattern WILD = Pattern.compile("[*?\\[\\]{}\\\\]");

  /** Stands for bytes that are no text. */
  private static final char REPLACEMENT = '\ufffd';

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

  /**
   * What matches.
   *
   * @param file where it is
   * @param path relative to the folder that was searched
   * @param size in bytes
   * @param trouble why it cannot be read, null for a file
   */
  record Match(Path file, String path, long size, @Nullable String trouble) {}

  /** Files below {@code folder} that match, each once, in bytewise order. */
  List<Match> find(Path folder) throws IOException {
    var found = new ArrayList<Match>();
    walk(folder, "", 0, new Search(found, new HashSet<>()));
    if (found.stream().anyMatch(match -> hasSurrogates(match.path()))) {
      found.sort(Comparator.comparing(Match::path, BYTEWISE));
    } else {
      found.sort((a, b) -> a.path().compareTo(b.path()));
    }
    var distinct = new ArrayList<Match>(found.size());
    for (var match : found) {
      if (distinct.isEmpty() || !distinct.get(distinct.size() - 1).path().equals(match.path())) {
        distinct.add(match);
      }
    }
    return distinct;
  }

  /** Only where there are some does the order of bytes differ from that of chars. */
  private static boolean hasSurrogates(String path) {
    for (var i = 0; i < path.length(); i++) {
      if (Character.isSurrogate(path.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** UTF-8 sorts as code points do, so that nothing need be encoded. */
  private static int compareBytes(String a, String b) {
    var shorter = Math.min(a.length(), b.length());
    for (var i = 0; i < shorter; i++) {
      var x = a.charAt(i);
      var y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Surrogates stand for code points above all others. */
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
  }

  /** Whether a relative path, with {@code /}, matches. */
  boolean matches(String path) {
    var names = path.split("/", -1);
    var reached = new BitSet(names.length + 1);
    reached.set(0);
    for (var i = 0; i < segments.size(); i++) {
      reached = behind(segments.get(i), i == segments.size() - 1, names, reached);
    }
    return reached.get(names.length);
  }

  /** {@code path} below the pattern's literal folders: what the user knows the file by. */
  String belowPrefix(String path) {
    var rest = path;
    for (var i = 0; i < literalSegments; i++) {
      rest = rest.substring(rest.indexOf('/') + 1);
    }
    return rest;
  }

  /** How many names can be matched behind a segment that begins behind so many. */
  private static BitSet behind(Segment segment, boolean last, String[] names, BitSet reached) {
    var behind = new BitSet(names.length + 1);
    for (var at = reached.nextSetBit(0); at >= 0 && at < names.length; ) {
      var end = at;
      if (!segment.anyFolders) {
        behind.set(at + 1, segment.matches(names[at]));
      } else if (last) {
        behind.set(names.length, behind.get(names.length) || visible(names, at));
      } else {
        while (end < names.length && !names[end].startsWith(".")) {
          end++;
        }
        behind.set(at, end + 1);
      }
      at = reached.nextSetBit(end + 1);
    }
    return behind;
  }

  private static boolean visible(String[] names, int from) {
    for (var i = from; i < names.length; i++) {
      if (names[i].startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  /**
   * What is known so far.
   *
   * @param begun segments with the folders they were begun in: several {@code **} lead there in
   *     many ways
   */
  private record Search(List<Match> found, Set<String> begun) {
    boolean begins(int segment, String prefix) {
      return begun.add(segment + "/" + prefix);
    }
  }

  private void walk(Path folder, String prefix, int at, Search search) throws IOException {
    if (!search.begins(at, prefix)) {
      return;
    }
    var segment = segments.get(at);
    var last = at == segments.size() - 1;
    if (segment.literal != null) {
      var next = folder.resolve(segment.literal);
      if (last) {
        addFile(next, prefix + segment.literal, true, search.found());
      } else if (Files.isDirectory(next)) {
        walk(next, prefix + segment.literal + "/", at + 1, search);
      }
      return;
    }
    if (segment.anyFolders && !last) {
      walk(folder, prefix, at + 1, search);
    }
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = entry.getFileName();
        if (segment.anyFolders) {
          walkAnyFolders(entry, name.toString(), prefix, at, search);
        } else if (segment.matches(name.toString())) {
          if (last) {
            addFile(entry, prefix + name, true, search.found());
          } else if (Files.isDirectory(entry)) {
            walk(entry, prefix + name + "/", at + 1, search);
          }
        }
      }
    }
  }

  private void walkAnyFolders(Path entry, String name, String prefix, int at, Search search)
      throws IOException {
    if (name.startsWith(".")) {
      return;
    }
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      walk(entry, prefix + name + "/", at, search);
    } else if (at == segments.size() - 1) {
      addFile(entry, prefix + name, false, search.found());
    }
  }

  /** A name that is not UTF-8 cannot be told from others that look like it. */
  private static void requireText(Path file, String path) throws UnreadableNameException {
    if (path.indexOf(REPLACEMENT) >= 0 && !file.endsWith(Path.of(path))) {
      throw new UnreadableNameException(path);
    }
  }

  /** A file's name is no text in UTF-8. */
  static final class UnreadableNameException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableNameException(String shown) {
      super("the name of `" + shown + "` is not UTF-8");
    }
  }

  /**
   * What is gone meanwhile is left out, and so is, if only {@code **} asks for it, what is neither
   * file nor folder. All else that cannot be read somebody would miss.
   */
  private static void addFile(Path file, String path, boolean spelled, List<Match> found)
      throws UnreadableNameException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        requireText(file, path);
        found.add(new Match(file, path, attributes.size(), null));
      } else if (attributes.isOther() && spelled) {
        found.add(new Match(file, path, 0, "it is a pipe, a socket or a device, not a file"));
      }
    } catch (UnreadableNameException e) {
      throw e;
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        found.add(new Match(file, path, 0, "it is a link to nowhere"));
      }
    } catch (IOException e) {
      found.add(new Match(file, path, 0, Trouble.reason(e)));
    }
  }

  private record Segment(
      @Nullable String literal, boolean anyFolders, boolean dotted, @Nullable NamePattern pattern) {
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
      return new Segment(null, false, text.startsWith("."), NamePattern.of(text));
    }

    boolean matches(String name) {
      if (literal != null) {
        return literal.equals(name);
      }
      return pattern != null && (dotted || !name.startsWith(".")) && pattern.matches(name);
    }
  }
}
