package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a schema wants, in words. */
final class Shapes {
  private static final BigDecimal MANY = BigDecimal.valueOf(100_000);

  private Shapes() {}

  /** The forms a value may have: what {@code schema} leads to, or its branches. */
  static List<JsonNode> forms(JsonNode root, JsonNode schema) {
    var resolved = resolved(root, schema);
    var forms = new ArrayList<JsonNode>();
    for (var keyword : List.of("anyOf", "oneOf")) {
      for (var branch : resolved.path(keyword)) {
        if (branch.has("type") || branch.has("$ref") || branch.has("properties")) {
          forms.add(resolved(root, branch));
        }
      }
    }
    return forms.isEmpty() ? List.of(resolved) : forms;
  }

  /** What a schema leads to, or it itself. */
  static JsonNode resolved(JsonNode root, JsonNode schema) {
    var reference = schema.path("$ref").asText("");
    return reference.startsWith("#") ? root.at(reference.substring(1)) : schema;
  }

  /** Adds a phrase for each kind of value that {@code schema} allows. */
  static void describe(JsonNode root, JsonNode schema, Set<String> phrases) {
    if (schema.has("x-unit")) {
      phrases.add(quantity(schema.get("x-unit").asText()));
    } else if (schema.has("x-strategies")) {
      phrases.add(
          schema.path("type").asText().equals("object")
              ? "a map of one strategy to its options"
              : "the name of a strategy");
    } else if (schema.has("x-says")) {
      phrases.add(schema.get("x-says").asText().replaceFirst("^must be ", ""));
    } else if (schema.has("enum")) {
      phrases.add(Words.anyOf(texts(schema.get("enum"))));
    } else if (schema.has("const")) {
      phrases.add("`%s`".formatted(schema.get("const").asText()));
    } else {
      types(schema).stream()
          .filter(type -> !type.equals("null"))
          .forEach(type -> phrases.add(type(type)));
    }
  }

  /** The JSON types a schema names itself. */
  static List<String> types(JsonNode schema) {
    var type = schema.path("type");
    return type.isTextual() ? List.of(type.asText()) : texts(type);
  }

  /** The texts of a list; none if there is no list. */
  static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** The names of what an object has, at this moment; none if there is no object. */
  static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A quantity of that kind, with examples. */
  static String quantity(String kind) {
    return switch (kind) {
      case "duration" -> "a duration such as `90s`, `10m` or `2h`";
      case "size" -> "a size such as `512MiB` or `4GiB`";
      case "money" -> "an amount such as `1.5 GLM`";
      case "price" -> "a price such as `0.1 GLM/h`";
      case "share" -> "a share such as `5%`";
      default -> "a number with its unit";
    };
  }

  /** A unit to write behind a bare number; as a size a large one is meant in bytes. */
  static String unit(String kind, BigDecimal number) {
    return switch (kind) {
      case "duration" -> "s";
      case "size" -> number.compareTo(MANY) < 0 ? "MiB" : "B";
      case "money" -> " GLM";
      case "price" -> " GLM/h";
      case "share" -> "%";
      default -> "";
    };
  }

  /** What people write for a unit of one of those kinds, in our spelling. */
  static Optional<String> unitFor(String written, Set<String> kinds) {
    var word = written.toLowerCase(Locale.ROOT);
    for (var kind : kinds) {
      var unit =
          switch (kind) {
            case "duration" ->
                switch (word) {
                  case "sec", "secs", "second", "seconds" -> "s";
                  case "min", "mins", "minute", "minutes" -> "m";
                  case "hr", "hrs", "hour", "hours" -> "h";
                  case "day", "days" -> "d";
                  default -> "";
                };
            case "size" ->
                switch (word) {
                  case "k", "ki", "kib", "kb" -> "KiB";
                  case "m", "mi", "mib", "mb" -> "MiB";
                  case "g", "gi", "gib", "gb" -> "GiB";
                  case "t", "ti", "tib", "tb" -> "TiB";
                  default -> "";
                };
            case "money" -> word.equals("glm") || word.equals("tglm") ? " GLM" : "";
            case "price" -> word.startsWith("glm") ? " GLM/h" : "";
            default -> "";
          };
      if (!unit.isEmpty()) {
        return Optional.of(unit);
      }
    }
    return Optional.empty();
  }

  private static String type(String type) {
    return switch (type) {
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "`true` or `false`";
      case "array" -> "a list";
      default -> "a map";
    };
  }
}
