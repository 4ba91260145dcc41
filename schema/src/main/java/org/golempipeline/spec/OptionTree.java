package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/** Nodes of a file to the options that strategies read. */
final class OptionTree {
  private OptionTree() {}

  static Options of(@Nullable Node node, Map<Node, Template> open) {
    return node == null ? Options.NONE : new Options(value(node, open));
  }

  private static @Nullable Object value(Node node, Map<Node, Template> open) {
    if (node instanceof Mapping mapping) {
      var map = new LinkedHashMap<String, @Nullable Object>();
      mapping.entries().forEach(entry -> map.put(entry.name(), value(entry.value(), open)));
      return Collections.unmodifiableMap(map);
    }
    if (node instanceof Sequence sequence) {
      var list = new ArrayList<@Nullable Object>();
      sequence.items().forEach(item -> list.add(value(item, open)));
      return Collections.unmodifiableList(list);
    }
    var template = open.get(node);
    if (template != null) {
      return template;
    }
    var value = ((Scalar) node).value();
    return value instanceof BigDecimal || value instanceof Boolean || value instanceof String
        ? value
        : null;
  }
}
