package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.junit.jupiter.api.Test;

/** What becomes of a script that was prepared behind one that takes much longer than it should. */
class TakingBackTest {
  private static final int SEEDS = 20;

  private final Map<Integer, RunEvent.BatchStarted> started = new HashMap<>();
  private final Map<Integer, String> providers = new HashMap<>();

  /** By fragment, who had it in a script that was never sent. */
  private final Map<Integer, String> takenBack = new HashMap<>();

  private final Map<Integer, String> doneBy = new HashMap<>();

  /** Most machines are as fast as one another, two are very slow. */
  private static Scenario scenario(long seed) {
    var scenario = new Scenario(seed).providers(Persona.HONEST, 18).providers(Persona.SLOW, 2);
    scenario.providers.get(18).pace = 30;
    scenario.providers.get(19).pace = 12;
    scenario.price("0.00001");
    scenario.workers = 20;
    scenario.local = false;
    scenario.budget = BigDecimal.TEN;
    scenario.stage("stage0", 1000).millis = 10_000;
    return scenario;
  }

  private void note(RunEvent event) {
    if (event instanceof RunEvent.RentalOpened opened) {
      providers.put(opened.rental(), opened.providerId());
    } else if (event instanceof RunEvent.BatchStarted batch) {
      started.put(batch.batch(), batch);
    } else if (event instanceof RunEvent.BatchFinished batch) {
      var of = started.get(batch.batch());
      var provider = providers.get(of.rental());
      batch.done().forEach(index -> doneBy.put(index, provider));
      if (batch.neverSent()) {
        of.fragments().forEach(index -> takenBack.put(index, provider));
      }
    }
  }

  @Test
  void othersComputeWhatWaitsBehindALateScript() {
    var run = new SimulatedRun(scenario(1)).listen(this::note);

    assertThat(run.run().exitCode()).isZero();

    assertThat(new HashSet<>(takenBack.values())).isEqualTo(Set.of("p18", "p19"));
    assertThat(takenBack).allSatisfy((index, by) -> assertThat(doneBy.get(index)).isNotEqualTo(by));
    assertThat(run.count(RunEvent.FragmentFailed.class)).isZero();
  }

  /** The slowest script takes some 1100 seconds; two of them one after the other, 2100. */
  @Test
  void aRunWaitsForOneScriptOfASlowMachineAndNotForTwo() {
    for (var seed = 0; seed < SEEDS; seed++) {
      var run = new SimulatedRun(scenario(seed));
      assertThat(run.run().exitCode()).isZero();
      assertThat(run.elapsed().toSeconds()).as("seed %d", seed).isLessThan(1600);
    }
  }
}
