package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/**
 * Checks the names that {@code split}, {@code merge}, {@code run} lists and {@code output} hold.
 */
final class TemplateCheck {
  private final FileUnderCheck file;
  private final StageOutline stage;
  private final Scope scope;

  private TemplateCheck(FileUnderCheck file, StageOutline stage, Scope scope) {
    this.file = file;
    this.stage = stage;
    this.scope = scope;
  }

  static void run(FileUnderCheck file, StageOutline stage, Scope scope) {
    var check = new TemplateCheck(file, stage, scope);
    check.names(stage.body().get("split"), Set.of(), true);
    check.names(stage.body().get("merge"), Set.of(), true);
    check.names(stage.body().get("output"), Variables.IN_OUTPUT, false);
    if (stage.body().get("run") instanceof Sequence argv) {
      check.names(argv, Variables.RESERVED, false);
      check.count(argv);
    }
  }

  private void names(@Nullable Node node, Set<String> reserved, boolean options) {
    var open = new IdentityHashMap<Node, Template>();
    Scope.openScalars(node, file.tree().open(), open);
    // Identity maps have no order; diagnostics are sorted by place later.
    open.forEach(
        (scalar, template) ->
            template.names().forEach(name -> name(name, scalar.range(), reserved, options)));
  }

  private void name(String name, Range range, Set<String> reserved, boolean options) {
    if (file.params().declared().containsKey(name) || !isName(name)) {
      return;
    }
    var isFragment = Variables.RESERVED.contains(name) || scope.variables().contains(name);
    if (isFragment) {
      if (options || Variables.RESERVED.contains(name) && !reserved.contains(name)) {
        fragmentName(name, range, options);
      }
      return;
    }
    var source = file.stage(name);
    if (source != null) {
      value(source, range);
    } else if (options || scope.complete()) {
      var known = new LinkedHashSet<>(file.params().declared().keySet());
      if (!options) {
        known.addAll(scope.variables());
        known.addAll(reserved.stream().sorted().toList());
      }
      known.addAll(values());
      file.problems()
          .error(
              DiagnosticIds.REFERENCE_NAME,
              range,
              "Nothing is called `${%s}` here.".formatted(name),
              Variables.suggestion(name, known));
    }
  }

  private void fragmentName(String name, Range range, boolean options) {
    file.problems()
        .error(
            DiagnosticIds.REFERENCE_SCOPE,
            range,
            options
                ? "`${%s}` differs between fragments and cannot stand here.".formatted(name)
                : "`${%s}` exists on the provider only and cannot stand here.".formatted(name),
            options ? null : "`output` may name `${stem}`, `${path}`, `${index}` and variables.");
  }

  private void value(StageOutline source, Range range) {
    var name = source.name();
    var result = source.result(file.strategies());
    if (result != null && result != Result.VALUE) {
      file.problems()
          .error(
              DiagnosticIds.REFERENCE_VALUE,
              range,
              "The stage `%s` ends in files, not in a value.".formatted(name),
              "Give it `merge: value`, or read its files with `from`.");
    } else if (stage.references("needs").stream().noneMatch(each -> each.text().equals(name))) {
      file.problems()
          .error(
              DiagnosticIds.REFERENCE_NOT_NEEDED,
              range,
              "`${%s}` is the value of a stage that this stage does not wait for.".formatted(name),
              "Add `needs: %s`.".formatted(name));
    }
  }

  private List<String> values() {
    var names = new ArrayList<String>();
    for (var need : stage.references("needs")) {
      names.add(need.text());
    }
    return names;
  }

  private void count(Sequence argv) {
    for (var word : argv.items()) {
      var template = file.tree().open().get(word);
      if (template != null && template.names().contains("count")) {
        checkCount(file, stage, scope, ((Scalar) word).range());
      }
    }
  }

  /** Reports a count that would have to be known before the last fragment is. */
  static void checkCount(FileUnderCheck file, StageOutline stage, Scope scope, Range range) {
    var waits = scope.shape() == null || scope.shape() != InputShape.FILE;
    if (waits) {
      return;
    }
    for (var reference : stage.references("from")) {
      var source = file.stage(reference.text());
      if (source != null && source.result(file.strategies()) == Result.FILES) {
        file.problems()
            .error(
                DiagnosticIds.REFERENCE_COUNT,
                range,
                "`count` is not known here: fragments start before `%s` has ended."
                    .formatted(source.name()),
                "Merge `%s` with another strategy than `collect`, or do without the count."
                    .formatted(source.name()));
        return;
      }
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty() && name.charAt(0) >= 'a' && name.charAt(0) <= 'z';
  }

  /** The needed stages that give this one a value. */
  static Set<String> neededValues(FileUnderCheck file, StageOutline stage) {
    var names = new LinkedHashSet<String>();
    for (var need : stage.references("needs")) {
      var source = file.stage(need.text());
      if (source != null && source.result(file.strategies()) == Result.VALUE) {
        names.add(need.text());
      }
    }
    return names;
  }
}
