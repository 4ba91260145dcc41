package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.stream.LongStream;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.spec.Retry;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulerScenarioTest {
  @Test
  void runsEveryFragmentOnce() {
    var simulation = new Simulation(1).stage("only", 1000);
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsDone()).isEqualTo(1000);
    assertThat(simulation.fed.get(0).cardinality()).isEqualTo(1000);
  }

  @Test
  void sendsManyShortFragmentsInFewScripts() {
    var simulation = new Simulation(1).stage("only", 10_000);
    simulation.fragmentTime = Duration.ofMillis(1);
    assertThat(simulation.run().exitCode()).isZero();
    assertThat(simulation.count(RunEvent.BatchStarted.class)).isLessThan(60);
  }

  @Test
  void neverWorksOnMoreMachinesThanAllowed() {
    var simulation = new Simulation(3).stage("only", 500);
    simulation.providers = 100;
    simulation.workers = 7;
    var open = 0;
    simulation.run();
    for (var event : simulation.events) {
      open += event instanceof RunEvent.RentalRequested ? 1 : 0;
      open -= event instanceof RunEvent.RentalClosed ? 1 : 0;
      assertThat(open).isLessThanOrEqualTo(7);
    }
  }

  @Test
  void runsAStageThatFollowsBeforeTheFirstIsFinished() {
    var simulation = new Simulation(1).stage("first", 400, Result.FILES, Retry.DEFAULT);
    simulation.follower("second", 0, 3);
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(simulation.fed.get(1).cardinality()).isEqualTo(1200);
    var firstOfSecond =
        simulation.events.stream()
            .filter(e -> e instanceof RunEvent.BatchStarted b && b.stage().equals("second"))
            .findFirst()
            .orElseThrow();
    var lastOfFirst =
        simulation.events.stream()
            .filter(e -> e instanceof RunEvent.StageFinished s && s.stage().equals("first"))
            .findFirst()
            .orElseThrow();
    assertThat(simulation.events.indexOf(firstOfSecond))
        .isLessThan(simulation.events.indexOf(lastOfFirst));
  }

  @Test
  void endsAFragmentThatFailsAlikeOnTwoProviders() {
    var simulation = new Simulation(1).stage("only", 10);
    simulation.exitCode = index -> index == 4 ? 3 : 0;
    var end = simulation.run();
    assertThat(end.exitCode()).isEqualTo(1);
    var failed =
        simulation.events.stream()
            .filter(RunEvent.FragmentFailed.class::isInstance)
            .map(RunEvent.FragmentFailed.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(failed.attempts()).isEqualTo(2);
    assertThat(failed.fragment()).isEqualTo(4);
  }

  @Test
  void triesOnAnotherProviderEvenWithOneWorker() {
    var simulation = new Simulation(1).stage("only", 3);
    simulation.workers = 1;
    simulation.exitCode = index -> index == 1 ? 3 : 0;
    simulation.run();
    var providers =
        simulation.events.stream()
            .filter(RunEvent.RentalOpened.class::isInstance)
            .map(e -> ((RunEvent.RentalOpened) e).providerId())
            .distinct();
    assertThat(providers).hasSize(2);
  }

  @Test
  void goesBackToTheOnlyProviderThereIs() {
    var simulation = new Simulation(1).stage("only", 3);
    simulation.workers = 1;
    simulation.providers = 1;
    simulation.exitCode = index -> index == 1 ? 3 : 0;
    var end = simulation.run();
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(simulation.count(RunEvent.FragmentFailed.class)).isEqualTo(1);
  }

  @Test
  void toleratesAsManyFailuresAsAllowed() {
    var retry = new Retry(1, Duration.ofSeconds(1), null, new BigDecimal("0.1"));
    var simulation = new Simulation(1).stage("only", 100, Result.FILE, retry);
    simulation.exitCode = index -> index % 11 == 0 ? 1 : 0;
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsFailed()).isEqualTo(10);
    assertThat(simulation.missing.get(0).cardinality()).isEqualTo(10);
  }

  @Test
  void skipsWhatFollowsAFragmentThatFailed() {
    var retry = new Retry(1, Duration.ofSeconds(1), 5, null);
    var simulation = new Simulation(1).stage("first", 20, Result.FILES, retry);
    simulation.follower("second", 0, 1);
    simulation.exitCode = index -> index == 7 ? 1 : 0;
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsDone()).isEqualTo(19 + 19);
    assertThat(end.fragmentsFailed()).isEqualTo(1);
    assertThat(simulation.missing.get(1).get(7)).isTrue();
  }

  @Test
  void cutsAStageAtItsFirstResult() {
    var simulation = new Simulation(1).stage("search", 1000, Result.FIRST, Retry.DEFAULT);
    simulation.wins = index -> index == 20;
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsDone()).isLessThan(500);
    assertThat(simulation.events).contains(new RunEvent.StageCut("search", 20));
  }

  @Test
  void failsWhenNothingIsFound() {
    var simulation = new Simulation(1).stage("search", 10, Result.FIRST, Retry.DEFAULT);
    assertThat(simulation.run().exitCode()).isEqualTo(1);
  }

  @Test
  void stopsInsideTheBudget() {
    var simulation = new Simulation(1).stage("only", 100);
    simulation.local = false;
    simulation.workers = 5;
    simulation.fragmentTime = Duration.ofSeconds(50);
    simulation.price = new BigDecimal("0.0001");
    simulation.budget = new BigDecimal("0.3");
    var end = simulation.run();
    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.BUDGET);
    assertThat(end.fragmentsDone()).isBetween(10, 60);
    assertThat(simulation.cost).isLessThanOrEqualTo(simulation.budget);
  }

  @Test
  void runsWithinABudgetThatWouldNotPayForTheLongestClocks() {
    var simulation = new Simulation(1).stage("only", 100);
    simulation.local = false;
    simulation.price = new BigDecimal("0.0001");
    simulation.budget = new BigDecimal("0.2");
    assertThat(simulation.run().exitCode()).isZero();
    assertThat(simulation.cost).isLessThanOrEqualTo(simulation.budget);
  }

  @Test
  void beginsNothingThatTheBudgetCannotPay() {
    var simulation = new Simulation(1).stage("only", 100);
    simulation.local = false;
    simulation.price = new BigDecimal("0.001");
    simulation.budget = new BigDecimal("0.2");
    assertThat(simulation.run().exitCode()).isEqualTo(3);
    assertThat(simulation.count(RunEvent.BatchStarted.class)).isZero();
  }

  @Test
  void movesOnBeforeAgreementsEnd() {
    var simulation = new Simulation(1).stage("only", 200);
    simulation.fragmentTime = Duration.ofMinutes(5);
    simulation.rentalLife = Duration.ofHours(4);
    var end = simulation.run();
    assertThat(end.exitCode()).isZero();
    assertThat(simulation.elapsed()).isGreaterThan(Duration.ofHours(8));
    assertThat(simulation.count(RunEvent.RentalOpened.class)).isGreaterThan(4);
  }

  @Test
  void endsWhenTheMarketIsEmpty() {
    var simulation = new Simulation(1).stage("only", 10);
    simulation.providers = 0;
    var end = simulation.run();
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.MARKET);
  }

  @Test
  void finishesAStageWithoutFragments() {
    var simulation = new Simulation(1).stage("empty", 0).stage("next", 3);
    assertThat(simulation.run().exitCode()).isZero();
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void survivesAStorm(long seed) {
    var simulation = new Simulation(seed).stage("first", 300, Result.FILES, Simulation.retry(6));
    simulation.follower("second", 0, 2).stage("third", 50);
    simulation.vanish = 0.1;
    simulation.crashOnRent = 0.2;
    simulation.flaky = 0.005;
    simulation.providers = 12;
    simulation.workers = 5;
    var end = simulation.run();
    if (end.exitCode() == 0) {
      assertThat(end.fragmentsDone()).isEqualTo(300 + 600 + 50);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void stopsAtAnyMomentAndLetsGoOfEverything(long seed) {
    var simulation = new Simulation(seed).stage("first", 300, Result.FILES, Retry.DEFAULT);
    simulation.follower("second", 0, 2).stage("third", 50);
    simulation.vanish = 0.05;
    simulation.stopAfter = Duration.ofMillis(seed * 100);
    var end = simulation.run();
    assertThat(end.exitCode()).isIn(0, 130, 4);
    assertThat(simulation.elapsed()).isLessThan(Duration.ofHours(1));
  }
}
