package org.golempipeline.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.jspecify.annotations.Nullable;

/**
 * Lays a text out anew without writing any value anew: lines are moved and indented, blanks and
 * needless quotes go, and everything else stays as it is, comments and texts over several lines
 * included. Each line is told what it is by the nodes that stand on it.
 */
final class Formatter {
  private static final int STEP = 2;

  /** An empty line that belongs to a value; no text has the character. */
  private static final String KEPT = "\0";

  /** Text that is the same without quotes for every reader of YAML. */
  private static final Pattern BARE =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*");

  /** What readers of YAML 1.1 take for something else than text. */
  private static final Set<String> FORMER_WORDS = Set.of("y", "n", "yes", "no", "on", "off");

  /** Comments that mean the whole file, to an editor or a shell. */
  private static final Pattern FOR_PROGRAMS =
      Pattern.compile("#!|# *(?:yaml-language-server:|-\\*-|vim?:)");

  /** What a line is: how far in it stood, and how far in it will stand. */
  private static final class Line {
    final String text;

    /** Whether a key or an item begins here. */
    boolean begins;

    /** Whether it goes on with a value that began above. */
    boolean goesOn;

    /** Whether it is part of a text after {@code |} or {@code >}. */
    boolean isText;

    int was;
    int is;
    final List<Edit> edits = new ArrayList<>();

    /** What may stand below it: where blocks that are open at its end begin. */
    List<int[]> open = List.of();

    Line(String text) {
      this.text = text;
    }

    boolean isFree() {
      return !begins && !goesOn && !isText;
    }

    boolean isBlank() {
      return withoutBlanks(text).isEmpty();
    }

    /** Whether nothing but a comment stands here, or nothing at all. */
    boolean isComment() {
      return isBlank() || text.charAt(indentWithTabs()) == '#';
    }

    private int indentWithTabs() {
      var at = 0;
      while (Formatter.isBlank(text.charAt(at))) {
        at++;
      }
      return at;
    }

    int indent() {
      var at = 0;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      return at;
    }
  }

  /** Something else in place of what stands from one column to another, from 0. */
  private record Edit(int from, int to, String text) {}

  /** The lines of an entry, with those in front of it that belong to it. */
  private record Part(int rank, int to) {}

  /** The text has a form that this class does not move. */
  private static final class UnusualException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private final List<Line> lines = new ArrayList<>();
  private final Function<List<String>, List<String>> order;
  private final List<int[]> open = new ArrayList<>();
  private final boolean reorders;

  private Formatter(String text, Function<List<String>, List<String>> order, boolean reorders) {
    for (var line : text.split("\r\n|\r|\n", -1)) {
      lines.add(new Line(line));
    }
    this.order = order;
    this.reorders = reorders;
  }

