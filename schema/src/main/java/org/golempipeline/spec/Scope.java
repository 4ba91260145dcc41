package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.SplitStrategy.InputUse;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The names of one stage: what its shell texts and templates may mention. Building it reports names
 * that are taken or reserved, and what the split says about its options.
 *
 * @param variables of the fragments: those of the split, then those of the matrix
 * @param complete false if the split's variables are not all known yet
 * @param shape what {@code $in} is; null if that could not be found out
 */
record Scope(Set<String> variables, boolean complete, @Nullable InputShape shape) {

  /** The scopes of all stages, by their names. */
  static Map<String, Scope> of(FileUnderCheck file) {
    var taken = new LinkedHashMap<String, Taken>();
    file.params()
        .declared()
        .forEach((name, key) -> taken.put(name, new Taken("param", key.range())));
    for (var stage : file.stages()) {
      if (!stage.path().isEmpty()) {
        claim(stage.name(), "stage", stage.range(), taken, file.problems());
      }
    }
    file.params()
        .declared()
        .forEach((name, key) -> checkReserved(name, key.range(), file.problems()));
    var scopes = new LinkedHashMap<String, Scope>();
    for (var stage : file.stages()) {
      scopes.put(stage.name(), ofStage(stage, file, new HashMap<>(taken)));
    }
    return scopes;
  }

  private static Scope ofStage(StageOutline stage, FileUnderCheck file, Map<String, Taken> taken) {
    var names = new LinkedHashSet<String>();
    var splitNames = new ArrayList<String>();
    var shape = splitVariables(stage, file, splitNames);
    for (var name : splitNames) {
      claim(name, "split variable", stage.strategyRange("split"), taken, file.problems());
      names.add(name);
    }
    if (stage.body().get("matrix") instanceof Mapping matrix) {
      for (var entry : matrix.entries()) {
        claim(entry.name(), "matrix variable", entry.key().range(), taken, file.problems());
        names.add(entry.name());
      }
    }
    return new Scope(names, shape != null && !findsNamesLater(stage, file, splitNames), shape);
  }

  /** Whether the split makes fragments out of nothing but names it has yet to read, as a table. */
  private static boolean findsNamesLater(
      StageOutline stage, FileUnderCheck file, List<String> splitNames) {
    var split = stage.split(file.strategies());
    return split != null && split.inputUse() == InputUse.FORBIDDEN && splitNames.isEmpty();
  }

  /** Asks the split for its variables; null if it cannot answer. */
  private static @Nullable InputShape splitVariables(
      StageOutline stage, FileUnderCheck file, List<String> names) {
    var split = stage.split(file.strategies());
    if (split == null || !file.passed(stage, "split")) {
      return null;
    }
    var options = OptionTree.of(stage.options("split"), file.tree().open());
    try {
      names.addAll(split.variables(options));
      return split.inputShape(options);
    } catch (StrategyException e) {
      file.problems()
          .error(
              DiagnosticIds.STRATEGY_REFUSED,
              stage.strategyRange("split"),
              e.getMessage(),
              e.hint().orElse(null));
    } catch (IllegalArgumentException e) {
      // An option is the value of an earlier stage: the answer has to wait for it.
      if (new StrategyUse(split.name(), options, stage.range()).openNames().isEmpty()) {
        file.problems()
            .error(
                DiagnosticIds.STRATEGY_REFUSED,
                stage.strategyRange("split"),
                "`%s` cannot use these options: %s.".formatted(split.name(), e.getMessage()));
      }
    }
    return null;
  }

  private static void claim(
      String name, String kind, Range range, Map<String, Taken> taken, Problems problems) {
    if (checkReserved(name, range, problems)) {
      return;
    }
    var other = taken.putIfAbsent(name, new Taken(kind, range));
    if (other != null) {
      problems.error(
          DiagnosticIds.NAME_CLASH,
          range,
          "The %s `%s` has the name of a %s.".formatted(kind, name, other.kind),
          "Params, stages and fragment variables share one set of names: rename one of them.",
          List.of(new Related(other.range, "The %s `%s`.".formatted(other.kind, name))));
    }
  }

  private static boolean checkReserved(String name, Range range, Problems problems) {
    if (Variables.RESERVED.contains(name)) {
      problems.error(
          DiagnosticIds.NAME_RESERVED,
          range,
          "The name `%s` is reserved.".formatted(name),
          "Reserved are %s.".formatted(Words.list(Variables.RESERVED.stream().sorted().toList())));
      return true;
    }
    return false;
  }

  /** Template names in nodes, by the scalar that holds them. */
  static void openScalars(@Nullable Node node, Map<Node, Template> open, Map<Node, Template> into) {
    if (node instanceof Mapping mapping) {
      mapping.entries().forEach(entry -> openScalars(entry.value(), open, into));
    } else if (node instanceof Node.Sequence sequence) {
      sequence.items().forEach(item -> openScalars(item, open, into));
    } else if (node != null) {
      var template = open.get(node);
      if (template != null) {
        into.put(node, template);
      }
    }
  }

  private record Taken(String kind, Range range) {}
}
