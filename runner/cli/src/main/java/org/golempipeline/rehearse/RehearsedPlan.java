package org.golempipeline.rehearse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.golempipeline.plan.Plan;
import org.golempipeline.spec.GolemTerms;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.MergeStrategy;

/** A user's plan as it can run here without touching anything of theirs. */
final class RehearsedPlan {
  /**
   * Here nothing is downloaded and nobody is far away: whoever does not answer by then never will.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private RehearsedPlan() {}

  /**
   * The plan with its results in another folder, a sample of its fragments, any provider at any
   * price, and little patience with the market.
   */
  static Plan of(Plan plan, Path results, int sample) {
    return new Plan(
        anyProvider(plan.spec()),
        plan.folder(),
        plan.stages().stream()
            .map(stage -> stage.as(stage.number(), impatient(stage.spec())))
            .toList(),
        results,
        sample);
  }

  /** Local providers have names and prices that no file can know. */
  private static PipelineSpec anyProvider(PipelineSpec spec) {
    var golem = spec.golem();
    return spec.withGolem(
        new GolemTerms(
            golem.subnet(),
            golem.network(),
            golem.driver(),
            null,
            null,
            null,
            List.of(),
            List.of(),
            golem.outbound(),
            golem.outboundAt()));
  }

  private static StageSpec impatient(StageSpec spec) {
    var timeouts = spec.timeouts();
    return new StageSpec(
        spec.name(),
        spec.range(),
        spec.image(),
        spec.imageRange(),
        spec.input(),
        spec.from(),
        spec.needs(),
        spec.files(),
        spec.setup(),
        spec.split(),
        spec.matrix(),
        spec.run(),
        spec.out(),
        spec.accept(),
        spec.merge(),
        spec.output(),
        spec.outputRange(),
        spec.resources(),
        spec.retry(),
        new Timeouts(
            shorter(timeouts.negotiate()),
            shorter(timeouts.deploy()),
            timeouts.transfer(),
            timeouts.run(),
            timeouts.runShare(),
            timeouts.idle()),
        spec.speculate(),
        spec.verify(),
        spec.enough());
  }

  private static Duration shorter(Duration time) {
    return time.compareTo(PATIENCE) < 0 ? time : PATIENCE;
  }

  /** Whether the result depends on who is first. */
  static boolean isRace(Plan plan) {
    return plan.stages().stream()
        .anyMatch(
            stage ->
                stage.merge().result() == MergeStrategy.Result.FIRST
                    || stage.spec().enough() != null);
  }
}
