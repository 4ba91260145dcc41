package org.golempipeline.document;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;

/**
 * Parser events to nodes. An alias becomes the very node it names, so expansion costs nothing here;
 * what it would cost a reader is counted and bounded.
 */
final class Composer {
  private static final int DEEPEST = 50;
  private static final long MOST_NODES = 200_000;

  private final Parser parser;
  private final ScannerText scanned;
  private final Positions positions;
  private final Problems problems;
  private final Map<String, Node> anchors = new HashMap<>();
  private final Map<String, Boolean> open = new HashMap<>();
  private final IdentityHashMap<Node, Long> sizes = new IdentityHashMap<>();
  private int depth;

  /** Whether there is an alias. */
  private boolean expands;

  Composer(Parser parser, ScannerText scanned, Positions positions, Problems problems) {
    this.parser = parser;
    this.scanned = scanned;
    this.positions = positions;
    this.problems = problems;
  }

  /** The only document of the text, or null if there is none. */
  @Nullable Node document() {
    parser.getEvent();
    if (!parser.checkEvent(Event.ID.DocumentStart)) {
      return null;
    }
    parser.getEvent();
    var root = node();
    parser.getEvent();
    if (parser.peekEvent() instanceof DocumentStartEvent second) {
      var at = start(second);
      problems.error(
          DiagnosticIds.YAML_DOCUMENTS,
          positions.word(at),
          "A second document starts here, but a pipeline file holds one.",
          "Remove the `---`, or put the second pipeline into a file of its own.");
    }
    return root instanceof Scalar scalar && scalar.value() == null ? null : root;
  }

  private Node node() {
    var event = parser.getEvent();
    if (event instanceof AliasEvent alias) {
      return aliased(alias);
    }
    var start = (NodeEvent) event;
    checkBefore(start(start));
    var anchor = start.getAnchor() == null ? null : scanned.restored(start.getAnchor());
    if (anchor != null) {
      open.put(anchor, true);
    }
    var node =
        event instanceof ScalarEvent scalar
            ? scalar(scalar)
            : collection((CollectionStartEvent) event);
    if (anchor != null) {
      open.remove(anchor);
      anchors.put(anchor, node);
    }
    return node;
  }

  private Node aliased(AliasEvent alias) {
    expands = true;
    var range = range(alias);
    var name = scanned.restored(alias.getAnchor());
    if (open.containsKey(name)) {
      problems.error(
          DiagnosticIds.YAML_CYCLE,
          range,
          "The alias `*%s` contains itself.".formatted(name),
          "Write the value out.");
      return new Scalar("", Style.PLAIN, null, range);
    }
    var node = anchors.get(name);
    if (node == null) {
      problems.error(
          DiagnosticIds.YAML_ALIAS,
          range,
          "`*%s` is read as an alias, and there is no `&%s` before it.".formatted(name, name),
          "If it is a pattern, put it in quotes: `'*%s'`.".formatted(name));
      return new Scalar("*" + name, Style.PLAIN, "*" + name, range);
    }
    return node;
  }

  private Node collection(CollectionStartEvent start) {
    var tag = start.getTag();
    var from = contentStart(start, tag);
    checkTag(start, tag, from);
    if (++depth > DEEPEST) {
      throw new LimitException(
          DiagnosticIds.YAML_TOO_DEEP,
          positions.range(from, from + 1),
          "Values may be nested %d levels deep at most.".formatted(DEEPEST),
          null);
    }
    var node =
        start.is(Event.ID.MappingStart)
            ? mapping(from, !start.isFlow())
            : sequence(from, !start.isFlow());
    depth--;
    return node;
  }

  private Sequence sequence(int from, boolean block) {
    var items = new ArrayList<Node>();
    var size = 1L;
    while (!parser.checkEvent(Event.ID.SequenceEnd)) {
      var item = node();
      items.add(item);
      size += size(item);
      checkSize(size, item);
    }
    var sequence = new Sequence(items, block, rangeTo(from, block, items));
    sizes.put(sequence, size);
    return sequence;
  }

