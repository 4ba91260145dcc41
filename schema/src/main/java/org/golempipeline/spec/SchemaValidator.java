package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Validates against a schema and hides how the library reports: where it lists the complaints of
 * every branch of an {@code anyOf} side by side, this answers those of the branch that was meant.
 */
final class SchemaValidator {
  private static final Set<String> BRANCHING = Set.of("anyOf", "oneOf");
  private static final Set<String> INTO_NAMED =
      Set.of("properties", "patternProperties", "dependentSchemas", "prefixItems");
  private static final Set<String> INTO = Set.of("items", "additionalProperties", "contains");

  private static final Set<String> FORM = Set.of("pattern", "enum", "const");
  private static final Set<String> CONSTANT = Set.of("const");
  private static final Set<String> MISSING = Set.of("required");

  /** Few files come to every part of the schema. */
  private static final SchemaRegistryConfig CONFIGURATION =
      SchemaRegistryConfig.builder().preloadSchema(false).build();

  private final JsonNode root;

  SchemaValidator(JsonNode root) {
    this.root = root;
  }

  /**
   * What is wrong with {@code instance}.
   *
   * @param ignored tells places where nothing is known to be wrong yet
   */
  List<Violation> validate(JsonNode instance, Predicate<List<Object>> ignored) {
    var registry =
        SchemaRegistry.withDialect(
            Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(CONFIGURATION));
    Schema schema = registry.getSchema(root);
    var complaints = new ArrayList<Complaint>();
    for (var error : schema.validate(instance)) {
      complaints.add(complaint(error, ignored));
    }
    return merged(complaints, 0);
  }

  private Complaint complaint(Error error, Predicate<List<Object>> ignored) {
    var path = elements(error.getInstanceLocation());
    var place = elements(error.getSchemaLocation().getFragment());
    var holder = at(place.subList(0, Math.max(0, place.size() - 1)));
    var property = error.getProperty();
    var violation = new Violation(path, error.getKeyword(), property, holder, List.of());
    var evaluation = elements(error.getEvaluationPath());
    return new Complaint(
        violation, evaluation.toString(), choices(evaluation, path), ignored.test(path));
  }

  private static List<Object> elements(@Nullable NodePath path) {
    var elements = new ArrayList<Object>();
    if (path != null) {
      for (var i = 0; i < path.getNameCount(); i++) {
        elements.add(path.getElement(i));
      }
    }
    return elements;
  }

  private JsonNode at(List<Object> place) {
    var node = root;
    for (var element : place) {
      node = element instanceof Integer index ? node.path(index) : step(node, element.toString());
    }
    return node;
  }

  private static JsonNode step(JsonNode node, String name) {
    if (node.isArray() && name.chars().allMatch(Character::isDigit)) {
      return node.path(Integer.parseInt(name));
    }
    return node.path(name);
  }

  /** The branches taken on the way to a rule, outermost first. */
  private static List<Choice> choices(List<Object> evaluation, List<Object> path) {
    var choices = new ArrayList<Choice>();
    var depth = 0;
    for (var i = 0; i < evaluation.size(); i++) {
      var keyword = evaluation.get(i).toString();
      if (INTO_NAMED.contains(keyword)) {
        depth += keyword.equals("dependentSchemas") ? 0 : 1;
        i++;
      } else if (INTO.contains(keyword)) {
        depth++;
      } else if (BRANCHING.contains(keyword) && i + 1 < evaluation.size()) {
        var index = Integer.parseInt(evaluation.get(i + 1).toString());
        var where = path.subList(0, Math.min(depth, path.size()));
        choices.add(new Choice(evaluation.subList(0, i + 1).toString(), where, index));
        i++;
      } else if (keyword.equals("allOf")) {
        i++;
      }
    }
    return choices;
  }

  private List<Violation> merged(List<Complaint> complaints, int level) {
    var result = new ArrayList<Violation>();
    var groups = new LinkedHashMap<List<Object>, List<Complaint>>();
    for (var complaint : complaints) {
      if (complaint.isSummary(complaints, level)) {
        continue;
      }
      if (complaint.choices.size() > level) {
        groups
            .computeIfAbsent(complaint.choices.get(level).key(), key -> new ArrayList<>())
            .add(complaint);
      } else if (!complaint.ignored) {
        result.add(complaint.violation);
      }
    }
    groups.values().forEach(group -> result.addAll(chosen(group, level)));
    return result;
  }

  /** What the branch that was probably meant has to say. */
  private List<Violation> chosen(List<Complaint> group, int level) {
    var branches = new TreeMap<Integer, List<Complaint>>();
    for (var complaint : group) {
      branches
          .computeIfAbsent(complaint.choices.get(level).branch, index -> new ArrayList<>())
          .add(complaint);
    }
    var where = group.get(0).choices.get(level).where;
    var fitting = new ArrayList<List<Violation>>();
    var misfits = new ArrayList<Violation>();
    for (var branch : branches.values()) {
      var violations = merged(branch, level + 1);
      if (violations.isEmpty()) {
        return List.of();
      }
      if (violations.stream().anyMatch(each -> each.isMismatchAt(where))) {
        misfits.addAll(violations);
      } else {
        fitting.add(violations);
      }
    }
    if (fitting.isEmpty()) {
      return List.of(shape(where, misfits));
    }
    if (!misfits.isEmpty() && fitting.stream().allMatch(each -> isOneAt(each, where, CONSTANT))) {
      fitting.forEach(misfits::addAll);
      return List.of(shape(where, misfits));
    }
    if (fitting.size() > 1 && fitting.stream().allMatch(each -> isOneAt(each, where, MISSING))) {
      var alternatives = fitting.stream().map(each -> each.get(0).schema()).toList();
      return List.of(
          new Violation(where, Violation.NONE_OF, null, alternatives.get(0), alternatives));
    }
    if (fitting.size() > 1 && fitting.stream().allMatch(each -> isOneAt(each, where, FORM))) {
      return List.of(shape(where, fitting.stream().map(each -> each.get(0)).toList()));
    }
    return fitting.stream().min(Comparator.comparingInt(List::size)).orElseThrow();
  }

  private static boolean isOneAt(
      List<Violation> violations, List<Object> where, Set<String> keywords) {
    return violations.size() == 1
        && violations.get(0).path().equals(where)
        && keywords.contains(violations.get(0).keyword());
  }

  private static Violation shape(List<Object> where, List<Violation> misfits) {
    var alternatives = new ArrayList<JsonNode>();
    for (var misfit : misfits) {
      if (misfit.path().equals(where)) {
        alternatives.addAll(
            misfit.keyword().equals(Violation.SHAPE)
                ? misfit.alternatives()
                : List.of(misfit.schema()));
      }
    }
    return new Violation(where, Violation.SHAPE, null, alternatives.get(0), alternatives);
  }

  /** An error of the library, with the branches it came by. */
  private record Complaint(
      Violation violation, String evaluation, List<Choice> choices, boolean ignored) {
    /** Whether it only says that none of the branches fits whose complaints are there too. */
    boolean isSummary(List<Complaint> all, int level) {
      return BRANCHING.contains(violation.keyword())
          && choices.size() == level
          && all.stream()
              .anyMatch(
                  other ->
                      other.choices.size() > level
                          && other.choices.get(level).keyword.equals(evaluation)
                          && other.choices.get(level).where.equals(violation.path()));
    }
  }

  private record Choice(String keyword, List<Object> where, int branch) {
    List<Object> key() {
      return List.of(keyword, where);
    }
  }
}
