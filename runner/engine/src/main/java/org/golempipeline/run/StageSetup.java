package org.golempipeline.run;

import java.util.List;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.MergeStrategy.Result;

/**
 * What the scheduler knows of a stage beforehand. Stages are numbered; all numbers are smaller than
 * the stage's own.
 *
 * @param needs stages that must be finished first
 * @param from for a stage that follows others fragment by fragment: those, in order
 * @param combinations its own fragments for each one of {@code from}
 */
record StageSetup(
    String name,
    int pool,
    List<Integer> needs,
    List<Integer> from,
    int combinations,
    boolean fragmentByFragment,
    Result result,
    Retry retry,
    Timeouts timeouts) {
  StageSetup {
    needs = List.copyOf(needs);
    from = List.copyOf(from);
  }
}
