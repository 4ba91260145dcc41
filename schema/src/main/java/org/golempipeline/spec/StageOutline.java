package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A stage as far as it can be made out in a file that may be wrong: for the checks that should not
 * wait until everything else is right.
 *
 * @param range of its name, or of {@code run} in a file without {@code stages}
 * @param path to its body
 * @param files its {@code files}, or those that stand for all stages
 */
record StageOutline(
    String name, Range range, List<Object> path, Mapping body, @Nullable Node files) {

  /** The stages of a file, in its order. */
  static List<StageOutline> of(Mapping root, String displayName) {
    var outlines = new ArrayList<StageOutline>();
    var stages = root.entry("stages");
    if (stages == null) {
      var run = root.entry("run");
      var range = run == null ? Range.START : run.key().range();
      var name = pipelineName(root, displayName).replace('-', '_');
      outlines.add(new StageOutline(name, range, List.of(), root, root.get("files")));
    } else if (stages.value() instanceof Mapping map) {
      for (var entry : map.entries()) {
        if (entry.value() instanceof Mapping body) {
          var path = List.<Object>of("stages", entry.name());
          var files = body.get("files") == null ? root.get("files") : body.get("files");
          outlines.add(new StageOutline(entry.name(), entry.key().range(), path, body, files));
        }
      }
    }
    return outlines;
  }

  /** The name the file gives itself, or that of the file. */
  static String pipelineName(Mapping root, String displayName) {
    if (root.get("name") instanceof Scalar scalar && scalar.string() != null) {
      return scalar.text();
    }
    var base = displayName.substring(displayName.lastIndexOf('/') + 1);
    var dot = base.indexOf('.');
    var name =
        (dot > 0 ? base.substring(0, dot) : base)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[^a-z]+|-+$", "");
    return name.isEmpty() ? "pipeline" : name;
  }

  /** The stage names that stand at {@code from} or {@code needs}. */
  List<Scalar> references(String key) {
    var names = new ArrayList<Scalar>();
    var node = body.get(key);
    var items =
        node instanceof Sequence sequence
            ? sequence.items()
            : node == null ? List.of() : List.of(node);
    for (var item : items) {
      if (item instanceof Scalar scalar && scalar.string() != null) {
        names.add(scalar);
      }
    }
    return names;
  }

  /** The stage names that stand at {@code from} inside {@code files}. */
  List<Scalar> fileReferences() {
    var names = new ArrayList<Scalar>();
    if (files instanceof Mapping named) {
      for (var entry : named.entries()) {
        if (entry.value() instanceof Mapping source
            && source.get("from") instanceof Scalar scalar
            && scalar.string() != null) {
          names.add(scalar);
        }
      }
    }
    return names;
  }

  /** Every stage that it must wait for, with where that is said. */
  List<Scalar> dependencies() {
    var all = new ArrayList<>(references("needs"));
    all.addAll(references("from"));
    all.addAll(fileReferences());
    return all;
  }

  boolean hasInput() {
    return body.entry("input") != null || body.entry("from") != null;
  }

  /** Whether a fragment leaves files that match a glob, rather than one file. */
  boolean leavesMany() {
    return body.get("out") instanceof Scalar out && Sources.isGlob(out.text());
  }

  /** The name of its split, given or by default; null if it cannot be made out. */
  @Nullable String splitName() {
    return body.entry("split") == null ? (hasInput() ? "files" : "none") : chosen("split");
  }

  /** The name of its merge, given or by default; null if it cannot be made out. */
  @Nullable String mergeName() {
    return body.entry("merge") == null ? "collect" : chosen("merge");
  }

  @Nullable SplitStrategy split(Strategies strategies) {
    var name = splitName();
    return name == null ? null : strategies.split(name).orElse(null);
  }

  MergeStrategy.@Nullable Result result(Strategies strategies) {
    var name = mergeName();
    return name == null ? null : strategies.merge(name).map(MergeStrategy::result).orElse(null);
  }

  /** Where the name of the strategy at {@code split} or {@code merge} stands. */
  Range strategyRange(String key) {
    var node = body.get(key);
    var entry = only(node);
    return entry != null ? entry.key().range() : node != null ? node.range() : range;
  }

  /** The options beside the name of a strategy, or null. */
  @Nullable Node options(String key) {
    var entry = only(body.get(key));
    return entry == null ? null : entry.value();
  }

  private @Nullable String chosen(String key) {
    var node = body.get(key);
    var entry = only(node);
    return entry != null ? entry.name() : node instanceof Scalar scalar ? scalar.string() : null;
  }

  private static @Nullable Entry only(@Nullable Node node) {
    return node instanceof Mapping map && map.entries().size() == 1 ? map.entries().get(0) : null;
  }
}
