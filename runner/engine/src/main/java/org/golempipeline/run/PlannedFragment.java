package org.golempipeline.run;

import java.util.Map;
import java.util.Set;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.plan.StagePlan;

/**
 * A fragment as a provider would get it.
 *
 * @param label how people call it
 * @param acceptVariables what {@code accept} finds set beside {@code in}
 * @param secrets names of secret params that its texts mention, whose values were left out; empty
 *     if they are in it
 */
public record PlannedFragment(
    StagePlan stage,
    int index,
    String label,
    BatchRecipe recipe,
    FragmentWork work,
    Map<String, String> acceptVariables,
    Set<String> secrets) {
  public PlannedFragment {
    acceptVariables = Map.copyOf(acceptVariables);
    secrets = Set.copyOf(secrets);
  }
}