  /**
   * The text laid out anew; empty if it has a form that cannot be.
   *
   * @param order the keys of the mapping at a path in their order, or none to leave them as they
   *     are
   */
  static Optional<String> format(Document document, Function<List<String>, List<String>> order) {
    var text = document.source().text();
    if (!(document.root().orElse(null) instanceof Mapping root) || !root.block()) {
      // In braces everything is written as its author wanted it.
      return Optional.of(text);
    }
    // An alias must stay behind what it stands for, and a last text may lack its line end.
    var mayMove = !hasAlias(root, Collections.newSetFromMap(new IdentityHashMap<>()));
    for (var attempt : List.of(mayMove, false)) {
      for (var end : List.of("\n", "")) {
        try {
          var formatted = new Formatter(text, order, attempt).file(root) + end;
          var again = Document.read(formatted.getBytes(UTF_8), "");
          if (again.diagnostics().isEmpty()
              && isSame(root, again.root().orElse(null), List.of(), order)) {
            return Optional.of(text.contains("\r\n") ? formatted.replace("\n", "\r\n") : formatted);
          }
        } catch (UnusualException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static boolean hasAlias(Node node, Set<Node> seen) {
    if (!seen.add(node)) {
      return true;
    }
    if (node instanceof Mapping mapping) {
      return mapping.entries().stream().anyMatch(each -> hasAlias(each.value(), seen));
    }
    return node instanceof Sequence sequence
        && sequence.items().stream().anyMatch(each -> hasAlias(each, seen));
  }

  /** Whether both mean the same; keys that have an order may have come into it. */
  private static boolean isSame(
      Node one,
      @Nullable Node other,
      List<String> path,
      Function<List<String>, List<String>> order) {
    if (one instanceof Mapping first && other instanceof Mapping second) {
      var keys = first.keys();
      var others = second.keys();
      if (order.apply(path).isEmpty()
          ? !keys.equals(others)
          : keys.size() != others.size() || !others.containsAll(keys)) {
        return false;
      }
      for (var entry : first.entries()) {
        var below = below(path, entry.name());
        if (!isSame(entry.value(), second.get(entry.name()), below, order)) {
          return false;
        }
      }
      return true;
    }
    if (one instanceof Sequence first && other instanceof Sequence second) {
      var size = first.items().size();
      var same = size == second.items().size();
      for (var i = 0; i < size && same; i++) {
        same = isSame(first.items().get(i), second.items().get(i), path, order);
      }
      return same;
    }
    return one instanceof Scalar first
        && other instanceof Scalar second
        && first.text().equals(second.text())
        && Objects.equals(first.value(), second.value());
  }

  private static List<String> below(List<String> path, String key) {
    var below = new ArrayList<>(path);
    below.add(key);
    return below;
  }

  private String file(Mapping root) throws UnusualException {
    var first = top(root.entries().get(0).key().range().line() - 1);
    var last = mapping(root, 0, List.of());
    for (var i = last + 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && lines.get(i).indent() > 0) {
        last = i;
      }
    }
    settleFree(first);
    var out = new ArrayList<String>();
    for (var i = 0; i < first; i++) {
      out.add(withoutBlanks(lines.get(i).text));
    }
    out.addAll(arranged(root, first, last, List.of()));
    for (var i = last + 1; i < lines.size(); i++) {
      out.add(written(lines.get(i)));
    }
    return joined(out);
  }

  /** Where the first key's own lines begin: with the comment right above it, if it has one. */
  private int top(int key) {
    var top = key;
    while (top > 0
        && lines.get(top - 1).isComment()
        && !lines.get(top - 1).isBlank()
        && !FOR_PROGRAMS.matcher(lines.get(top - 1).text).lookingAt()) {
      top--;
    }
    return top;
  }

  // What stands where.

  /** Tells the lines of a block; answers its last one. */
  private int mapping(Mapping mapping, int column, List<String> path) throws UnusualException {
    var was = mapping.entries().get(0).key().range().column() - 1;
    open.add(new int[] {was, column});
    var last = 0;
    for (var entry : mapping.entries()) {
      var key = entry.key().range();
      var number = key.line() - 1;
      var line = lines.get(number);
      if (key.line() != key.endLine() || key.column() - 1 != was) {
        throw new UnusualException();
      }
      begin(line, was, column);
      unquote(line, entry.key());
      colon(line, key.endColumn() - 1);
      var below = below(path, entry.name());
      last = value(entry.value(), number, key.endColumn() - 1, was, column, below);
    }
    open.remove(open.size() - 1);
    return last;
  }

  private int sequence(Sequence sequence, int column, List<String> path) throws UnusualException {
    var was = sequence.range().column() - 1;
    var number = sequence.range().line() - 1;
    open.add(new int[] {was, column});
    for (var item : sequence.items()) {
      number = dash(number, was);
      var line = lines.get(number);
      begin(line, was, column);
      var content = was + 1;
      while (content < line.text.length() && line.text.charAt(content) == ' ') {
        content++;
      }
      if (content > was + 2 && content < line.text.length() && line.text.charAt(content) != '#') {
        line.edits.add(new Edit(was, content, "- "));
      }
      number = value(item, number, was + 1, was, column, path) + 1;
    }
    open.remove(open.size() - 1);
    return number - 1;
  }

  /** The next line with a dash in that column. */
  private int dash(int from, int column) throws UnusualException {
    for (var i = from; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.text.startsWith("-", column)
          && (line.begins || line.indent() == column)
          && (line.text.length() == column + 1 || line.text.charAt(column + 1) == ' ')) {
        return i;
      }
      if (!line.isComment()) {
        break;
      }
    }
    throw new UnusualException();
  }

  /**
   * Tells the lines of a value.
   *
   * @param number of the line on which its key or dash stands
   * @param behind the column behind that
   * @param was the column of the block around it, and {@code column} the new one
   */
  private int value(Node node, int number, int behind, int was, int column, List<String> path)
      throws UnusualException {
    var range = node.range();
    var first = range.line() - 1;
    var isAlias = first < number || first == number && range.column() - 1 < behind;
    if (isAlias || node instanceof Scalar empty && empty.text().isEmpty() && isPlain(empty)) {
      open(lines.get(number));
      return number;
    }
    if (node instanceof Mapping mapping && mapping.block()) {
      return mapping(mapping, column + STEP, path);
    }
    if (node instanceof Sequence sequence && sequence.block()) {
      return sequence(sequence, column + STEP, path);
    }
    var shift = column - was;
    for (var i = number + 1; i <= first; i++) {
      var line = lines.get(i);
      if (i == first || !line.isComment()) {
        goOn(line, shift, column);
      }
    }
    var last = range.endLine() - 1;
    if (node instanceof Scalar scalar
        && (scalar.style() == Style.LITERAL || scalar.style() == Style.FOLDED)) {
      last = text(scalar, first, was, column);
    } else {
      unquoteAll(node);
      for (var i = first + 1; i <= last; i++) {
        goOn(lines.get(i), shift, column);
      }
    }
    open(lines.get(last));
    return last;
  }

  private static boolean isPlain(Scalar scalar) {
    return scalar.style() == Style.PLAIN;
  }

  private void begin(Line line, int was, int column) {
    if (!line.begins) {
      line.begins = true;
      line.was = was;
      line.is = column;
    }
    open(line);
  }

  private void goOn(Line line, int shift, int column) {
    if (line.isFree()) {
      line.goesOn = true;
      line.was = line.indent();
      line.is = line.isBlank() ? 0 : Math.max(line.was + shift, column);
      open(line);
    }
  }

  private void open(Line line) {
    line.open = List.copyOf(open);
  }

  /** Tells the lines of a block text; answers the last one. */
  private int text(Scalar scalar, int header, int was, int column) {
    var mark = lines.get(header).text;
    var behind = mark.substring(offset(lines.get(header), scalar.range().column()));
    var head = behind.split("[ \t]", 2)[0];
    var isExplicit = head.chars().anyMatch(Character::isDigit);
    var keepsEnd = head.contains("+");
    var first = header + 1;
    while (first < lines.size() && lines.get(first).isBlank()) {
      first++;
    }
    var in =
        isExplicit
            ? was + Character.digit(head.replaceAll("[^0-9]", "").charAt(0), 10)
            : first < lines.size() ? lines.get(first).indent() : 0;
    if (in <= was) {
      // A text of nothing but line ends, if that.
      in = Integer.MAX_VALUE;
    }
    var to = isExplicit ? in + column - was : column + STEP;
    var last = header;
    for (var i = header + 1; i < lines.size(); i++) {
      var line = lines.get(i);
      var isContent = line.indent() >= in && !line.isBlank();
      if (!isContent && !line.isBlank()) {
        break;
      }
      line.was = in;
      line.is = to;
      if (isContent || keepsEnd || line.text.length() > in) {
        last = i;
      }
    }
    if (last == lines.size() - 1 && lines.get(last).text.isEmpty()) {
      // What is behind the last line end is no line.
      last--;
    }
    for (var i = header + 1; i <= last; i++) {
      lines.get(i).isText = true;
      open(lines.get(i));
    }
    return last;
  }

  // What is written otherwise.

  private void colon(Line line, int behindKey) {
    var from = offset(line, behindKey);
    var at = from;
    while (at < line.text.length() && isBlank(line.text.charAt(at))) {
      at++;
    }
    if (at >= line.text.length() || line.text.charAt(at) != ':') {
      return;
    }
    var to = at + 1;
    while (to < line.text.length() && isBlank(line.text.charAt(to))) {
      to++;
    }
    if (to == line.text.length()) {
      line.edits.add(new Edit(from, to, ":"));
    } else if (line.text.charAt(to) == '#') {
      line.edits.add(new Edit(from, at + 1, ":"));
    } else {
      line.edits.add(new Edit(from, to, ": "));
    }
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }

  private void unquoteAll(Node node) {
    if (node instanceof Mapping mapping) {
      for (var entry : mapping.entries()) {
        unquoteAll(entry.key());
        unquoteAll(entry.value());
      }
    } else if (node instanceof Sequence sequence) {
      sequence.items().forEach(this::unquoteAll);
    } else {
      unquote(lines.get(node.range().line() - 1), (Scalar) node);
    }
  }

  private void unquote(Line line, Scalar scalar) {
    var range = scalar.range();
    var isQuoted = scalar.style() == Style.DOUBLE_QUOTED || scalar.style() == Style.SINGLE_QUOTED;
    var text = scalar.text();
    if (!isQuoted
        || range.line() != range.endLine()
        || !BARE.matcher(text).matches()
        || FORMER_WORDS.contains(text.toLowerCase(Locale.ROOT))
        || !text.equals(CoreScalars.resolve(text))) {
      return;
    }
    var edit =
        new Edit(offset(line, range.column() - 1), offset(line, range.endColumn() - 1), text);
    if (!line.edits.contains(edit)) {
      line.edits.add(edit);
    }
  }

  private static int offset(Line line, int column) {
    return line.text.offsetByCodePoints(0, column);
  }

  // Comments and empty lines.

  /** A comment belongs to what follows, or, further in than that, to a block that is open. */
  private void settleFree(int first) {
    for (var i = first; i < lines.size(); i++) {
      var line = lines.get(i);
      if (!line.isFree() || line.isBlank()) {
        continue;
      }
      var next = i;
      while (next < lines.size() && lines.get(next).isFree()) {
        next++;
      }
      var following = next < lines.size() ? lines.get(next) : null;
      if (following != null && following.begins && line.indent() <= following.was) {
        line.is = following.is;
        continue;
      }
      var before = i;
      while (before > 0 && lines.get(before).isFree()) {
        before--;
      }
      var was = -1;
      for (var block : lines.get(before).open) {
        // A list may begin in the column of the keys around it, which then have the comment.
        if (was < block[0] && block[0] <= line.indent()) {
          was = block[0];
          line.is = block[1];
        }
      }
      // A list may begin in the column of its key, and its first comment further in.
      if (following != null && following.begins) {
        line.is = Math.max(line.is, following.is);
      }
    }
  }

  // Order.

  /** The lines from one to another, in order and as they are written. */
  private List<String> arranged(Mapping mapping, int from, int to, List<String> path) {
    var keys = reorders ? order.apply(path) : List.<String>of();
    var column = mapping.entries().get(0).key().range().column() - 1;
    var end = withoutTail(to, mapping.entries().get(mapping.entries().size() - 1), column);
    var parts = new ArrayList<Part>();
    var out = new ArrayList<List<String>>();
    var rank = -1;
    for (var i = 0; i < mapping.entries().size(); i++) {
      var entry = mapping.entries().get(i);
      var begin = i == 0 ? from : parts.get(i - 1).to() + 1;
      var last =
          i + 1 == mapping.entries().size()
              ? end
              : withoutTail(mapping.entries().get(i + 1).key().range().line() - 2, entry, column);
      var known = keys.indexOf(entry.name());
      rank = known >= 0 ? known : rank;
      parts.add(new Part(rank, last));
      out.add(part(entry, begin, last, path));
    }
    var sorted = new ArrayList<Integer>();
    for (var i = 0; i < parts.size(); i++) {
      sorted.add(i);
    }
    if (!keys.isEmpty()) {
      sorted.sort(Comparator.comparingInt(i -> parts.get(i).rank()));
    }
    var all = new ArrayList<String>();
    sorted.forEach(i -> all.addAll(out.get(i)));
    while (all.get(0).isEmpty()) {
      all.remove(0);
    }
    for (var i = end + 1; i <= to; i++) {
      all.add(written(lines.get(i)));
    }
    return all;
  }

  private List<String> part(Entry entry, int from, int to, List<String> path) {
    var out = new ArrayList<String>();
    var key = entry.key().range().line() - 1;
    if (entry.value() instanceof Mapping mapping
        && mapping.block()
        && mapping.entries().get(0).key().range().line() - 1 > key
        && mapping.range().line() - 1 >= key) {
      for (var i = from; i <= key; i++) {
        out.add(written(lines.get(i)));
      }
      out.addAll(arranged(mapping, key + 1, to, below(path, entry.name())));
      return out;
    }
    for (var i = from; i <= to; i++) {
      out.add(written(lines.get(i)));
    }
    return out;
  }

  /** The last line up to {@code to} that belongs to an entry, rather than to what is behind it. */
  private int withoutTail(int to, Entry entry, int column) {
    var last = to;
    while (last > entry.key().range().line() - 1
        && lines.get(last).isFree()
        && (lines.get(last).isBlank() || lines.get(last).indent() <= column)) {
      last--;
    }
    return last;
  }

  // Writing.

  private static String written(Line line) {
    if (line.isText) {
      return line.text.length() <= line.was
          ? KEPT
          : " ".repeat(line.is) + line.text.substring(line.was);
    }
    if (line.isBlank()) {
      return line.goesOn ? KEPT : "";
    }
    if (line.isFree()) {
      return " ".repeat(line.is) + withoutBlanks(line.text);
    }
    var text = new StringBuilder(line.text);
    line.edits.sort(Comparator.comparingInt(Edit::from).reversed());
    for (var edit : line.edits) {
      text.replace(edit.from(), edit.to(), edit.text());
    }
    var moved = " ".repeat(line.is) + text.substring(line.was);
    return line.begins ? moved.substring(0, end(moved)) : moved;
  }

  /** Without blanks at either end; other white space is part of a comment. */
  private static String withoutBlanks(String text) {
    var end = end(text);
    var start = 0;
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    return text.substring(start, end);
  }

  private static int end(String text) {
    var end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  /** With one empty line at most in a row, and none at either end. */
  private static String joined(List<String> lines) {
    var kept = new ArrayList<String>();
    for (var line : lines) {
      if (!line.isEmpty() || !kept.isEmpty() && !kept.get(kept.size() - 1).isEmpty()) {
        kept.add(line);
      }
    }
    if (!kept.isEmpty() && kept.get(kept.size() - 1).isEmpty()) {
      kept.remove(kept.size() - 1);
    }
    return String.join("\n", kept).replace(KEPT, "");
  }
}
