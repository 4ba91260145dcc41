package org.golempipeline.spec;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/**
 * Refuses what double quotes can write and nothing can take: a zero character ends every path,
 * argument and variable, and half a character has no bytes. Only what a split cuts behind is data,
 * where a zero character is one like others.
 */
final class Characters {
  private final Problems problems;

  /** Entries, not nodes: an alias may bring the same node to another place. */
  private final Set<Entry> data = Collections.newSetFromMap(new IdentityHashMap<>());

  private Characters(Problems problems) {
    this.problems = problems;
  }

  static void check(Mapping root, Problems problems) {
    var characters = new Characters(problems);
    for (var stage : StageOutline.of(root, "")) {
      if (stage.body().get("split") instanceof Mapping choice) {
        choice.entries().forEach(characters::delimiter);
      }
    }
    characters.node(root);
  }

  private void delimiter(Entry strategy) {
    if (strategy.value() instanceof Mapping options && options.entry("delimiter") != null) {
      data.add(options.entry("delimiter"));
    }
  }

  private void node(Node node) {
    if (node instanceof Mapping mapping) {
      for (var entry : mapping.entries()) {
        scalar(entry.key(), false);
        if (entry.value() instanceof Scalar scalar) {
          scalar(scalar, data.contains(entry));
        } else {
          node(entry.value());
        }
      }
    } else if (node instanceof Sequence sequence) {
      sequence.items().forEach(this::node);
    } else {
      scalar((Scalar) node, false);
    }
  }

  private void scalar(Scalar scalar, boolean mayBeZero) {
    var text = scalar.text();
    if (!mayBeZero && text.indexOf(0) >= 0) {
      problems.error(
          DiagnosticIds.YAML_NOT_TEXT,
          scalar.range(),
          "No command, variable or path can hold a zero character, which `\\0` is in double quotes.",
          "In single quotes, or in a block after `|`, a command gets the `\\0` as it is written.");
      return;
    }
    var half = text.codePoints().filter(Characters::isHalf).findFirst();
    if (half.isPresent()) {
      problems.error(
          DiagnosticIds.YAML_NOT_TEXT,
          scalar.range(),
          "`\\u%04x` is half of a character, which no text can hold.".formatted(half.getAsInt()),
          "Write the character itself.");
    }
  }

  /** Whether a code point is a surrogate that did not find its other half. */
  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
