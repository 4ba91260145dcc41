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
    page.line("  ", page.root.path("description").asText(""));
    var shapes = Shapes.forms(page.root, page.root);
    for (var shape : shapes) {
      if (shapes.size() == 1) {
        page.shape(shape, "  ");
      } else {
        page.line("  ", (shape == shapes.get(0) ? "Either " : "or ") + page.form(shape) + ":");
        page.shape(shape, "    ");
      }
    }
    return page.text.toString();
  }

  /** One of several forms, told by what it cannot do without. */
  private String form(JsonNode shape) {
    return isMap(shape) ? "a map with " + Words.joined(names(shape), "and") : kind(shape);
  }

  private void shape(JsonNode shape, String indent) {
    if (!isMap(shape)) {
      line(indent, shape == root ? "value: " + kind(shape) : shape.path("description").asText(""));
      return;
    }
    properties(shape, "", indent);
    choice(shape.path("oneOf"), "Exactly one of ", indent);
    choice(shape.path("anyOf"), "At least one of ", indent);
  }

  private void choice(JsonNode branches, String how, String indent) {
    var names = new ArrayList<String>();
    branches.forEach(branch -> names.addAll(names(branch)));
    line(indent, names.isEmpty() ? "" : how + Words.joined(names, "and") + " must be there.");
  }

  private static boolean isMap(JsonNode shape) {
    return !shape.path("properties").isEmpty();
  }

  /** What a map must have. */
  private static List<String> names(JsonNode shape) {
    var names = new ArrayList<String>();
    shape.path("required").forEach(each -> names.add("`" + each.asText() + "`"));
    return names;
  }

  private void properties(JsonNode shape, String prefix, String indent) {
    var required = names(shape);
    for (var property : shape.path("properties").properties()) {
      var name = prefix + property.getKey();
      var schema = property.getValue();
      var description = schema.path("description").asText("");
      var fallback =
          schema.has("default") && !description.contains("Default")
              ? ", default " + schema.get("default").asText()
              : "";
      var must = required.contains("`" + property.getKey() + "`") ? ", required" : "";
      line(indent, name + ": " + kind(schema) + must + fallback);
      line(indent + "  ", description);
      var inner = Shapes.resolved(root, schema);
      if (prefix.isEmpty() && isMap(inner)) {
        properties(inner, name + ".", indent);
      }
    }
  }

  private String kind(JsonNode schema) {
    var phrases = new LinkedHashSet<String>();
    for (var shape : Shapes.forms(root, schema)) {
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

  private void line(String indent, String words) {
    if (!words.isBlank()) {
      text.append(indent).append(words).append('\n');
    }
  }
}
