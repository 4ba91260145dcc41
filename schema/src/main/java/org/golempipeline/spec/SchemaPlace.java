package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that have a say about one value of a file, whichever branch of {@code anyOf} it will
 * turn out to be: enough to know whether it is shell text, and of which type it may be, before it
 * is validated.
 */
final class SchemaPlace {
  private static final int DEEPEST = 30;

  private final JsonNode root;
  private final List<JsonNode> schemas;

  private SchemaPlace(JsonNode root, List<JsonNode> schemas) {
    this.root = root;
    this.schemas = schemas;
  }

  static SchemaPlace of(JsonNode root) {
    return expanded(root, List.of(root));
  }

  /** The place of the value beside {@code key}. */
  SchemaPlace key(String key) {
    var next = new ArrayList<JsonNode>();
    for (var schema : schemas) {
      var property = schema.path("properties").get(key);
      if (property != null) {
        next.add(property);
        continue;
      }
      var matched = false;
      for (var pattern : (Iterable<String>) schema.path("patternProperties")::fieldNames) {
        if (Pattern.compile(pattern).matcher(key).find()) {
          next.add(schema.get("patternProperties").get(pattern));
          matched = true;
        }
      }
      if (!matched && schema.has("additionalProperties")) {
        next.add(schema.get("additionalProperties"));
      }
    }
    return expanded(root, next);
  }

  /** The place of the items of a list. */
  SchemaPlace item(int index) {
    var next = new ArrayList<JsonNode>();
    for (var schema : schemas) {
      var prefix = schema.path("prefixItems").get(index);
      if (prefix != null) {
        next.add(prefix);
      } else if (schema.has("items")) {
        next.add(schema.get("items"));
      }
    }
    return expanded(root, next);
  }

  /** Whether a string here is shell text. */
  boolean isShell() {
    return any(schema -> schema.path("x-shell").asBoolean());
  }

  /** The variables that a strategy itself sets in the shell text here; null if it does not say. */
  @Nullable Set<String> variables() {
    for (var schema : schemas) {
      if (schema.has("x-variables")) {
        var names = new TreeSet<String>();
        schema.get("x-variables").forEach(name -> names.add(name.asText()));
        return names;
      }
    }
    return null;
  }

  /** Whether a string here is a glob. */
  boolean isGlob() {
    return any(schema -> schema.path("x-glob").asBoolean());
  }

  /** Whether a value of that JSON type may stand here. */
  boolean allows(String type) {
    return any(schema -> Shapes.types(schema).contains(type));
  }

  private boolean any(Predicate<JsonNode> test) {
    return schemas.stream().anyMatch(test);
  }

  private static SchemaPlace expanded(JsonNode root, List<JsonNode> schemas) {
    var all = new ArrayList<JsonNode>();
    for (var schema : schemas) {
      expand(root, schema, all, 0);
    }
    return new SchemaPlace(root, all);
  }

  private static void expand(JsonNode root, JsonNode schema, List<JsonNode> all, int depth) {
    if (depth > DEEPEST || !schema.isObject()) {
      return;
    }
    all.add(schema);
    var reference = schema.path("$ref").asText("");
    if (reference.startsWith("#")) {
      expand(root, root.at(reference.substring(1)), all, depth + 1);
    }
    for (var keyword : List.of("anyOf", "oneOf", "allOf")) {
      schema.path(keyword).forEach(each -> expand(root, each, all, depth + 1));
    }
    for (var keyword : List.of("then", "else")) {
      if (schema.has(keyword)) {
        expand(root, schema.get(keyword), all, depth + 1);
      }
    }
  }
}
