package org.golempipeline.spec;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.jspecify.annotations.Nullable;

/**
 * A tree that was put together of several places as one text with the same values, in which
 * comments say what comes from another file.
 */
final class MergedText {
  private static final int STEP = 2;

  private final StringBuilder text = new StringBuilder();

  private MergedText() {}

  static String of(Mapping root) {
    var merged = new MergedText();
    var entries = new ArrayList<>(root.entries());
    // A comment in front of the first key would be one on the whole file, and stay there.
    entries.sort(Comparator.comparing(entry -> !entry.name().equals("version")));
    for (var entry : entries) {
      if (Includes.BY_NAME.contains(entry.name()) && entry.value() instanceof Mapping named) {
        merged.text.append(entry.name()).append(":\n");
        for (var each : named.entries()) {
          merged.place(each, STEP);
          merged.entry(each, STEP);
        }
      } else {
        merged.place(entry, 0);
        merged.entry(entry, 0);
      }
    }
    return merged.text.toString();
  }

  /** Where an entry comes from, if that is not the file itself. */
  private void place(Entry entry, int indent) {
    var range = first(entry.value().range(), entry.key().range());
    if (range != null && range.other() != null) {
      var name = range.other().name();
      text.append(" ".repeat(indent))
          .append("# %s:%d".formatted(name.replaceAll("\\p{Cntrl}", "?"), range.line()))
          .append('\n');
    }
  }

  private static @Nullable Range first(Range value, Range key) {
    return key.other() != null ? key : value.other() != null ? value : null;
  }

  private void entry(Entry entry, int indent) {
    text.append(" ".repeat(indent)).append(line(entry.key())).append(':');
    value(entry.value(), indent);
  }

  /** Behind a key or a dash in column {@code indent}. */
  private void value(Node node, int indent) {
    if (node instanceof Mapping mapping && !mapping.entries().isEmpty()) {
      text.append('\n');
      mapping.entries().forEach(each -> entry(each, indent + STEP));
    } else if (node instanceof Sequence sequence && !sequence.items().isEmpty()) {
      text.append('\n');
      for (var item : sequence.items()) {
        text.append(" ".repeat(indent + STEP)).append('-');
        value(item, indent + STEP);
      }
    } else if (node instanceof Scalar scalar && isBlock(scalar)) {
      block(scalar.text(), indent + STEP);
    } else {
      var line =
          node instanceof Scalar scalar ? line(scalar) : node instanceof Mapping ? "{}" : "[]";
      text.append(line.isEmpty() ? "" : " ").append(line).append('\n');
    }
  }

  /** Whether it can stand line by line. */
  private static boolean isBlock(Scalar scalar) {
    var value = scalar.text();
    return value.indexOf('\n') >= 0
        && !value.startsWith(" ")
        && !value.startsWith("\n")
        && value.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n' || c > 0xa0);
  }

  private void block(String value, int indent) {
    var end = value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-";
    text.append(" |").append(end).append('\n');
    var lines = value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
    for (var line : lines.split("\n", -1)) {
      text.append(line.isEmpty() ? "" : " ".repeat(indent)).append(line).append('\n');
    }
  }

  private static String line(Scalar scalar) {
    var isPlain = scalar.style() == Style.PLAIN && scalar.text().indexOf('\n') < 0;
    return isPlain ? scalar.text() : TextNode.valueOf(scalar.text()).toString();
  }
}
