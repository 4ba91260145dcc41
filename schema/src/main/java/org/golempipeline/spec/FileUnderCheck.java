package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Problems;
import org.jspecify.annotations.Nullable;

/**
 * Everything known about a file whose shape has been checked, for the checks after that.
 *
 * @param place the schema's word about the whole file
 */
record FileUnderCheck(
    ResolvedTree tree,
    SchemaPlace place,
    Params params,
    List<StageOutline> stages,
    SchemaCheck schema,
    Strategies strategies,
    Overrides overrides,
    Problems problems) {

  /** Whether the shape of what stands at {@code key} of {@code stage} is right. */
  boolean passed(StageOutline stage, String key) {
    var path = new ArrayList<>(stage.path());
    path.add(key);
    return schema.passed(path);
  }

  /** What the schema says about the value at {@code key} of {@code stage}. */
  SchemaPlace place(StageOutline stage, String key) {
    var where = place;
    for (var element : stage.path()) {
      where = where.key(element.toString());
    }
    return where.key(key);
  }

  @Nullable StageOutline stage(String name) {
    for (var stage : stages) {
      if (stage.name().equals(name) && !stage.path().isEmpty()) {
        return stage;
      }
    }
    return null;
  }

  List<String> stageNames() {
    var names = new ArrayList<String>();
    for (var stage : stages) {
      if (!stage.path().isEmpty()) {
        names.add(stage.name());
      }
    }
    return names;
  }
}
