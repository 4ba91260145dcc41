package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.diagnostic.Source;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file that was found right: params resolved, defaults filled in, references checked.
 *
 * @param stages in an order in which each stands after all it needs; otherwise as in the file
 * @param params in file order
 * @param budget in GLM
 * @param workers most providers at a time, null for the default of where it runs
 */
public record PipelineSpec(
    Source source,
    String name,
    @Nullable String description,
    Map<String, ParamValue> params,
    List<StageSpec> stages,
    @Nullable BigDecimal budget,
    @Nullable Integer workers,
    GolemTerms golem) {
  public PipelineSpec {
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    stages = List.copyOf(stages);
  }

  /** The stage of that name, which must exist. */
  public StageSpec stage(StageName name) {
    for (var stage : stages) {
      if (stage.name().equals(name)) {
        return stage;
      }
    }
    throw new IllegalArgumentException("no stage " + name);
  }
}
