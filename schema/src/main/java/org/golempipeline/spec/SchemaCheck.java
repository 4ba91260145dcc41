package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/** Checks the shape of a file against its JSON Schema and says in our words what is wrong. */
final class SchemaCheck {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<Violation> violations;

  private SchemaCheck(List<Violation> violations) {
    this.violations = violations;
  }

  static SchemaCheck run(
      ResolvedTree tree, JsonNode schema, Strategies strategies, Problems problems) {
    var places = new Places(tree.root());
    var violations =
        new SchemaValidator(schema)
            .validate(json(tree.root()), path -> isOpen(path, places, tree.open()));
    var wording = new SchemaWording(places, schema, strategies, problems);
    violations.stream().filter(each -> !isMisspelt(each, violations)).forEach(wording::report);
    return new SchemaCheck(violations);
  }

  /** Whether nothing is wrong with the value at {@code path} and all below it. */
  boolean passed(List<Object> path) {
    for (var violation : violations) {
      var where = violation.path();
      if (where.size() >= path.size() && where.subList(0, path.size()).equals(path)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOpen(List<Object> path, Places places, Map<Node, Template> open) {
    var node = places.node(path);
    return node != null && open.containsKey(node);
  }

  private static JsonNode json(Node node) {
    if (node instanceof Mapping mapping) {
      var object = NODES.objectNode();
      for (var entry : mapping.entries()) {
        object.set(entry.name(), json(entry.value()));
      }
      return object;
    }
    if (node instanceof Sequence sequence) {
      var array = NODES.arrayNode();
      sequence.items().forEach(item -> array.add(json(item)));
      return array;
    }
    var value = ((Scalar) node).value();
    if (value instanceof String text) {
      return NODES.textNode(text);
    }
    if (value instanceof BigDecimal number) {
      return number.stripTrailingZeros().scale() <= 0
          ? NODES.numberNode(number.toBigInteger())
          : NODES.numberNode(number);
    }
    return value instanceof Boolean flag ? NODES.booleanNode(flag) : NODES.nullNode();
  }

  /** Whether it misses a key that is there with a slip in it, which another violation says. */
  private static boolean isMisspelt(Violation violation, List<Violation> all) {
    var missing = new ArrayList<String>();
    if (violation.keyword().equals(Violation.NONE_OF)) {
      violation.alternatives().forEach(each -> missing.addAll(Shapes.texts(each.path("required"))));
    } else if (violation.keyword().equals("required") && violation.property() != null) {
      missing.add(violation.property());
    }
    return all.stream()
        .filter(other -> other.keyword().equals("additionalProperties"))
        .filter(other -> other.path().equals(violation.path()) && other.property() != null)
        .anyMatch(other -> Nearest.to(String.valueOf(other.property()), missing).isPresent());
  }
}
