package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.regex.Pattern;

/**
 * Whether a value keeps to a schema, and nothing more: the answer for nearly every file, and so
 * quick that the library that says what is wrong need not even be loaded. Knows the keywords that
 * pipeline files and most strategies use; where a schema has others, it is not sure.
 */
final class SchemaFit {
  private final JsonNode root;

  SchemaFit(JsonNode root) {
    this.root = root;
  }

  /** Whether {@code value} keeps to the schema for sure. */
  boolean isSure(JsonNode value) {
    try {
      return fits(root, value);
    } catch (Unsure e) {
      return false;
    }
  }

  private boolean fits(JsonNode schema, JsonNode value) {
    if (schema.isBoolean()) {
      return schema.booleanValue();
    }
    for (var rule : schema.properties()) {
      if (!keeps(rule.getKey(), rule.getValue(), schema, value)) {
        return false;
      }
    }
    return true;
  }

  private boolean keeps(String keyword, JsonNode rule, JsonNode schema, JsonNode value) {
    return switch (keyword) {
      case "$ref" -> fits(target(rule.asText()), value);
      case "type" -> rule.isArray() ? any(rule, each -> isOf(each, value)) : isOf(rule, value);
      case "const" -> isSame(rule, value);
      case "enum" -> any(rule, each -> isSame(each, value));
      case "anyOf" -> any(rule, each -> fits(each, value));
      case "allOf" -> !any(rule, each -> !fits(each, value));
      case "oneOf" -> isOnlyOne(rule, value);
      case "not" -> !fits(rule, value);
      case "if" -> {
        var branch = schema.get(fits(rule, value) ? "then" : "else");
        yield branch == null || fits(branch, value);
      }
      case "minimum" -> !value.isNumber() || compared(value, rule) >= 0;
      case "maximum" -> !value.isNumber() || compared(value, rule) <= 0;
      case "exclusiveMinimum" -> !value.isNumber() || compared(value, rule) > 0;
      case "exclusiveMaximum" -> !value.isNumber() || compared(value, rule) < 0;
      case "minLength" -> !value.isTextual() || length(value) >= rule.asInt();
      case "maxLength" -> !value.isTextual() || length(value) <= rule.asInt();
      case "pattern" -> !value.isTextual() || matches(rule.asText(), value.asText());
      case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
      case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
      case "uniqueItems" -> !value.isArray() || !rule.booleanValue() || isUnique(value);
      case "items" -> !value.isArray() || !any(value, each -> !fits(rule, each));
      case "minProperties" -> !value.isObject() || value.size() >= rule.asInt();
      case "maxProperties" -> !value.isObject() || value.size() <= rule.asInt();
      case "required" -> !value.isObject() || !any(rule, each -> !value.has(each.asText()));
      case "dependentRequired" -> !value.isObject() || hasDependent(rule, value);
      case "properties", "patternProperties", "additionalProperties" ->
          !value.isObject() || propertiesKeep(keyword, rule, schema, value);
      case "then", "else", "$defs", "$schema" -> true;
      case "title", "description", "enumDescriptions", "default", "examples" -> true;
      case "$id" -> isKnown(schema == root);
      default -> isKnown(keyword.startsWith("x-"));
    };
  }

  private JsonNode target(String reference) {
    isKnown(reference.startsWith("#/") && reference.indexOf('%') < 0);
    var target = root.at(reference.substring(1));
    isKnown(!target.isMissingNode());
    return target;
  }

  private static boolean isOf(JsonNode type, JsonNode value) {
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      case "integer" -> value.isIntegralNumber();
      default -> isKnown(false);
    };
  }

  private static boolean isSame(JsonNode allowed, JsonNode value) {
    isKnown(allowed.isValueNode());
    return allowed.isNumber() && value.isNumber()
        ? compared(value, allowed) == 0
        : allowed.getNodeType() == value.getNodeType() && allowed.asText().equals(value.asText());
  }

  private boolean isOnlyOne(JsonNode schemas, JsonNode value) {
    var fitting = 0;
    for (var schema : schemas) {
      fitting += fits(schema, value) ? 1 : 0;
    }
    return fitting == 1;
  }

  private static int compared(JsonNode a, JsonNode b) {
    return a.decimalValue().compareTo(b.decimalValue());
  }

  private static int length(JsonNode value) {
    var text = value.asText();
    return text.codePointCount(0, text.length());
  }

  /** In Java, the end of a text is before its last line end too, and in a schema it is not. */
  private static boolean matches(String pattern, String text) {
    isKnown(text.indexOf('\n') < 0 && text.indexOf('\r') < 0);
    return Pattern.compile(pattern).matcher(text).find();
  }

  private static boolean isUnique(JsonNode array) {
    var seen = new HashSet<JsonNode>();
    return !any(array, each -> !seen.add(each));
  }

  private static boolean hasDependent(JsonNode rule, JsonNode value) {
    for (var dependency : rule.properties()) {
      if (value.has(dependency.getKey())
          && any(dependency.getValue(), each -> !value.has(each.asText()))) {
        return false;
      }
    }
    return true;
  }

  private boolean propertiesKeep(String keyword, JsonNode rule, JsonNode schema, JsonNode value) {
    for (var property : value.properties()) {
      var name = property.getKey();
      var fits =
          switch (keyword) {
            case "properties" -> !rule.has(name) || fits(rule.get(name), property.getValue());
            case "patternProperties" -> patternsKeep(rule, name, property.getValue());
            default -> isNamed(schema, name) || fits(rule, property.getValue());
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private boolean patternsKeep(JsonNode patterns, String name, JsonNode value) {
    for (var pattern : patterns.properties()) {
      if (matches(pattern.getKey(), name) && !fits(pattern.getValue(), value)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a schema says something of a property that it does not say of all others. */
  private static boolean isNamed(JsonNode schema, String name) {
    if (schema.path("properties").has(name)) {
      return true;
    }
    for (var pattern : schema.path("patternProperties").properties()) {
      if (matches(pattern.getKey(), name)) {
        return true;
      }
    }
    return false;
  }

  private interface Test {
    boolean holds(JsonNode node);
  }

  private static boolean any(JsonNode nodes, Test test) {
    for (var node : nodes) {
      if (test.holds(node)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKnown(boolean known) {
    if (!known) {
      throw new Unsure();
    }
    return true;
  }

  /** A schema says something that is not understood here. */
  private static final class Unsure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unsure() {
      super(null, null, false, false);
    }
  }
}
