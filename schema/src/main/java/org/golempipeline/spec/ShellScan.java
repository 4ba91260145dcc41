package org.golempipeline.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads shell text well enough to tell code from quotes, comments and here-documents. Not a parser:
 * where it is in doubt it sees nothing.
 */
final class ShellScan {
  private static final char CODE = 'c';
  private static final char SUBSTITUTION = '(';
  private static final char SUBSHELL = 's';
  private static final char QUOTES = '"';
  private static final char BACKTICKS = '`';

  private static final Pattern FALLBACK = Pattern.compile(":?[-=+?]");

  private final String text;
  private final StringBuilder code;
  private final StringBuilder expanded;
  private final List<Use> uses = new ArrayList<>();
  private final Deque<Character> contexts = new ArrayDeque<>(List.of(CODE));
  private final List<String> pendingDocuments = new ArrayList<>();
  private boolean unclosed;
  private int wordStart;

  private ShellScan(String text) {
    this.text = text;
    this.code = new StringBuilder(text);
    this.expanded = new StringBuilder(text);
  }

  static ShellScan of(String text) {
    var scan = new ShellScan(text);
    scan.scan();
    return scan;
  }

  /** The text with everything blanked that is not code; offsets are those of the text. */
  String code() {
    return code.toString();
  }

  /** The same with what stands in double quotes, which the shell expands. */
  String expanded() {
    return expanded.toString();
  }

  /** The variables it reads, in order. */
  List<Use> uses() {
    return uses;
  }

  /** Whether a quote is opened and never closed. */
  boolean isUnclosed() {
    return unclosed;
  }

  private void scan() {
    var at = 0;
    while (at < text.length()) {
      at = contexts.element() == QUOTES ? inQuotes(at) : inCode(at);
    }
    unclosed |= contexts.contains(QUOTES);
  }

  private int inQuotes(int at) {
    var c = text.charAt(at);
    if (c == '\\') {
      return blank(code, at, at + 2);
    }
    if (c == '"') {
      contexts.pop();
      return at + 1;
    }
    if (c == '`') {
      return backtick(at);
    }
    return c == '$' ? dollar(at, true) : blank(code, at, at + 1);
  }

  private int inCode(int at) {
    var c = text.charAt(at);
    switch (c) {
      case '\\':
        return at + 2;
      case '\'':
        var end = text.indexOf('\'', at + 1);
        unclosed |= end < 0;
        return blank(at + 1, end < 0 ? text.length() : end) + 1;
      case '"':
        contexts.push(QUOTES);
        return at + 1;
      case '`':
        return backtick(at);
      case '$':
        return dollar(at, false);
      case '#':
        return at == wordStart ? blank(at, endOfLine(at)) : at + 1;
      case '<':
        return text.startsWith("<<", at) && !text.startsWith("<<<", at) ? hereDocument(at) : at + 1;
      case '\n':
        wordStart = at + 1;
        return pendingDocuments.isEmpty() ? at + 1 : skipDocuments(at + 1);
      case '(':
        contexts.push(SUBSHELL);
        wordStart = at + 1;
        return at + 1;
      case ')':
        if (contexts.element() == SUBSTITUTION || contexts.element() == SUBSHELL) {
          contexts.pop();
        }
        wordStart = at + 1;
        return at + 1;
      default:
        if (" \t;&|".indexOf(c) >= 0) {
          wordStart = at + 1;
        }
        return at + 1;
    }
  }

  private int backtick(int at) {
    if (contexts.element() == BACKTICKS) {
      contexts.pop();
    } else {
      contexts.push(BACKTICKS);
      wordStart = at + 1;
    }
    return at + 1;
  }

  private int dollar(int at, boolean quoted) {
    if (text.startsWith("$((", at)) {
      var end = text.indexOf("))", at);
      return blank(code, at, end < 0 ? text.length() : end + 2);
    }
    if (text.startsWith("$(", at)) {
      contexts.push(SUBSTITUTION);
      wordStart = at + 2;
      return at + 2;
    }
    var braced = text.startsWith("${", at);
    var from = at + (braced ? 2 : 1);
    if (braced && from < text.length() && text.charAt(from) == '#') {
      from++;
    }
    var end = from;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    if (end > from && !Character.isDigit(text.charAt(from))) {
      var whole = braced && end < text.length() && text.charAt(end) == '}' ? end + 1 : end;
      var fallsBack = braced && FALLBACK.matcher(text).region(end, text.length()).lookingAt();
      var isSafe = quoted || isSafe(at, from, braced);
      uses.add(new Use(text.substring(from, end), at, whole, isSafe, fallsBack));
    }
    return quoted ? blank(code, at, Math.max(end, at + 1)) : Math.max(end, at + 1);
  }

  /** Whether the shell does not split here although there are no quotes. */
  private boolean isSafe(int at, int from, boolean braced) {
    var length = braced && from == at + 3;
    var word = text.substring(Math.min(wordStart, at), at);
    var assigned = word.indexOf('=') > 0 && isName(word.substring(0, word.indexOf('=')));
    var before = text.substring(0, at).stripTrailing();
    return length || assigned || before.endsWith("case") || before.endsWith("=\"");
  }

  private int hereDocument(int at) {
    var from = at + 2;
    if (from < text.length() && text.charAt(from) == '-') {
      from++;
    }
    while (from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    var end = from;
    while (end < text.length()
        && (isWord(text.charAt(end)) || "'\"\\".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    var word = text.substring(from, end).replaceAll("['\"\\\\]", "");
    if (!word.isEmpty()) {
      pendingDocuments.add(word);
    }
    return Math.max(end, at + 2);
  }

  private int skipDocuments(int from) {
    var at = from;
    while (at < text.length() && !pendingDocuments.isEmpty()) {
      var end = endOfLine(at);
      if (text.substring(at, end).strip().equals(pendingDocuments.get(0))) {
        pendingDocuments.remove(0);
      }
      blank(at, end);
      at = end + 1;
    }
    pendingDocuments.clear();
    wordStart = at;
    return at;
  }

  private int endOfLine(int from) {
    var end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private int blank(int from, int to) {
    blank(expanded, from, to);
    return blank(code, from, to);
  }

  private int blank(StringBuilder view, int from, int to) {
    for (var i = from; i < Math.min(to, text.length()); i++) {
      if (text.charAt(i) != '\n') {
        view.setCharAt(i, ' ');
      }
    }
    return to;
  }

  private static boolean isName(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> isWord((char) c));
  }

  private static boolean isWord(char c) {
    return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /**
   * A variable that is read.
   *
   * @param from offset of the dollar
   * @param to offset after its name, or after the brace
   * @param safe whether it cannot be split at spaces
   * @param fallsBack whether the text says what holds where it has no value
   */
  record Use(String name, int from, int to, boolean safe, boolean fallsBack) {}
}
