package org.golempipeline.document;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Range;
import org.jspecify.annotations.Nullable;

/** A value of a document, with where it stands. */
public sealed interface Node {
  Range range();

  /**
   * Keys and values in the order of the text; no key occurs twice.
   *
   * @param block whether it is written over lines, without braces
   */
  record Mapping(List<Entry> entries, boolean block, Range range) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The entry with that key, or null. */
    public @Nullable Entry entry(String key) {
      for (var entry : entries) {
        if (entry.name().equals(key)) {
          return entry;
        }
      }
      return null;
    }

    /** The value of that key, or null. */
    public @Nullable Node get(String key) {
      var entry = entry(key);
      return entry == null ? null : entry.value();
    }

    /** Its keys in order. */
    public List<String> keys() {
      var keys = new ArrayList<String>();
      for (var entry : entries) {
        keys.add(entry.name());
      }
      return keys;
    }
  }

  /** One key and its value. */
  record Entry(Scalar key, Node value) {
    /** The key as it is written. */
    public String name() {
      return key.text();
    }
  }

  /**
   * Values in the order of the text.
   *
   * @param block whether it is written over lines, without brackets
   */
  record Sequence(List<Node> items, boolean block, Range range) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /**
   * A single value.
   *
   * @param text its characters, without quotes and with escapes resolved
   * @param value what YAML 1.2 makes of it: String, BigDecimal, Boolean or null
   */
  record Scalar(String text, Style style, @Nullable Object value, Range range) implements Node {
    /** What {@code text} is without quotes: a number, a boolean, nothing, or text. */
    public static Scalar plain(String text, Range range) {
      var value = CoreScalars.resolve(text);
      return new Scalar(text, Style.PLAIN, value == CoreScalars.UNUSABLE ? text : value, range);
    }

    /** Text in quotes. */
    public static Scalar quoted(String text, Range range) {
      return new Scalar(text, Style.DOUBLE_QUOTED, text, range);
    }

    /** The text if YAML takes it as such, else null: quoted, or not a number and the like. */
    public @Nullable String string() {
      return value instanceof String string ? string : null;
    }
  }

  /** How a scalar is written. */
  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    /** After {@code |}. */
    LITERAL,
    /** After {@code >}. */
    FOLDED
  }
}
