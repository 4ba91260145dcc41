package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.golempipeline.strategy.Strategy;

/** The options of a strategy as plain text for a terminal, made from their schema. */
public final class StrategyText {
  private final JsonNode root;
  private final StringBuilder text = new StringBuilder();

  private StrategyText(JsonNode root) {
    this.root = root;
  }

  /** What may stand beside the name of {@code strategy}; lines, indented by two. */
  public static String options(Strategy strategy) {
    var page = new StrategyText(JsonText.parse(strategy.optionsSchema()));
    page.line(page.root.path("description").asText(""));
    for (var shape : page.shapes(page.root)) {
      if (!shape.path("properties").isEmpty()) {
        page.properties(shape, "");
      } else if (shape.has("type") && !shape.path("type").asText().equals("object")) {
        page.line("Short form: " + page.kind(shape) + ".");
        page.line(shape == page.root ? "" : "  " + shape.path("description").asText(""));
      }
    }
    return page.text.toString();
  }

  private void properties(JsonNode shape, String prefix) {
    var required = new LinkedHashSet<String>();
    shape.path("required").forEach(each -> required.add(each.asText()));
    for (var property : shape.path("properties").properties()) {
      var name = prefix + property.getKey();
      var schema = property.getValue();
      line(
          "%s: %s%s%s"
              .formatted(
                  name,
                  kind(schema),
                  required.contains(property.getKey()) ? ", required" : "",
                  schema.has("default") ? ", default " + schema.get("default").asText() : ""));
      line("  " + schema.path("description").asText(""));
      var inner = resolved(schema);
      if (prefix.isEmpty() && !inner.path("properties").isEmpty()) {
        properties(inner, name + ".");
      }
    }
  }

  private List<JsonNode> shapes(JsonNode schema) {
    var resolved = resolved(schema);
    var shapes = new ArrayList<JsonNode>();
    for (var keyword : List.of("anyOf", "oneOf")) {
      for (var branch : resolved.path(keyword)) {
        if (branch.has("type") || branch.has("$ref") || branch.has("properties")) {
          shapes.add(resolved(branch));
        }
      }
    }
    return shapes.isEmpty() ? List.of(resolved) : shapes;
  }

  private JsonNode resolved(JsonNode schema) {
    var reference = schema.path("$ref").asText("");
    return reference.startsWith("#") ? root.at(reference.substring(1)) : schema;
  }

  private String kind(JsonNode schema) {
    var phrases = new LinkedHashSet<String>();
    for (var shape : shapes(schema)) {
      if (shape.path("x-shell").asBoolean()) {
        phrases.add("shell text");
      } else if (shape.has("x-unit")) {
        phrases.add("a " + shape.get("x-unit").asText());
      } else {
        Shapes.describe(root, shape, phrases);
      }
    }
    return phrases.isEmpty() ? "anything" : Words.joined(List.copyOf(phrases), "or");
  }

  private void line(String words) {
    if (!words.isBlank()) {
      text.append("  ").append(words).append('\n');
    }
  }
}
