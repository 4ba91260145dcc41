package org.golempipeline.strategy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that a user wrote, in the syntax of RE2: matching takes time in proportion
 * to the text and a bounded stack, whatever either of them is. What takes more than that, such as
 * lookaround and backreferences, does not exist in that syntax; what it reads in silence otherwise
 * than Java does is refused. Safe for use by several threads.
 */
public final class Regex {
  private static final int DEEPEST = 200;

  /** The most characters and classes, each counted as often as it is repeated. */
  private static final int LARGEST = 100_000;

  private static final String LITERALLY =
      "Put a backslash before a character that is meant literally.";

  private final Pattern pattern;
  private final List<String> groups;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
    var names = new ArrayList<>(Collections.nCopies(pattern.groupCount(), ""));
    pattern.namedGroups().forEach((name, group) -> names.set(group - 1, name));
    this.groups = List.copyOf(names);
  }

  /**
   * Reads an expression.
   *
   * @param option what the user wrote it for, to name it in messages
   */
  public static Regex of(String option, String text) throws StrategyException {
    try {
      new Scan(text).run();
      return new Regex(Pattern.compile(text));
    } catch (Unsuitable e) {
      throw refused(option, text, e.reason, e.cure);
    } catch (PatternSyntaxException e) {
      var part = e.getPattern();
      var shown = part.isEmpty() || part.equals(text) ? "" : " `" + part + "`";
      throw refused(option, text, e.getDescription() + shown, cure(part));
    }
  }

  /** Whether some part of {@code text} matches. */
  public boolean isIn(CharSequence text) {
    return pattern.matcher(text).find();
  }

  /** Whether {@code text} matches as a whole. */
  public boolean matches(CharSequence text) {
    return pattern.matches(text.toString());
  }

  /**
   * What the groups capture in the first part of {@code text} that matches, from left to right; one
   * that takes no part captures nothing. Empty if no part matches.
   */
  public Optional<List<String>> captures(CharSequence text) {
    var matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(captured(matcher)) : Optional.empty();
  }

  /** The groups' names, from left to right; empty for one without a name. */
  public List<String> groups() {
    return groups;
  }

  /** The expression as it was written. */
  @Override
  public String toString() {
    return pattern.pattern();
  }

  private List<String> captured(Matcher matcher) {
    var captured = new ArrayList<String>();
    for (var i = 1; i <= groups.size(); i++) {
      var text = matcher.group(i);
      captured.add(text == null ? "" : text);
    }
    return List.copyOf(captured);
  }

  private static StrategyException refused(String option, String text, String reason, String cure) {
    return new StrategyException(
        "`%s: %s` is not a regular expression that can be used: %s."
            .formatted(option, text, reason),
        cure);
  }

  /** What to do about a part that the syntax does not have. */
  private static String cure(String part) {
    if (part.startsWith("(?=") || part.startsWith("(?!")) {
      return "There is no looking ahead, as matching must take linear time: match what follows as"
          + " well, and capture only the part that is wanted.";
    }
    if (part.startsWith("(?<=") || part.startsWith("(?<!")) {
      return "There is no looking behind, as matching must take linear time: match what comes"
          + " before as well, and capture only the part that is wanted.";
    }
    if (part.matches("\\\\[1-9k].*")) {
      return "There are no backreferences, as matching must take linear time: write the part out"
          + " again.";
    }
    if (part.startsWith("(?>") || part.matches("[*+?}]\\+")) {
      return "There is nothing atomic or possessive, and no need of it, as matching takes linear"
          + " time: leave the mark out.";
    }
    return part.startsWith("\\") || part.startsWith("(?")
        ? "The syntax is that of RE2: write the characters out, or a class such as `[0-9]`."
        : LITERALLY;
  }

  /** Something that the library would take, and read otherwise or with too much memory. */
  private static final class Unsuitable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String cure;

    Unsuitable(String reason, String cure) {
      super(reason);
      this.reason = reason;
      this.cure = cure;
    }
  }

  /** Goes once over an expression, sound or not, and adds up what it becomes. */
  private static final class Scan {
    private final String text;

    /** Sizes of the groups that are open, without that of the innermost. */
    private final ArrayDeque<Long> outer = new ArrayDeque<>();

    private long size;
    private long last;

    Scan(String text) {
      this.text = text;
    }

    void run() throws Unsuitable {
      var i = 0;
      while (i < text.length()) {
        switch (text.charAt(i)) {
          case '\\' -> i = escape(i);
          case '[' -> i = characterClass(i);
          case '(' -> i = open(i);
          case ')' -> {
            add(outer.isEmpty() ? 1 : closed());
            i++;
          }
          case '{' -> i = repeat(i);
          default -> {
            add(1);
            i++;
          }
        }
      }
    }

    private void add(long atom) throws Unsuitable {
      last = atom;
      size += atom;
      if (size > LARGEST) {
        throw new Unsuitable(
            "its repetitions make it larger than %,d characters".formatted(LARGEST),
            "Repeat less, or use `*` and `+`.");
      }
    }

    private int escape(int at) throws Unsuitable {
      if (text.startsWith("\\Q", at)) {
        var end = text.indexOf("\\E", at);
        add(Math.max(1, (end < 0 ? text.length() : end) - at - 2));
        return end < 0 ? text.length() : end + 2;
      }
      add(1);
      var braced = at + 2 < text.length() && text.charAt(at + 2) == '{';
      return braced && "pPx".indexOf(text.charAt(at + 1)) >= 0 ? behind('}', at) : at + 2;
    }

    private int behind(char end, int at) {
      var found = text.indexOf(end, at);
      return found < 0 ? text.length() : found + 1;
    }

    private int characterClass(int at) throws Unsuitable {
      add(1);
      var i = at + 1;
      i += i < text.length() && text.charAt(i) == '^' ? 1 : 0;
      i += i < text.length() && text.charAt(i) == ']' ? 1 : 0;
      while (i < text.length() && text.charAt(i) != ']') {
        if (text.startsWith("[:", i)) {
          i = behind(']', i);
        } else if (text.charAt(i) == '[' || text.startsWith("&&", i)) {
          throw new Unsuitable(
              "a class of characters has `%s` in it".formatted(text.charAt(i) == '[' ? "[" : "&&"),
              "Classes cannot be combined: list the characters in one class, and put a backslash"
                  + " before what is meant literally.");
        } else {
          i += text.charAt(i) == '\\' ? 2 : 1;
        }
      }
      return Math.min(text.length(), i + 1);
    }

    private int open(int at) throws Unsuitable {
      outer.push(size);
      size = 0;
      if (outer.size() > DEEPEST) {
        throw new Unsuitable(
            "its groups nest deeper than %d levels".formatted(DEEPEST), "Write it more simply.");
      }
      var i = at + 1;
      if (!text.startsWith("?", i)) {
        return i;
      }
      i++;
      while (i < text.length() && (Character.isLetter(text.charAt(i)) || text.charAt(i) == '-')) {
        if (text.charAt(i) == 'U') {
          throw new Unsuitable("it has the flag `U`", "Leave the flag out.");
        }
        if (text.charAt(i) == 'P') {
          return i;
        }
        i++;
      }
      return i;
    }

    private long closed() {
      var group = Math.max(1, size);
      size = outer.pop();
      return group;
    }

    /** A repetition such as `{2,5}`, or a brace that stands for itself. */
    private int repeat(int at) throws Unsuitable {
      var count = times(at);
      if (count == null) {
        add(1);
        return at + 1;
      }
      var atom = last;
      size -= atom;
      add(Math.max(1, atom * count));
      return behind('}', at);
    }

    private @Nullable Integer times(int at) {
      var end = text.indexOf('}', at);
      var counts = end < 0 ? "" : text.substring(at + 1, end);
      if (!counts.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
        return null;
      }
      var comma = counts.indexOf(',');
      var most = counts.substring(comma + 1);
      return Integer.valueOf(comma >= 0 && most.isEmpty() ? counts.substring(0, comma) : most);
    }
  }
}
