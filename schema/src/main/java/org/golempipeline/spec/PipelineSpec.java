package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.golempipeline.diagnostic.Source;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file that was found right: params resolved, defaults filled in, references checked.
 *
 * @param source the file itself
 * @param included what it includes
 * @param profiles those that were chosen
 * @param stages in an order in which each stands after all it needs; otherwise as in the file
 * @param params in file order
 * @param budget in GLM
 * @param workers most providers at a time, null for the default of where it runs
 */
public record PipelineSpec(
    Source source,
    List<Source> included,
    List<String> profiles,
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
    included = List.copyOf(included);
    profiles = List.copyOf(profiles);
  }

  /** Its text and that of all it includes, to tell whether anything was changed. */
  public String wholeText() {
    return Stream.concat(Stream.of(source), included.stream())
        .map(Source::text)
        .collect(Collectors.joining("\0"));
  }

  /** The values of its params, by name. */
  public Map<String, String> values() {
    var values = new LinkedHashMap<String, String>();
    params.forEach((name, param) -> values.put(name, param.value()));
    return values;
  }

  /** The same pipeline with other stages. */
  public PipelineSpec withStages(List<StageSpec> others) {
    return new PipelineSpec(
        source, included, profiles, name, description, params, others, budget, workers, golem);
  }

  /** The same pipeline on other terms. */
  public PipelineSpec withGolem(GolemTerms terms) {
    return new PipelineSpec(
        source, included, profiles, name, description, params, stages, budget, workers, terms);
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
