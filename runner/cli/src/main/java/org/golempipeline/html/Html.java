package org.golempipeline.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Stream;
import org.golempipeline.report.TerminalText;
import org.jspecify.annotations.Nullable;

/**
 * Writes HTML that is well-formed XML too, so that tests can take it apart. Every text and every
 * value of an attribute is escaped here and nowhere else, control characters and marks that turn
 * the writing direction are made visible, and elements are closed in their order, so whatever a
 * stranger called himself stays text.
 */
final class Html {
  /** Elements after which no line ends: a blank there would be seen. */
  private static final Set<String> INLINE =
      Set.of("span", "bdi", "code", "title", "rect", "path", "small");

  private final Appendable out;
  private final Deque<String> open = new ArrayDeque<>();

  Html(Appendable out) {
    this.out = out;
  }

  /** Begins an element; {@code attributes} are names and values in turn, without null values. */
  Html open(String tag, @Nullable String... attributes) {
    begin(tag, attributes);
    write(">");
    open.push(tag);
    return this;
  }

  /** An element that has no content and no end. */
  Html empty(String tag, @Nullable String... attributes) {
    begin(tag, attributes);
    write("/>");
    return this;
  }

  private void begin(String tag, @Nullable String... attributes) {
    write("<" + tag);
    for (var i = 0; i < attributes.length; i += 2) {
      var value = attributes[i + 1];
      if (value != null) {
        write(" " + attributes[i] + "=\"");
        escape(TerminalText.safe(value));
        write("\"");
      }
    }
  }

  /** Ends the element that was begun last. */
  Html close() {
    var tag = open.pop();
    write("</" + tag + ">");
    if (!INLINE.contains(tag)) {
      write("\n");
    }
    return this;
  }

  /** A whole element with a text in it. */
  Html element(String tag, String text, @Nullable String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** A paragraph of less weight than what is around it. */
  Html soft(String text) {
    return element("p", text, "class", "soft");
  }

  /** The same in small letters. */
  Html small(String text) {
    return element("p", text, "class", "soft small");
  }

  /** A name and its value in a list of such; the value may be text of others. */
  Html fact(String name, String text) {
    return element("dt", name).open("dd").foreign(text).close();
  }

  /** Marks below a drawing, from its left to its right end. */
  Html axis(String... marks) {
    open("div", "class", "axis");
    Stream.of(marks).forEach(mark -> element("span", mark));
    return close();
  }

  Html text(String text) {
    escape(TerminalText.safe(text));
    return this;
  }

  /** A text of somebody else in a line of ours, which it cannot turn round. */
  Html foreign(String text) {
    return element("bdi", text);
  }

  /** A text of several lines, whose line ends stay. */
  Html lines(String text) {
    escape(TerminalText.safeLines(text));
    return this;
  }

  /** Text of this program that is HTML already. */
  Html ours(String html) {
    write(html);
    return this;
  }

  /** A part of the page that can be replaced by its name. */
  Html part(String name, Runnable content) {
    open("div", "id", name);
    content.run();
    return close();
  }

  /** A text with what stands in backticks set as code. */
  Html prose(String text) {
    var parts = text.split("`", -1);
    for (var i = 0; i < parts.length; i++) {
      var last = i == parts.length - 1;
      if (i % 2 == 1 && !last) {
        element("code", parts[i]);
      } else {
        text(i % 2 == 1 ? "`" + parts[i] : parts[i]);
      }
    }
    return this;
  }

  private void escape(String text) {
    var escaped = new StringBuilder(text.length() + 16);
    for (var i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(text.charAt(i));
      }
    }
    write(escaped.toString());
  }

  private void write(String text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
