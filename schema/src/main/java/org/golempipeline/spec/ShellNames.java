package org.golempipeline.spec;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.SplitStrategy.InputUse;
import org.jspecify.annotations.Nullable;

/** Which names have a value in which shell text. */
record ShellNames(FileUnderCheck file, Map<String, Scope> scopes) {

  /** Those in the text at {@code run}, {@code setup} or {@code accept}. */
  Set<String> available(StageOutline stage, String key) {
    var names = common(stage, Set.of());
    if (key.equals("setup")) {
      return names;
    }
    names.addAll(variables(stage));
    names.addAll(Set.of("index", "count"));
    var hasFile = readsInput(stage) || splitsIntoFiles(stage);
    if (hasFile) {
      names.addAll(Set.of("path", "stem"));
    }
    if (key.equals("accept")) {
      names.add("in");
      return names;
    }
    names.add("tmp");
    names.add(stage.leavesMany() ? "outdir" : "out");
    if (hasFile) {
      names.add("in");
    }
    return names;
  }

  /** Those in any text of a stage, and {@code own} ones. */
  Set<String> common(StageOutline stage, Set<String> own) {
    var names = new HashSet<>(file.params().declared().keySet());
    names.addAll(TemplateCheck.neededValues(file, stage));
    names.addAll(own);
    return names;
  }

  /** What tells the fragments of a stage apart, as far as it is known. */
  Set<String> variables(StageOutline stage) {
    var scope = scopes.get(stage.name());
    return scope == null ? Set.of() : scope.variables();
  }

  /** What the file gives that name to, for a stage; null if to nothing. */
  @Nullable String kind(String name, StageOutline stage) {
    if (file.params().declared().containsKey(name)) {
      return "param";
    }
    if (variables(stage).contains(name)) {
      return "variable";
    }
    return TemplateCheck.neededValues(file, stage).contains(name) ? "stage" : null;
  }

  /** Whether the split itself makes the files that fragments read. */
  private boolean splitsIntoFiles(StageOutline stage) {
    var scope = scopes.get(stage.name());
    return scope != null && scope.shape() == InputShape.FILE;
  }

  private boolean readsInput(StageOutline stage) {
    var split = stage.split(file.strategies());
    return stage.hasInput() || split != null && split.inputUse() == InputUse.REQUIRED;
  }
}
