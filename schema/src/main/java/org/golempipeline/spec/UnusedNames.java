package org.golempipeline.spec;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/** Warns of names that the file gives to something and then never says again. */
final class UnusedNames {
  private final FileUnderCheck file;

  private UnusedNames(FileUnderCheck file) {
    this.file = file;
  }

  static void run(FileUnderCheck file, Map<String, Scope> scopes) {
    var check = new UnusedNames(file);
    check.params();
    for (var stage : file.stages()) {
      var scope = scopes.get(stage.name());
      if (scope != null) {
        check.variables(stage, scope.variables());
      }
    }
  }

  private void params() {
    var declared = file.params().declared();
    var named = new HashSet<>(file.tree().namesInStrings());
    for (var text : ShellTexts.of(file.tree().root(), file.place())) {
      named.addAll(new ShellText(text.text(), text.range()).mentioned(declared.keySet()));
    }
    declared.forEach(
        (name, key) -> {
          // Who includes a file need not use all that it has.
          if (!named.contains(name) && key.range().other() == null) {
            file.problems()
                .warning(
                    DiagnosticIds.LINT_UNUSED,
                    key.range(),
                    "Nothing in this file names the param `%s`, so its value changes nothing."
                        .formatted(name),
                    "Write `\"$%1$s\"` in a shell text or `${%1$s}` in another string, or remove the param."
                        .formatted(name));
          }
        });
  }

  /** Those that the stage itself names: in {@code matrix}, or as an option of its split. */
  private void variables(StageOutline stage, Set<String> variables) {
    var named = named(stage, variables);
    for (var name : variables) {
      var place = place(stage, name);
      if (place != null && !named.contains(name)) {
        file.problems()
            .warning(
                DiagnosticIds.LINT_UNUSED,
                place,
                "The command never names `$%s`, so fragments that differ in nothing else all do the same."
                    .formatted(name),
                "Use `\"$%s\"` in `run`, for random draws as the seed.".formatted(name));
      }
    }
  }

  /** Those of {@code names} that stand where a fragment's variables have values. */
  private Set<String> named(StageOutline stage, Set<String> names) {
    var named = new HashSet<String>();
    for (var key : new String[] {"run", "accept", "output"}) {
      var node = stage.body().get(key);
      if (node instanceof Sequence argv) {
        argv.items().forEach(word -> named.addAll(inString(word)));
      } else if (node instanceof Scalar scalar && file.place(stage, key).isShell()) {
        named.addAll(new ShellText(scalar.text(), scalar.range()).mentioned(names));
      } else if (node != null) {
        named.addAll(inString(node));
      }
    }
    return named;
  }

  private Set<String> inString(Node node) {
    var template = file.tree().written().get(node);
    return template == null ? Set.of() : template.names();
  }

  private static @Nullable Range place(StageOutline stage, String name) {
    var axis = stage.body().get("matrix") instanceof Mapping matrix ? matrix.entry(name) : null;
    return axis != null ? axis.key().range() : scalar(stage.options("split"), name);
  }

  /**
   * Where {@code text} stands as a value of its own, or as the first of a list: it tells fragments
   * apart, and what follows it, such as the size of a range, need not.
   */
  private static @Nullable Range scalar(@Nullable Node node, String text) {
    if (node instanceof Mapping mapping) {
      for (var entry : mapping.entries()) {
        var found = scalar(entry.value(), text);
        if (found != null) {
          return found;
        }
      }
    } else if (node instanceof Sequence sequence && !sequence.items().isEmpty()) {
      return scalar(sequence.items().get(0), text);
    } else if (node instanceof Scalar scalar && scalar.text().equals(text)) {
      return scalar.range();
    }
    return null;
  }
}
