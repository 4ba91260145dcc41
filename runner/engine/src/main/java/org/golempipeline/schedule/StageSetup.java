package org.golempipeline.schedule;

import java.util.List;
import org.golempipeline.plan.StagePlan.Flow;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler knows of a stage beforehand. Stages are numbered; the numbers of all that it
 * needs are smaller than its own.
 *
 * @param pool whose machines it can use
 * @param auditPool of this machine, where its audits run; -1 if they run elsewhere
 * @param needs stages that must be finished first
 * @param reads those of them that its own result is made of
 * @param from for a stage that does not wait for whole stages: those whose fragments it follows
 * @param combinations its own fragments for each one of {@code from}
 * @param fanIn how many outputs a fragment of a tree combines at the most
 * @param speculate whether stragglers get a second copy
 * @param only the only fragment of it that is asked for, null for all of them
 * @param fresh whether what earlier runs left of it is not used
 */
public record StageSetup(
    String name,
    int pool,
    int auditPool,
    List<Integer> needs,
    List<Integer> reads,
    Flow flow,
    List<Integer> from,
    int combinations,
    int fanIn,
    Result result,
    Retry retry,
    Timeouts timeouts,
    boolean speculate,
    @Nullable Verify verify,
    @Nullable Enough enough,
    @Nullable Integer only,
    boolean fresh) {
  public StageSetup {
    needs = List.copyOf(needs);
    // Recordings of older versions have none.
    reads = reads == null ? List.of() : List.copyOf(reads);
    from = List.copyOf(from);
  }

  boolean followsFragments() {
    return flow != Flow.WHOLE;
  }

  /** Whether its fragments start one by one, when those of {@code other} are done. */
  boolean follows(int other) {
    return followsFragments() && from.contains(other);
  }

  /** Whether results are used that nobody checked. */
  boolean trustsSome() {
    return verify != null
        && verify.copies() == 1
        && verify.audit().compareTo(java.math.BigDecimal.ONE) < 0;
  }
}
