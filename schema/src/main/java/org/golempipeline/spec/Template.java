package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Text of a pipeline file outside the shell: {@code ${name}} stands for a value, {@code $$} for a
 * dollar, any other dollar for itself.
 */
public final class Template {
  private static final Pattern TOKEN = Pattern.compile("\\$\\$|\\$\\{([^}]*)\\}");

  private final String text;
  private final List<Part> parts;

  private Template(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  public static Template of(String text) {
    var parts = new ArrayList<Part>();
    var matcher = TOKEN.matcher(text);
    var from = 0;
    while (matcher.find()) {
      if (matcher.start() > from) {
        parts.add(new Part(false, text.substring(from, matcher.start())));
      }
      var name = matcher.group(1);
      parts.add(name == null ? new Part(false, "$") : new Part(true, name));
      from = matcher.end();
    }
    if (from < text.length()) {
      parts.add(new Part(false, text.substring(from)));
    }
    return new Template(text, List.copyOf(parts));
  }

  /** A template that is {@code text} as it stands, dollars included. */
  public static Template literal(String text) {
    return new Template(text.replace("$", "$$"), List.of(new Part(false, text)));
  }

  /** The names it needs, sorted. */
  public Set<String> names() {
    var names = new TreeSet<String>();
    for (var part : parts) {
      if (part.name) {
        names.add(part.text);
      }
    }
    return names;
  }

  /** What stands before the first name, the whole if there is none. */
  public String beforeNames() {
    var start = new StringBuilder();
    for (var part : parts) {
      if (part.name) {
        break;
      }
      start.append(part.text);
    }
    return start.toString();
  }

  /** Whether a {@code ${} in it has no closing brace. */
  boolean isUnclosed() {
    return parts.stream().anyMatch(part -> !part.name && part.text.contains("${"));
  }

  /** Whether it is nothing but one {@code ${name}}. */
  public boolean isWhollyOneName() {
    return parts.size() == 1 && parts.get(0).name;
  }

  /** The same with some names replaced: those for which {@code values} has something. */
  public Template with(Map<String, String> values) {
    var rest = new StringBuilder();
    for (var part : parts) {
      var value = part.name ? values.get(part.text) : part.text;
      rest.append(value == null ? "${" + part.text + "}" : value.replace("$", "$$"));
    }
    return of(rest.toString());
  }

  /** The text with every name replaced by what {@code values} has for it. */
  public String resolve(UnaryOperator<String> values) {
    var result = new StringBuilder();
    for (var part : parts) {
      result.append(part.name ? values.apply(part.text) : part.text);
    }
    return result.toString();
  }

  /** The template as it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Template template && template.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  private record Part(boolean name, String text) {}
}
