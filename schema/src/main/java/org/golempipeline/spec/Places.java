package org.golempipeline.spec;

import java.util.List;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/** Finds what a path of keys and positions leads to in a file, and where to point for it. */
record Places(Mapping root) {

  /** The value there, or null. */
  @Nullable Node node(List<Object> path) {
    Node node = root;
    for (var element : path) {
      if (node instanceof Mapping mapping) {
        node = mapping.get(element.toString());
      } else if (node instanceof Sequence sequence && element instanceof Integer index) {
        node = index < sequence.items().size() ? sequence.items().get(index) : null;
      } else {
        return null;
      }
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  /** Where to point if the value there is wrong: at itself, or at its key if it spans lines. */
  Range value(List<Object> path) {
    var node = node(path);
    return node == null || isUnwieldy(node) ? key(path) : node.range();
  }

  /** Where to point if something is missing there: at its key, or where it starts. */
  Range key(List<Object> path) {
    if (path.isEmpty()) {
      return Range.START;
    }
    var parent = node(path.subList(0, path.size() - 1));
    var last = path.get(path.size() - 1);
    if (parent instanceof Mapping mapping) {
      var entry = mapping.entry(last.toString());
      return entry == null ? key(path.subList(0, path.size() - 1)) : entry.key().range();
    }
    var node = node(path);
    return node == null ? key(path.subList(0, path.size() - 1)) : start(node);
  }

  /** The entry whose key is {@code name} in the map there, or null. */
  @Nullable Entry entry(List<Object> path, String name) {
    return node(path) instanceof Mapping mapping ? mapping.entry(name) : null;
  }

  private static boolean isUnwieldy(Node node) {
    return node instanceof Mapping mapping && mapping.block()
        || node instanceof Sequence sequence && sequence.block()
        || node instanceof Scalar scalar && scalar.value() == null
        || node.range().line() != node.range().endLine();
  }

  private static Range start(Node node) {
    if (node instanceof Mapping mapping && mapping.block() && !mapping.entries().isEmpty()) {
      return mapping.entries().get(0).key().range();
    }
    if (node instanceof Sequence sequence && sequence.block() && !sequence.items().isEmpty()) {
      return start(sequence.items().get(0));
    }
    return node.range();
  }
}