  private Mapping mapping(int from, boolean block) {
    var entries = new ArrayList<Entry>();
    var known = new HashMap<String, Entry>();
    var size = 1L;
    var parts = new ArrayList<Node>();
    while (!parser.checkEvent(Event.ID.MappingEnd)) {
      var key = node();
      var value = node();
      size += 1 + size(value);
      checkSize(size, key);
      parts.add(key);
      parts.add(value);
      var entry = entry(key, value, known);
      if (entry != null) {
        known.put(entry.name(), entry);
        entries.add(entry);
      }
    }
    var mapping = new Mapping(entries, block, rangeTo(from, block, parts));
    sizes.put(mapping, size);
    return mapping;
  }

  private @Nullable Entry entry(Node key, Node value, Map<String, Entry> known) {
    if (!(key instanceof Scalar name)) {
      problems.error(
          DiagnosticIds.YAML_KEY,
          key.range(),
          "A key must be a plain word, not a list or a map.",
          "A value that starts with `{` or `[` is read as a map or a list: put it in quotes.");
      return null;
    }
    if (name.text().equals("<<") && name.style() == Style.PLAIN) {
      problems.error(
          DiagnosticIds.YAML_MERGE_KEY,
          name.range(),
          "Merge keys (`<<`) are not supported.",
          "Write the keys out, or set them once at the top level as defaults of all stages.");
      return null;
    }
    var first = known.get(name.text());
    if (first != null) {
      problems.error(
          DiagnosticIds.YAML_DUPLICATE_KEY,
          name.range(),
          "The key `%s` stands here a second time.".formatted(name.text()),
          "Remove one of the two.",
          List.of(new Related(first.key().range(), "The first `%s`.".formatted(name.text()))));
      return null;
    }
    return new Entry(name, value);
  }

  private Scalar scalar(ScalarEvent event) {
    var tag = event.getTag();
    var from = contentStart(event, tag);
    checkTag(event, tag, from);
    var style = style(event.getScalarStyle());
    var end = end(event);
    while (end > from && style != Style.PLAIN && Positions.isWhite(positions.at(end - 1))) {
      end--;
    }
    if (style == Style.SINGLE_QUOTED || style == Style.DOUBLE_QUOTED) {
      checkBehind(end);
    }
    var range = positions.range(Math.min(from, end), end);
    var text = scanned.restored(event.getValue());
    Object value = style == Style.PLAIN && tag == null ? CoreScalars.resolve(text) : text;
    if (value == CoreScalars.UNUSABLE) {
      problems.error(
          DiagnosticIds.YAML_NUMBER,
          range,
          "`%s` is not a number that a pipeline can use.".formatted(shortened(text)),
          "If it is meant as text, put it in quotes.");
      value = text;
    }
    return new Scalar(text, style, value, range);
  }

  /** In braces and brackets the library takes a `?` for a mark of a key, whatever follows it. */
  private void checkBefore(int start) {
    if (positions.at(start - 1) == '?') {
      problems.error(
          DiagnosticIds.YAML_KEY,
          positions.range(start - 1, start),
          "This `?` is read as the start of a key.",
          "If it belongs to the text, put that in quotes: `'?…'`.");
    }
  }

