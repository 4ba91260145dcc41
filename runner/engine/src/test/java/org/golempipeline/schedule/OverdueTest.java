package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Timeouts;
import org.junit.jupiter.api.Test;

/** Fragments that do not end, in scripts that were sent before anybody knew what is usual. */
class OverdueTest {
  private static final int SEEDS = 50;

  private final List<RunEvent> events = new ArrayList<>();

  /** Six machines, and the program of the first fragment does not end the first time. */
  private static Scenario scenario(long seed, BigDecimal share) {
    var scenario = new Scenario(seed).providers(Persona.HONEST, 12).price("0.00001");
    scenario.workers = 6;
    scenario.local = false;
    scenario.budget = BigDecimal.TEN;
    var stage = scenario.stage("only", 60);
    stage.millis = 10_000;
    stage.stuckOnce.set(0);
    stage.timeouts = timeouts(share);
    return scenario;
  }

  static Timeouts timeouts(BigDecimal share) {
    var usual = Timeouts.DEFAULT;
    return new Timeouts(
        usual.negotiate(), usual.deploy(), usual.transfer(), usual.run(), share, usual.idle());
  }

  private RunEvent.RunFinished end(SimulatedRun run) {
    return run.listen(events::add).run();
  }

  /**
   * All the others are done in some 120 seconds. The stuck one is given up after 300 % of the
   * median of 11 seconds and the ten until its script says so, and takes ten more elsewhere.
   */
  @Test
  void aStallOfTheFirstWaveHoldsARunNoLongerThanTheShareOfTheMedian() {
    for (var seed = 0; seed < SEEDS; seed++) {
      events.clear();
      var run = new SimulatedRun(scenario(seed, BigDecimal.valueOf(3)));
      assertThat(end(run).exitCode()).isZero();

      var given = failedScripts();
      assertThat(given).as("seed %d", seed).hasSize(1);
      assertThat(given.get(0).milliseconds()).isBetween(3 * 9000L, 3 * 13_000L + 10_000);
      assertThat(run.elapsed()).as("seed %d", seed).isLessThan(Duration.ofMinutes(4));
    }
  }

  @Test
  void withoutAShareItHoldsTheRunForAsLongAsTheClock() {
    var run = new SimulatedRun(scenario(1, null));
    assertThat(end(run).exitCode()).isZero();
    assertThat(run.elapsed()).isGreaterThan(Timeouts.DEFAULT.run());
  }

  /** What shared its script was not at fault: it is neither counted as lost nor as failed. */
  @Test
  void onlyTheFragmentThatDoesNotEndIsBlamed() {
    var scenario = scenario(3, BigDecimal.valueOf(3));
    scenario.local = true;
    var stage = scenario.stages.get(0);
    stage.fragments = 200;
    stage.millis = 100;
    var run = new SimulatedRun(scenario);
    assertThat(end(run).exitCode()).isZero();

    var script = failedScripts().get(0);
    assertThat(script.failed()).extracting(RunEvent.AttemptFailure::fragment).containsExactly(0);
    assertThat(script.failed().get(0).failure().kind()).isEqualTo(FailureKind.DEADLINE);
    assertThat(script.failure().message()).contains("a fragment in it");
    var started = all(RunEvent.BatchStarted.class).get(script.batch());
    assertThat(started.fragments().size()).isGreaterThan(1);
    assertThat(all(RunEvent.FragmentRequeued.class))
        .allSatisfy(again -> assertThat(again.attempt()).isEqualTo(again.fragment() == 0 ? 2 : 1));
  }

  /** The copy is the second attempt, and no third is queued beside it. */
  @Test
  void aFragmentWithACopyIsNotQueuedOnceMore() {
    var both = 0;
    for (var seed = 0; seed < SEEDS; seed++) {
      events.clear();
      var scenario = scenario(seed, BigDecimal.valueOf(7));
      scenario.stages.get(0).speculate = true;
      assertThat(end(new SimulatedRun(scenario)).exitCode()).isZero();
      if (!failedScripts().isEmpty() && !all(RunEvent.FragmentsCopied.class).isEmpty()) {
        both++;
        assertThat(all(RunEvent.BatchStarted.class))
            .filteredOn(script -> script.fragments().contains(0))
            .as("seed %d", seed)
            .hasSize(2);
      }
    }
    assertThat(both).isPositive();
  }

  /** It is tried as often as any program that fails, whoever ended it. */
  @Test
  void aFragmentThatNeverEndsIsGivenUpAfterItsAttempts() {
    var scenario = scenario(1, BigDecimal.valueOf(3));
    var stage = scenario.stages.get(0);
    stage.retry = Scenario.retry(1);
    var end = end(new SimulatedRun(scenario));
    assertThat(end.failure().kind()).isEqualTo(FailureKind.DEADLINE);
    assertThat(all(RunEvent.FragmentFailed.class)).hasSize(1);
    assertThat(all(RunEvent.FragmentFailed.class).get(0).failure())
        .isEqualTo(Failure.of(FailureKind.DEADLINE, "too long"));
  }

  /** What the first scripts took is not what later ones do: they had more to prepare. */
  @Test
  void aLimitThatHasBecomeMuchTooLongIsShortened() {
    var stage = new StageState(0, scenario(1, BigDecimal.valueOf(3)).setups().get(0));
    stage.sentWith(stage.fragmentLimit());
    for (var i = 0; i < 4; i++) {
      stage.took(Duration.ofMinutes(5), 1, null);
    }
    assertThat(stage.outgrown()).isFalse();
    stage.took(Duration.ofMinutes(5), 1, null);
    assertThat(stage.outgrown()).isTrue();
    assertThat(stage.fragmentLimit()).isEqualTo(Duration.ofMinutes(15));

    stage.longestLimit = stage.fragmentLimit();
    for (var i = 0; i < 5; i++) {
      stage.took(Duration.ofSeconds(10), 1, null);
      assertThat(stage.outgrown()).isFalse();
    }
    stage.took(Duration.ofSeconds(10), 1, null);
    assertThat(stage.outgrown()).isTrue();
  }

  @Test
  void aShareThatIsLongerThanTheClockLengthensNothing() {
    var stage = new StageState(0, scenario(1, BigDecimal.valueOf(3)).setups().get(0));
    stage.sentWith(stage.fragmentLimit());
    for (var i = 0; i < 5; i++) {
      stage.took(Duration.ofMinutes(40), 1, null);
    }
    assertThat(stage.outgrown()).isFalse();
  }

  private List<RunEvent.BatchFinished> failedScripts() {
    return all(RunEvent.BatchFinished.class).stream().filter(e -> !e.failed().isEmpty()).toList();
  }

  private <E extends RunEvent> List<E> all(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
