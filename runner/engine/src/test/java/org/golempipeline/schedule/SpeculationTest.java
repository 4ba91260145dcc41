package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Locale;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.junit.jupiter.api.Test;

/**
 * What a second copy of stragglers' fragments gains and costs where machines are now and then slow.
 */
class SpeculationTest {
  private static final int SEEDS = 20;

  private record Measured(double seconds, double cost) {}

  @Test
  void copiesShortenARunWhoseMachinesAreNowAndThenSlow() {
    compare(400, 1.15, 1.0);
  }

  @Test
  void copiesShortenTheLastScriptsMost() {
    compare(40, 1.5, 1.1);
  }

  private static void compare(int fragments, double faster, double dearer) {
    var seconds = 0.0;
    var secondsCopied = 0.0;
    var cost = 0.0;
    var costCopied = 0.0;
    for (var seed = 0; seed < SEEDS; seed++) {
      var without = measure(seed, fragments, false);
      var with = measure(seed, fragments, true);
      System.out.printf(
          Locale.ROOT,
          "seed %2d: %5.0f s %.4f GLM without copies, %5.0f s %.4f GLM with them%n",
          seed,
          without.seconds(),
          without.cost(),
          with.seconds(),
          with.cost());
      seconds += without.seconds();
      secondsCopied += with.seconds();
      cost += without.cost();
      costCopied += with.cost();
    }
    System.out.printf(
        Locale.ROOT,
        "%d fragments: %.2f times as fast at %.2f times the price%n",
        fragments,
        seconds / secondsCopied,
        costCopied / cost);
    assertThat(seconds / secondsCopied).isGreaterThan(faster);
    assertThat(costCopied / cost).isLessThan(dearer);
  }

  private static Measured measure(long seed, int fragments, boolean speculate) {
    var scenario = new Scenario(seed).providers(Persona.HEAVY_TAILED, 60).price("0.00001");
    scenario.workers = 20;
    scenario.local = false;
    scenario.budget = BigDecimal.TEN;
    var stage = scenario.stage("stage0", fragments);
    stage.millis = 20_000;
    stage.speculate = speculate;
    var run = new SimulatedRun(scenario);
    assertThat(run.run().exitCode()).isZero();
    return new Measured(run.elapsed().toMillis() / 1000.0, run.network.cost.doubleValue());
  }
}