  /** What follows a quote or bracket at once is no comment, though the library takes it for one. */
  private void checkBehind(int end) {
    if (positions.at(end) == '#') {
      problems.error(
          DiagnosticIds.YAML_COMMENT,
          positions.range(end, end + 1),
          "A `#` right behind a quote or a bracket is neither a comment nor part of the value.",
          "For a comment put a space before it; else put all of the value into quotes.");
    }
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static Style style(ScalarStyle style) {
    return switch (style) {
      case DOUBLE_QUOTED -> Style.DOUBLE_QUOTED;
      case SINGLE_QUOTED -> Style.SINGLE_QUOTED;
      case LITERAL -> Style.LITERAL;
      case FOLDED -> Style.FOLDED;
      case PLAIN, JSON_SCALAR_STYLE -> Style.PLAIN;
    };
  }

  private void checkTag(NodeEvent event, @Nullable String tag, int contentStart) {
    if (tag == null) {
      return;
    }
    var from = start(event);
    if (positions.at(from) == '&') {
      from = skipWhite(positions.wordEnd(from));
    }
    var end = Math.min(positions.wordEnd(from), Math.max(contentStart, from + 1));
    var written = positions.text(from, end);
    while (written.endsWith(",") || written.endsWith("]") || written.endsWith("}")) {
      written = written.substring(0, written.length() - 1);
      end--;
    }
    problems.error(
        DiagnosticIds.YAML_TAG,
        positions.range(from, end),
        "`%s` is read as a YAML tag, and a pipeline file has none.".formatted(written),
        written.startsWith("!!")
            ? "Remove the tag."
            : "If it is a pattern, put it in quotes: `'%s'`.".formatted(written));
  }

  /** Where the node itself starts, after anchor and tag. */
  private int contentStart(NodeEvent event, @Nullable String tag) {
    var at = start(event);
    var end = end(event);
    var marks = (event.getAnchor() == null ? 0 : 1) + (tag == null ? 0 : 1);
    for (; marks > 0 && (positions.at(at) == '&' || positions.at(at) == '!'); marks--) {
      at = skipWhite(positions.wordEnd(at));
    }
    return event instanceof ScalarEvent ? Math.min(at, Math.max(end, 0)) : at;
  }

  private int skipWhite(int from) {
    var at = from;
    while (Positions.isWhite(positions.at(at))) {
      at++;
    }
    return at;
  }

  /**
   * From {@code from} to the end of the collection whose end event is next. The parser ends a block
   * where the next begins; it is its last part that counts, and an alias stands for a part earlier
   * in the text.
   */
  private Range rangeTo(int from, boolean block, List<Node> parts) {
    var end = end(parser.getEvent());
    var range = positions.range(from, block ? from : end);
    if (!block) {
      checkBehind(end);
    } else {
      for (var part : parts) {
        if (endsBefore(range, part.range())) {
          range =
              range.to(
                  range.line(), range.column(), part.range().endLine(), part.range().endColumn());
        }
      }
    }
    return range;
  }

  private static boolean endsBefore(Range range, Range other) {
    return range.endLine() < other.endLine()
        || range.endLine() == other.endLine() && range.endColumn() < other.endColumn();
  }

  private static int start(Event event) {
    return event.getStartMark().getIndex();
  }

  private static int end(Event event) {
    return event.getEndMark().getIndex();
  }

  private Range range(Event event) {
    return positions.range(start(event), end(event));
  }

  private long size(Node node) {
    return sizes.getOrDefault(node, 1L);
  }

  private void checkSize(long size, Node at) {
    if (size > MOST_NODES) {
      throw new LimitException(
          DiagnosticIds.YAML_TOO_MANY_VALUES,
          at.range(),
          expands
              ? "The file stands for more than %d keys and values once its aliases are expanded."
                  .formatted(MOST_NODES)
              : "The file has more than %d keys and values.".formatted(MOST_NODES),
          expands
              ? "Write out what is needed, without aliases of aliases."
              : "Move long lists to a file of their own and read it with a strategy.");
    }
  }

  /** The text asks for more than a pipeline file may. */
  static final class LimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String id;
    final transient Range range;
    final String sentence;
    final @Nullable String hint;

    LimitException(String id, Range range, String sentence, @Nullable String hint) {
      super(sentence);
      this.id = id;
      this.range = range;
      this.sentence = sentence;
      this.hint = hint;
    }
  }
}
