package org.golempipeline.spec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the values of secret params out of what commands write. A value of several lines is also
 * known by each of its lines: commands indent them, and only some of them may be shown. Text is
 * looked at as its bytes in UTF-8, since a log may hold any.
 */
public final class Secrets {
  /** For pipelines that have none. */
  public static final Secrets NONE = new Secrets(Map.of());

  /** Shorter values stand in every other word; hiding them would only tell where they occur. */
  private static final int SHORTEST = 4;

  private static final Charset BYTES = StandardCharsets.ISO_8859_1;

  /** The name of the param by what is looked for, a char a byte, the longest first. */
  private final Map<String, String> names;

  private final @Nullable Pattern pattern;

  private Secrets(Map<String, String> names) {
    this.names = names;
    this.pattern =
        names.isEmpty()
            ? null
            : Pattern.compile(
                names.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  public static Secrets of(Map<String, ParamValue> params) {
    var found = new LinkedHashMap<String, String>();
    params.forEach(
        (name, param) -> {
          if (param.secret()) {
            add(found, param.value(), name);
            param.value().lines().forEach(line -> add(found, line, name));
          }
        });
    var names = new LinkedHashMap<String, String>();
    found.keySet().stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .forEach(piece -> names.put(piece, Objects.requireNonNull(found.get(piece))));
    return new Secrets(names);
  }

  private static void add(Map<String, String> names, String piece, String name) {
    if (!isTooShort(piece)) {
      names.putIfAbsent(new String(piece.strip().getBytes(StandardCharsets.UTF_8), BYTES), name);
    }
  }

  /** Whether a value cannot be hidden. */
  static boolean isTooShort(String value) {
    return value.strip().length() < SHORTEST;
  }

  /** Whether there is nothing to hide. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** {@code text} with {@code [secret NAME]} in the place of each value. */
  public String hide(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var hidden = hide(bytes, false, false);
    return hidden == bytes ? text : new String(hidden, StandardCharsets.UTF_8);
  }

  /**
   * The same for text that was cut, where a value may have lost one of its ends.
   *
   * @param before whether something may be missing before it
   * @param behind whether something may be missing behind it
   * @return {@code text} itself if there is nothing to hide in it
   */
  public byte[] hide(byte[] text, boolean before, boolean behind) {
    if (pattern == null) {
      return text;
    }
    var given = new String(text, BYTES);
    var hidden =
        pattern.matcher(given).replaceAll(found -> Matcher.quoteReplacement(mark(found.group())));
    if (before) {
      hidden = withoutEndOfOne(hidden);
    }
    if (behind) {
      hidden = withoutBeginningOfOne(hidden);
    }
    return hidden.equals(given) ? text : hidden.getBytes(BYTES);
  }

  private String mark(String piece) {
    return "[secret " + names.get(piece) + "]";
  }

  /** Without the rest of a value that {@code text} begins with. */
  private String withoutEndOfOne(String text) {
    String longest = null;
    var length = SHORTEST - 1;
    for (var piece : names.keySet()) {
      for (var size = piece.length() - 1; size > length; size--) {
        if (text.startsWith(piece.substring(piece.length() - size))) {
          longest = piece;
          length = size;
        }
      }
    }
    return longest == null ? text : mark(longest) + text.substring(length);
  }

  /** Without the beginning of a value that {@code text} ends with. */
  private String withoutBeginningOfOne(String text) {
    String longest = null;
    var length = SHORTEST - 1;
    for (var piece : names.keySet()) {
      for (var size = piece.length() - 1; size > length; size--) {
        if (text.endsWith(piece.substring(0, size))) {
          longest = piece;
          length = size;
        }
      }
    }
    return longest == null ? text : text.substring(0, text.length() - length) + mark(longest);
  }
}
