package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/** Finds every shell text of a file, those of strategies included, in the order of the file. */
final class ShellTexts {
  private final List<Scalar> found = new ArrayList<>();

  private ShellTexts() {}

  static List<Scalar> of(Mapping root, SchemaPlace place) {
    var texts = new ShellTexts();
    texts.collect(root, place);
    return texts.found;
  }

  private void collect(Node node, SchemaPlace place) {
    if (node instanceof Mapping mapping) {
      for (var entry : mapping.entries()) {
        collect(entry.value(), place.key(entry.name()));
      }
    } else if (node instanceof Sequence sequence) {
      for (var i = 0; i < sequence.items().size(); i++) {
        collect(sequence.items().get(i), place.item(i));
      }
    } else if (place.isShell() && ((Scalar) node).string() != null) {
      found.add((Scalar) node);
    }
  }
}
