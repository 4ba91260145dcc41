package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/**
 * Lets {@code ${name}} stand in a schema wherever a file may write it. {@link PipelineFiles} puts
 * values in first and validates then; an editor has the text as it was written.
 */
final class ReferencePlaces {
  private static final String POINTER = "#/$defs/reference";

  /** Whose values are taken as they stand. */
  private static final Set<String> UNTOUCHED = Set.of("params", "name", "description", "include");

  /** What is said about a value in whichever form it is written. */
  private static final Set<String> OUTSIDE =
      Set.of("description", "title", "default", "examples", "$defs");

  private static final List<String> NAMED = List.of("properties", "patternProperties", "$defs");
  private static final List<String> LISTED = List.of("anyOf", "allOf", "prefixItems");
  private static final List<String> SINGLE =
      List.of("items", "additionalProperties", "then", "else");

  private final ObjectNode definitions;

  private ReferencePlaces(ObjectNode definitions) {
    this.definitions = definitions;
  }

  /** Opens those of a whole pipeline schema, in place. */
  static void open(ObjectNode root) {
    new ReferencePlaces((ObjectNode) root.get("$defs")).openAll(root);
  }

  private void openAll(ObjectNode root) {
    var properties = (ObjectNode) root.get("properties");
    for (var name : Shapes.names(properties)) {
      if (!UNTOUCHED.contains(name)) {
        properties.set(name, opened(properties.get(name)));
      }
    }
    for (var name : Shapes.names(definitions)) {
      if (isStrategy(name)) {
        // Stays where it is, since it may point into itself: a reference stands where it is used.
        openInside((ObjectNode) definitions.get(name));
      } else if (!name.equals("param")) {
        definitions.set(name, opened(definitions.get(name)));
      }
    }
    var reference = definitions.putObject("reference");
    reference.put("description", "The value of a param, or of a stage that ends in one.");
    reference.put("type", "string").put("pattern", "(^|[^$])(\\$\\$)*\\$\\{[a-z][a-z0-9_]*\\}");
  }

  private JsonNode opened(JsonNode schema) {
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    openInside(object);
    return refusesReferences(object) ? withReference(object) : object;
  }

  private void openInside(ObjectNode schema) {
    for (var keyword : NAMED) {
      if (schema.get(keyword) instanceof ObjectNode children) {
        Shapes.names(children).forEach(name -> children.set(name, opened(children.get(name))));
      }
    }
    for (var keyword : LISTED) {
      if (schema.get(keyword) instanceof ArrayNode branches) {
        for (var i = 0; i < branches.size(); i++) {
          branches.set(i, opened(branches.get(i)));
        }
      }
    }
    for (var keyword : SINGLE) {
      if (schema.has(keyword)) {
        schema.set(keyword, opened(schema.get(keyword)));
      }
    }
    for (var branch : schema.path("oneOf")) {
      // A reference beside each branch would fit several: it stands beside all of them.
      if (branch instanceof ObjectNode object) {
        openInside(object);
      }
    }
  }

  /** Whether a value that is no list or map may stand here, but not every text. */
  private boolean refusesReferences(ObjectNode schema) {
    var pointer = schema.path("$ref").asText().replaceFirst("^#/\\$defs/", "");
    if (isStrategy(pointer)) {
      var name = pointer.replace("~1", "/").replace("~0", "~");
      return definitions.get(name) instanceof ObjectNode options && refusesReferences(options);
    }
    var types = Shapes.types(schema);
    var isScalar =
        types.stream().anyMatch(type -> !Set.of("object", "array", "null").contains(type));
    if (schema.has("oneOf")) {
      return !types.contains("object");
    }
    if (!isScalar) {
      return schema.has("enum") || schema.has("const");
    }
    return !types.contains("string")
        || schema.has("enum")
        || schema.has("const")
        || schema.has("pattern")
        || schema.has("format")
        || schema.has("maxLength");
  }

  private static boolean isStrategy(String definition) {
    return definition.startsWith("split.") || definition.startsWith("merge.");
  }

  private static ObjectNode withReference(ObjectNode schema) {
    var outside = JsonNodeFactory.instance.objectNode();
    var inside = JsonNodeFactory.instance.objectNode();
    for (var each : schema.properties()) {
      var holder = OUTSIDE.contains(each.getKey()) ? outside : inside;
      holder.set(each.getKey(), each.getValue());
    }
    outside.putArray("anyOf").add(inside).addObject().put("$ref", POINTER);
    return outside;
  }
}
