package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.jspecify.annotations.Nullable;

/** A broken rule of the schema as a sentence, with the place it is about and the cure. */
final class SchemaWording {
  /** A strategy with its option behind it, as other tools write it. */
  private static final Pattern IN_ONE_WORD =
      Pattern.compile("([a-z/]+)(?:\\s*[:=(]\\s*|\\s+)([^\\s()]+)\\)?");

  /** A number with a unit of another spelling. */
  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z/%]+)");

  private final Places places;
  private final JsonNode root;
  private final Strategies strategies;
  private final Problems problems;

  SchemaWording(Places places, JsonNode root, Strategies strategies, Problems problems) {
    this.places = places;
    this.root = root;
    this.strategies = strategies;
    this.problems = problems;
  }

  void report(Violation violation) {
    switch (violation.keyword()) {
      case "additionalProperties", "unevaluatedProperties", "propertyNames" ->
          unknownKey(violation);
      case "required" -> missingKey(violation);
      case "dependentRequired" -> dependency(violation);
      case Violation.NONE_OF -> noneOf(violation);
      case "oneOf" -> exclusive(violation);
      case "if", "anyOf" -> {}
      case "not" -> together(violation);
      case "false" -> forbidden(violation);
      case "type" -> shape(violation, List.of(violation.schema()));
      case Violation.SHAPE -> shape(violation, violation.alternatives());
      case "enum", "const" -> value(violation);
      case "pattern", "format" -> form(violation);
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" ->
          limit(violation);
      case "minItems", "minProperties", "minLength", "maxItems", "maxProperties", "maxLength" ->
          length(violation);
      default -> rule(violation);
    }
  }

  private void unknownKey(Violation violation) {
    var name = violation.property() == null ? "" : violation.property();
    var entry = places.entry(violation.path(), name);
    var range = entry == null ? places.key(violation.path()) : entry.key().range();
    var schema = violation.schema();
    if (schema.has("x-strategies")) {
      unknownStrategy(schema.get("x-strategies").asText(), name, range);
      return;
    }
    if (schema.has("x-keys-say")) {
      problems.error(
          DiagnosticIds.SCHEMA_NAME,
          range,
          "The name `%s` %s.".formatted(name, schema.get("x-keys-say").asText()));
      return;
    }
    var isRoot = violation.path().isEmpty();
    var isStage = violation.path().size() == 2 && violation.path().get(0).equals("stages");
    if (isStage && root.path("properties").has(name)) {
      problems.error(
          DiagnosticIds.SCHEMA_MISPLACED_KEY,
          range,
          "`%s` belongs at the top level of the file, not into a stage.".formatted(name),
          "Move it beside `stages`.");
    } else {
      var known = Shapes.names(schema.path("properties"));
      if (isRoot && places.root().entry("stages") != null) {
        known.removeIf(key -> root.path("then").path("properties").has(key));
      }
      problems.error(
          DiagnosticIds.SCHEMA_UNKNOWN_KEY,
          range,
          "`%s` is not a key that may stand %s."
              .formatted(name, isRoot ? "at the top level" : isStage ? "in a stage" : "here"),
          keyHint(name, known, isRoot || isStage));
    }
  }

  private String keyHint(String name, List<String> known, boolean besideSplit) {
    var foreign = besideSplit ? ForeignKeys.cure(name) : Optional.<String>empty();
    if (foreign.isPresent()) {
      return foreign.get();
    }
    if (besideSplit && strategies.split(name).isPresent()) {
      return "Write `split: { %s: … }`.".formatted(name);
    }
    if (besideSplit && strategies.merge(name).isPresent()) {
      return "Write `merge: { %s: … }`.".formatted(name);
    }
    return Nearest.to(name, known)
        .map("Did you mean `%s`?"::formatted)
        .orElse(
            known.isEmpty()
                ? "No key may stand here."
                : "Allowed here: %s.".formatted(Words.list(known)));
  }

  private void unknownStrategy(String kind, String name, Range range) {
    var isSplit = kind.equals("split");
    var known = new ArrayList<String>();
    if (isSplit) {
      strategies.splits().forEach(each -> known.add(each.name()));
    } else {
      strategies.merges().forEach(each -> known.add(each.name()));
    }
    var inOneWord = IN_ONE_WORD.matcher(name);
    if (inOneWord.matches() && known.contains(inOneWord.group(1))) {
      problems.error(
          DiagnosticIds.STRATEGY_OPTIONS_MISSING,
          range,
          "`%s` is one text, and a strategy and its options are a map.".formatted(name),
          "Write `%s: { %s: %s }`.".formatted(kind, inOneWord.group(1), inOneWord.group(2)));
      return;
    }
    if (known.contains(name)) {
      problems.error(
          DiagnosticIds.STRATEGY_OPTIONS_MISSING,
          range,
          "`%s` cannot do without options.".formatted(name),
          "Write `%s: { %s: … }`; the reference lists its options.".formatted(kind, name));
      return;
    }
    problems.error(
        isSplit ? DiagnosticIds.SPLIT_UNKNOWN_STRATEGY : DiagnosticIds.MERGE_UNKNOWN_STRATEGY,
        range,
        "There is no %s strategy `%s`.".formatted(kind, name),
        unknownHint(name, Nearest.to(name, known), known));
  }

  private static String unknownHint(String name, Optional<String> nearest, List<String> known) {
    if (name.contains("/")) {
      return nearest.map("Did you mean `%s`? If not, n"::formatted).orElse("N")
          + "ame the jar of its plugin with `--plugin JAR`, or pin it to this file once with"
          + " `golem-pipeline plugins pin`.";
    }
    return nearest
        .map("Did you mean `%s`?"::formatted)
        .orElse("There are %s.".formatted(Words.list(known)));
  }

  private void missingKey(Violation violation) {
    var key = violation.property();
    if (violation.path().isEmpty() && "run".equals(key)) {
      problems.error(
          DiagnosticIds.SCHEMA_MISSING_KEY,
          Range.START,
          "The file has neither `run` nor `stages`.",
          "Add the command that providers run: `run: |` and the command on the next line.");
      return;
    }
    problems.error(
        DiagnosticIds.SCHEMA_MISSING_KEY,
        places.key(violation.path()),
        "%s has no `%s`.".formatted(subject(violation), key),
        "version".equals(key) ? "Add `version: 1` as the first line." : "Add `%s`.".formatted(key));
  }

  /** A key that needs another one beside it. */
  private void dependency(Violation violation) {
    var rules = violation.schema().path("dependentRequired");
    for (var key : (Iterable<String>) rules::fieldNames) {
      var entry = places.entry(violation.path(), key);
      for (var other : rules.get(key)) {
        if (entry != null && places.entry(violation.path(), other.asText()) == null) {
          problems.error(
              DiagnosticIds.SCHEMA_MISSING_KEY,
              entry.key().range(),
              "`%s` needs `%s` beside it.".formatted(key, other.asText()));
        }
      }
    }
  }

  private void noneOf(Violation violation) {
    var keys = new ArrayList<String>();
    violation.alternatives().forEach(each -> keys.addAll(Shapes.texts(each.path("required"))));
    problems.error(
        DiagnosticIds.SCHEMA_MISSING_KEY,
        places.key(violation.path()),
        "%s needs %s.".formatted(subject(violation), Words.anyOf(keys)));
  }

  /** More than one branch of {@code oneOf} fits. */
  private void exclusive(Violation violation) {
    var keys = new ArrayList<String>();
    violation
        .schema()
        .path("oneOf")
        .forEach(each -> keys.addAll(Shapes.texts(each.path("required"))));
    if (!keys.isEmpty() && !(places.node(violation.path()) instanceof Mapping)) {
      // What has no keys is of the wrong type, and that is reported.
      return;
    }
    problems.error(
        DiagnosticIds.SCHEMA_EXCLUSIVE,
        places.value(violation.path()),
        keys.isEmpty()
            ? "%s fits more than one of its forms.".formatted(subject(violation))
            : "%s takes only one of %s.".formatted(subject(violation), Words.list(keys)),
        keys.isEmpty() ? null : "Keep one of them.");
  }

  /** Keys that must not stand side by side. */
  private void together(Violation violation) {
    var keys = Shapes.texts(violation.schema().path("not").path("required"));
    var second = keys.size() == 2 ? places.entry(violation.path(), keys.get(1)) : null;
    if (second == null) {
      rule(violation);
      return;
    }
    problems.error(
        DiagnosticIds.SCHEMA_EXCLUSIVE,
        second.key().range(),
        "`%s` stands instead of `%s`, and here are both.".formatted(keys.get(1), keys.get(0)),
        "Remove one of them.");
  }

  private void forbidden(Violation violation) {
    var key = last(violation.path());
    if (violation.path().size() == 1) {
      problems.error(
          DiagnosticIds.SCHEMA_MISPLACED_KEY,
          places.key(violation.path()),
          "`%s` belongs to a stage and cannot stand beside `stages`.".formatted(key),
          "Move it into the stage it is meant for.");
    } else {
      problems.error(
          DiagnosticIds.SCHEMA_RULE,
          places.key(violation.path()),
          "Nothing may stand at `%s`.".formatted(key));
    }
  }

  private void shape(Violation violation, List<JsonNode> alternatives) {
    var path = violation.path();
    var node = places.node(path);
    var wanted = new LinkedHashSet<String>();
    var units = new LinkedHashSet<String>();
    for (var schema : alternatives) {
      Shapes.describe(root, schema, wanted);
      if (schema.has("x-unit")) {
        units.add(schema.get("x-unit").asText());
      }
      if (schema.has("x-strategies") && node instanceof Scalar scalar && scalar.string() != null) {
        unknownStrategy(schema.get("x-strategies").asText(), scalar.text(), places.value(path));
        return;
      }
    }
    var bareNumber = node instanceof Scalar scalar && scalar.value() instanceof BigDecimal;
    var text = node instanceof Scalar scalar ? scalar.string() : null;
    var isUnit = !units.isEmpty() && (bareNumber || text != null);
    problems.error(
        isUnit ? DiagnosticIds.SCHEMA_UNIT : DiagnosticIds.SCHEMA_TYPE,
        places.value(path),
        "%s must be %s%s."
            .formatted(
                subject(violation),
                Words.joined(List.copyOf(wanted), "or"),
                isUnit && bareNumber ? ": the unit is required" : ""),
        shapeHint(alternatives, node, units));
  }

  private @Nullable String shapeHint(
      List<JsonNode> alternatives, @Nullable Node node, Set<String> units) {
    var instead =
        alternatives.stream().filter(schema -> schema.has("x-instead")).findFirst().orElse(null);
    if (instead != null && !(node instanceof Scalar scalar && scalar.value() == null)) {
      return instead.get("x-instead").asText();
    }
    if (!(node instanceof Scalar scalar)) {
      return null;
    }
    var quantity = QUANTITY.matcher(scalar.text());
    if (quantity.matches() && !units.isEmpty()) {
      return Shapes.unitFor(quantity.group(2), units)
          .map(unit -> "Write `%s%s`.".formatted(quantity.group(1), unit))
          .orElse(null);
    }
    if (scalar.value() == null) {
      return "Write a value, or remove the key.";
    }
    if (scalar.value() instanceof BigDecimal number && !units.isEmpty()) {
      return "Write `%s%s`.".formatted(scalar.text(), Shapes.unit(units.iterator().next(), number));
    }
    var numbers = alternatives.stream().filter(SchemaWording::wantsNumber).toList();
    if (scalar.string() != null && !numbers.isEmpty()) {
      var unquoted = Scalar.plain(scalar.text(), scalar.range()).value() instanceof BigDecimal;
      return unquoted
          ? "Write it without quotes: `%s`.".formatted(scalar.text())
          : "Write a number such as `%s`.".formatted(example(numbers.get(0)));
    }
    var wantsText =
        alternatives.stream().anyMatch(schema -> Shapes.types(schema).contains("string"));
    return scalar.string() == null && wantsText
        ? "If it is meant as text, quote it: `\"%s\"`.".formatted(scalar.text())
        : null;
  }

  private static boolean wantsNumber(JsonNode schema) {
    var types = Shapes.types(schema);
    return types.contains("number") || types.contains("integer");
  }

  private static String example(JsonNode schema) {
    var most = schema.path("maximum").asDouble(Double.MAX_VALUE);
    var end = Math.min(most, schema.path("exclusiveMaximum").asDouble(most));
    return end > 10 ? "10" : end > 1 ? "1" : "0.1";
  }

  private void value(Violation violation) {
    var schema = violation.schema();
    var node = places.node(violation.path());
    if (schema.has("x-strategies") && node instanceof Scalar scalar) {
      unknownStrategy(
          schema.get("x-strategies").asText(), scalar.text(), places.value(violation.path()));
      return;
    }
    var allowed = Shapes.texts(schema.path("enum"));
    if (schema.has("const")) {
      allowed.add(schema.get("const").asText());
    }
    problems.error(
        DiagnosticIds.SCHEMA_VALUE,
        places.value(violation.path()),
        "%s must be %s.".formatted(subject(violation), Words.anyOf(allowed)),
        node instanceof Scalar scalar && allowed.size() > 1
            ? Nearest.to(scalar.text(), allowed).map("Did you mean `%s`?"::formatted).orElse(null)
            : null);
  }

  private void form(Violation violation) {
    var schema = violation.schema();
    if (schema.has("x-unit")) {
      shape(violation, List.of(schema));
      return;
    }
    problems.error(
        DiagnosticIds.SCHEMA_FORM,
        places.value(violation.path()),
        "%s %s."
            .formatted(
                subject(violation),
                schema.has("x-says")
                    ? schema.get("x-says").asText()
                    : "must match `%s`"
                        .formatted(schema.path("pattern").asText(schema.path("format").asText()))));
  }

  private void limit(Violation violation) {
    var keyword = violation.keyword();
    var limit = violation.schema().path(keyword).asText();
    var words =
        switch (keyword) {
          case "minimum" -> "at least";
          case "maximum" -> "at most";
          case "exclusiveMinimum" -> "more than";
          case "exclusiveMaximum" -> "less than";
          default -> "a multiple of";
        };
    problems.error(
        DiagnosticIds.SCHEMA_LIMIT,
        places.value(violation.path()),
        "%s must be %s `%s`.".formatted(subject(violation), words, limit));
  }

  private void length(Violation violation) {
    var path = violation.path();
    var keyword = violation.keyword();
    if (violation.schema().has("x-strategies")) {
      strategies(violation);
      return;
    }
    var limit = violation.schema().path(keyword).asText();
    var what =
        keyword.endsWith("Items") ? "items" : keyword.endsWith("Length") ? "characters" : "keys";
    problems.error(
        DiagnosticIds.SCHEMA_LENGTH,
        places.value(path),
        keyword.startsWith("min") && limit.equals("1")
            ? "%s must not be empty.".formatted(subject(violation))
            : "%s must have at %s %s %s."
                .formatted(
                    subject(violation), keyword.startsWith("min") ? "least" : "most", limit, what));
  }

  /** None or several where one strategy belongs. */
  private void strategies(Violation violation) {
    var kind = violation.schema().get("x-strategies").asText();
    var several =
        places.node(violation.path()) instanceof Mapping mapping && mapping.entries().size() > 1
            ? mapping.entries().get(1).key().range()
            : places.value(violation.path());
    problems.error(
        DiagnosticIds.STRATEGY_SEVERAL,
        several,
        "`%s` names exactly one strategy.".formatted(kind),
        "Options stand below the strategy's name: `%s: { name: { option: … } }`.".formatted(kind));
  }

  private void rule(Violation violation) {
    var keyword = violation.keyword();
    var rule = violation.schema().path(keyword);
    problems.error(
        DiagnosticIds.SCHEMA_RULE,
        places.value(violation.path()),
        "%s breaks the rule `%s` of the schema%s."
            .formatted(
                subject(violation),
                keyword,
                rule.isValueNode() ? " (`%s`)".formatted(rule.asText()) : ""));
  }

  /** How a sentence about it begins. */
  private String subject(Violation violation) {
    var subject = subject(violation.path());
    return Character.toUpperCase(subject.charAt(0)) + subject.substring(1);
  }

  /** What a sentence calls the value there. */
  private String subject(List<Object> path) {
    if (path.isEmpty()) {
      return "the file";
    }
    var last = path.get(path.size() - 1);
    if (last instanceof Integer index) {
      return "item %d of %s".formatted(index + 1, subject(path.subList(0, path.size() - 1)));
    }
    return path.size() == 2 && path.get(0).equals("stages")
        ? "the stage `%s`".formatted(last)
        : "`%s`".formatted(last);
  }

  private static String last(List<Object> path) {
    return path.isEmpty() ? "" : path.get(path.size() - 1).toString();
  }
}
