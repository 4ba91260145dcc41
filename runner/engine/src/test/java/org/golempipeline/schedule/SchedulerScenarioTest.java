package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.junit.jupiter.api.Test;

class SchedulerScenarioTest {
  private final List<RunEvent> events = new ArrayList<>();

  private SimulatedRun simulate(Scenario scenario) {
    return new SimulatedRun(scenario).listen(events::add);
  }

  private RunEvent.RunFinished end(Scenario scenario) {
    return simulate(scenario).run();
  }

  private static Scenario honest(long seed, int providers) {
    return new Scenario(seed).providers(Persona.HONEST, providers);
  }

  private <E extends RunEvent> List<E> all(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void runsEveryFragmentOnce() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 1000);
    var run = simulate(scenario);
    var end = run.run();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsDone()).isEqualTo(1000);
    assertThat(run.rules.fed(0)).isEqualTo(1000);
  }

  @Test
  void sendsManyShortFragmentsInFewScripts() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 10_000).millis = 1;
    assertThat(end(scenario).exitCode()).isZero();
    assertThat(all(RunEvent.BatchStarted.class)).hasSizeLessThan(60);
  }

  /** Many workers wait for each other's scripts: shorter ones would only make that longer. */
  @Test
  void scriptsThatWaitForTheirTurnDoNotGetShorter() {
    assertThat(end(crowded(200, 2000, 1000, 7000)).exitCode()).isZero();
    assertThat(all(RunEvent.BatchStarted.class)).hasSizeLessThan(850);
    assertThat(all(RunEvent.BatchStarted.class))
        .filteredOn(script -> script.fragments().size() == 1)
        .hasSizeLessThan(200);
  }

  /** What takes less than a tick of the machines' clock is no reason for scripts without end. */
  @Test
  void fragmentsThatTakeNoTimeAreShared() {
    assertThat(end(crowded(100, 200_000, 1, 1)).exitCode()).isZero();
    assertThat(all(RunEvent.BatchStarted.class))
        .allSatisfy(script -> assertThat(script.fragments().size()).isLessThanOrEqualTo(1500))
        .hasSizeGreaterThan(130);
  }

  private static Scenario crowded(int workers, int fragments, double millis, long scriptMillis) {
    var scenario = honest(1, workers);
    scenario.workers = workers;
    var stage = scenario.stage("stage0", fragments);
    stage.millis = millis;
    stage.scriptMillis = scriptMillis;
    return scenario;
  }

  /** Half of the result is enough; what a liar made of it is not among that. */
  @Test
  void asksUntilAboutWhatCountsWhileAuditsGoOn() {
    var withdrawn = 0;
    for (var seed = 0; seed < 20; seed++) {
      events.clear();
      var scenario = honest(seed, 6).providers(Persona.LYING, 2);
      scenario.workers = 6;
      scenario.lieShare = 0.3;
      var stage = scenario.stage("stage0", 200);
      stage.millis = 500;
      stage.verify = new Verify(1, new BigDecimal("0.1"), false, Comparison.BYTES);
      stage.enough = new Enough(null, null, new ShellText("true", Range.START));
      var run = simulate(scenario);
      assertThat(run.run().exitCode()).as("seed %d", seed).isZero();
      assertThat(all(RunEvent.StageEnough.class)).hasSize(1);
      assertThat(run.rules.fed(0)).isBetween(100, 180);
      withdrawn += run.rules.banned();
    }
    assertThat(withdrawn).isPositive();
  }

  @Test
  void runsAStageThatFollowsBeforeTheFirstIsFinished() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 400);
    scenario.follower("stage1", 0, 3);
    var run = simulate(scenario);
    assertThat(run.run().exitCode()).isZero();
    assertThat(run.rules.fed(1)).isEqualTo(1200);
    var firstOfSecond =
        all(RunEvent.BatchStarted.class).stream()
            .filter(batch -> batch.stage().equals("stage1"))
            .findFirst()
            .orElseThrow();
    assertThat(events.indexOf(firstOfSecond))
        .isLessThan(events.indexOf(all(RunEvent.StageFinished.class).get(0)));
  }

  @Test
  void endsAFragmentThatFailsAlikeOnTwoProviders() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 10).doomed.set(4);
    assertThat(end(scenario).exitCode()).isEqualTo(1);
    var failed = all(RunEvent.FragmentFailed.class).get(0);
    assertThat(failed.attempts()).isEqualTo(2);
    assertThat(failed.fragment()).isEqualTo(4);
  }

  @Test
  void triesOnAnotherProviderEvenWithOneWorker() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 3).doomed.set(1);
    scenario.workers = 1;
    end(scenario);
    var providers = new TreeSet<String>();
    all(RunEvent.RentalOpened.class).forEach(opened -> providers.add(opened.providerId()));
    assertThat(providers).hasSize(2);
  }

  @Test
  void goesBackToTheOnlyProviderThereIs() {
    var scenario = honest(1, 1);
    scenario.stage("stage0", 3).doomed.set(1);
    scenario.workers = 1;
    assertThat(end(scenario).exitCode()).isEqualTo(1);
    assertThat(all(RunEvent.FragmentFailed.class)).hasSize(1);
  }

  @Test
  void toleratesAsManyFailuresAsAllowed() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 100);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, new BigDecimal("0.1"), false);
    for (var index = 0; index < 100; index += 11) {
      stage.doomed.set(index);
    }
    var run = simulate(scenario);
    var end = run.run();
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(end.fragmentsFailed()).isEqualTo(10);
    assertThat(end.fragmentsMissing()).isEqualTo(10);
    assertThat(all(RunEvent.PartMade.class))
        .containsExactly(
            new RunEvent.PartMade("stage0", FragmentSet.of(stage.doomed), List.of(), true));
    assertThat(run.rules.missing(0)).isEqualTo(10);
  }

  @Test
  void toleratesExactlyTheShare() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 100);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, new BigDecimal("0.29"), false);
    stage.doomed.set(0, 29);
    assertThat(end(scenario).fragmentsFailed()).isEqualTo(29);

    stage.doomed.set(29);
    var failure = end(scenario).failure();
    assertThat(failure).isNotNull();
    assertThat(failure.message())
        .isEqualTo("30 fragments of `stage0` failed, more than `retry.fail` tolerates.");
  }

  @Test
  void skipsWhatFollowsAFragmentThatFailed() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 20);
    stage.retry = new Retry(1, Duration.ofSeconds(1), 5, null, false);
    stage.doomed.set(7);
    scenario.follower("stage1", 0, 1);
    var run = simulate(scenario);
    var end = run.run();
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(end.fragmentsDone()).isEqualTo(19 + 19);
    assertThat(end.fragmentsFailed()).isEqualTo(1);
    assertThat(end.fragmentsMissing()).isEqualTo(2);
    assertThat(all(RunEvent.PartMade.class))
        .containsExactly(
            new RunEvent.PartMade("stage0", FragmentSet.of(7), List.of(), true),
            new RunEvent.PartMade("stage1", FragmentSet.of(7), List.of("stage0"), true));
    assertThat(run.rules.missing(1)).isEqualTo(1);
  }

  @Test
  void goesOnWhateverFails() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 50);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, null, true);
    stage.doomed.set(0, 49);
    scenario.stage("stage1", 10);
    scenario.stage("stage2", 10).reads = List.of();
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(end.failure()).isNull();
    assertThat(end.fragmentsMissing()).isEqualTo(49);
    assertThat(all(RunEvent.PartMade.class))
        .containsExactly(
            new RunEvent.PartMade("stage0", FragmentSet.range(0, 49), List.of(), true),
            new RunEvent.PartMade("stage1", FragmentSet.EMPTY, List.of("stage0"), true));
  }

  @Test
  void failsWhenNothingSucceeds() {
    for (var keepGoing : new boolean[] {false, true}) {
      events.clear();
      var scenario = honest(1, 4);
      var stage = scenario.stage("stage0", 5);
      stage.retry =
          new Retry(1, Duration.ofSeconds(1), null, keepGoing ? null : BigDecimal.ONE, keepGoing);
      stage.doomed.set(0, 5);
      scenario.follower("stage1", 0, 1);
      var end = end(scenario);
      assertThat(end.exitCode()).isEqualTo(1);
      assertThat(end.failure().message()).isEqualTo("No fragment of `stage0` succeeded.");
      assertThat(all(RunEvent.PublishStarted.class)).isEmpty();
    }
  }

  @Test
  void combinesTheLeavesThatAreThere() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 30);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, null, true);
    stage.doomed.set(10, 14);
    scenario.tree("tree", 4);
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(6);
    // The first group has ten leaves: the next four are a node of the second, which never comes.
    assertThat(all(RunEvent.PartMade.class))
        .extracting(RunEvent.PartMade::stage, part -> part.missing().size())
        .containsExactly(tuple("stage0", 4), tuple("tree", 1));
  }

  @Test
  void isDoneWithEnoughOfAStageAndSaysThatItIsAPart() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("stage0", 100);
    stage.enough = new Enough(null, new BigDecimal("0.5"), null);
    scenario.stage("stage1", 3);
    var end = end(scenario);
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsMissing()).isEqualTo(100 - end.fragmentsDone() + 3).isPositive();
    assertThat(all(RunEvent.PartMade.class))
        .extracting(RunEvent.PartMade::stage, RunEvent.PartMade::failed)
        .containsExactly(tuple("stage0", false), tuple("stage1", false));
  }

  @Test
  void endsInOrderWhenItIsInterruptedWhileItKeepsGoing() {
    var scenario = honest(1, 2);
    var stage = scenario.stage("stage0", 500);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, null, true);
    stage.doomed.set(0, 500);
    scenario.stopAfter = Duration.ofSeconds(2);
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(130);
    assertThat(all(RunEvent.PublishStarted.class)).isEmpty();
  }

  @Test
  void publishesNothingWhenTheBudgetEndsWhileItKeepsGoing() {
    var scenario = honest(1, 10).price("0.0001");
    var stage = scenario.stage("stage0", 100);
    stage.millis = 30_000;
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, null, true);
    stage.doomed.set(0, 3);
    scenario.local = false;
    scenario.workers = 5;
    scenario.budget = new BigDecimal("0.3");
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.BUDGET);
    assertThat(end.fragmentsDone()).isPositive();
    assertThat(all(RunEvent.PublishStarted.class)).isEmpty();
    assertThat(all(RunEvent.PartMade.class)).isEmpty();
  }

  @Test
  void publishesNothingWhenNobodyIsLeftToDecideWhileItKeepsGoing() {
    var scenario = new Scenario(1).providers(Persona.LYING, 1).providers(Persona.HONEST, 1);
    scenario.lieShare = 0.3;
    var stage = scenario.stage("stage0", 8);
    stage.verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    stage.retry = new Retry(1, Duration.ofSeconds(1), null, null, true);
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.MARKET);
    assertThat(all(RunEvent.PublishStarted.class)).isEmpty();
  }

  @Test
  void computesOneFragmentWithWhatItFollows() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 30);
    scenario.follower("stage1", 0, 2);
    scenario.tree("tree", 4).only = 5;
    var end = end(scenario);
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsMissing()).isZero();
    // Node 5 combines nodes 0 to 3, these 16 fragments of the stage before, and those 8 of the
    // first.
    assertThat(end.fragmentsDone()).isEqualTo(5 + 16 + 8);
  }

  @Test
  void cutsAStageAtItsFirstResult() {
    var scenario = honest(1, 4);
    var stage = scenario.stage("search", 1000);
    stage.result = Result.FIRST;
    stage.winners.set(20);
    var end = end(scenario);
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsDone()).isLessThan(500);
    assertThat(events).contains(new RunEvent.StageCut("search", 20));
  }

  @Test
  void failsWhenNothingIsFound() {
    var scenario = honest(1, 4);
    scenario.stage("search", 10).result = Result.FIRST;
    assertThat(end(scenario).exitCode()).isEqualTo(1);
  }

  @Test
  void stopsInsideTheBudget() {
    var scenario = honest(1, 8).price("0.0001");
    scenario.stage("stage0", 100).millis = 50_000;
    scenario.local = false;
    scenario.workers = 5;
    scenario.budget = new BigDecimal("0.3");
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.BUDGET);
    assertThat(end.fragmentsDone()).isBetween(10, 60);
  }

  @Test
  void runsWithinABudgetThatWouldNotPayForTheLongestClocks() {
    var scenario = honest(1, 4).price("0.0001");
    scenario.stage("stage0", 100);
    scenario.local = false;
    scenario.budget = new BigDecimal("0.2");
    assertThat(end(scenario).exitCode()).isZero();
  }

  @Test
  void beginsNothingThatTheBudgetCannotPay() {
    var scenario = honest(1, 4).price("0.001");
    scenario.stage("stage0", 100);
    scenario.local = false;
    scenario.budget = new BigDecimal("0.2");
    assertThat(end(scenario).exitCode()).isEqualTo(3);
    assertThat(all(RunEvent.BatchStarted.class)).isEmpty();
  }

  /** A machine needs 0.03 GLM at a time: one that is rented is put to work. */
  @Test
  void rentsAsManyAsTheBudgetFeedsAndNoMore() {
    var scenario = honest(1, 8).price("0.0001");
    scenario.stage("stage0", 60).millis = 20_000;
    scenario.local = false;
    scenario.workers = 5;
    scenario.budget = new BigDecimal("0.14");
    var end = end(scenario);
    var rented = all(RunEvent.RentalOpened.class).stream().map(RunEvent.RentalOpened::providerId);
    assertThat(end.providers()).isGreaterThan(1).isEqualTo((int) rented.distinct().count());
  }

  /** Who has more threads than are asked for is reckoned with all of them only once it bills so. */
  @Test
  void aMachineThatBillsMoreThanWasAskedForIsReckonedWithAll() {
    var policy = Policy.golem(1, BigDecimal.ONE, false, 0, Duration.ofHours(3));
    var budget = new Budget(policy);
    var rental = new RentalState(0, 0, false, Scenario.START);
    rental.opened = true;
    rental.rate = new BigDecimal("0.0001");
    rental.fullRate = new BigDecimal("0.0064");
    budget.keptUntil(rental, Scenario.START.plusSeconds(60));
    assertThat(rental.committed).isEqualByComparingTo("0.03");
    var later = Scenario.START.plusSeconds(30);
    budget.billed(rental, new BigDecimal("0.003"), later);
    assertThat(rental.committed).isEqualByComparingTo("0.03");
    budget.billed(rental, new BigDecimal("0.15"), later);
    assertThat(rental.committed).isEqualByComparingTo("1.92");
    assertThat(budget.passed()).isTrue();
  }

  @Test
  void threeProvidersThatSayTheSameOfAnImageAreRight() {
    var decisions = new Decisions();
    var setbacks =
        new Setbacks(decisions, Policy.golem(5, BigDecimal.ONE, false, 0, Duration.ZERO));
    decisions.begin(Scenario.START);
    for (var provider : List.of("p1", "p2", "p1", "p3")) {
      assertThat(decisions.stopping()).isFalse();
      setbacks.imageFailed(
          new RunEvent.StartFailed(
              provider,
              provider,
              "img",
              true,
              "Could not deploy the image: 404 of /home/" + provider + "."));
    }
    assertThat(decisions.failure().kind()).isEqualTo(FailureKind.COMMAND);
    assertThat(decisions.failure().message())
        .startsWith("Image `img` is at fault. 3 providers say: Could not deploy the image: 404")
        .endsWith("4 agreements were made for it, and ended.");
  }

  @Test
  void anImageThatStartedSomewhereIsNotAtFault() {
    var decisions = new Decisions();
    var setbacks =
        new Setbacks(decisions, Policy.golem(5, BigDecimal.ONE, false, 0, Duration.ZERO));
    decisions.begin(Scenario.START);
    setbacks.imageStarted("img");
    for (var provider : List.of("p1", "p2", "p3", "p4")) {
      setbacks.imageFailed(new RunEvent.StartFailed(provider, provider, "img", true, "No."));
    }
    assertThat(decisions.stopping()).isFalse();
  }

  @Test
  void movesOnBeforeAgreementsEnd() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 200).millis = 300_000;
    scenario.rentalLife = Duration.ofHours(4);
    var run = simulate(scenario);
    assertThat(run.run().exitCode()).isZero();
    assertThat(run.elapsed()).isGreaterThan(Duration.ofHours(8));
    assertThat(all(RunEvent.RentalOpened.class)).hasSizeGreaterThan(4);
  }

  @Test
  void endsWhenTheMarketIsEmpty() {
    var scenario = new Scenario(1);
    scenario.stage("stage0", 10);
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.MARKET);
  }

  @Test
  void finishesAStageWithoutFragments() {
    var scenario = honest(1, 4);
    scenario.stage("stage0", 0);
    scenario.stage("stage1", 3);
    assertThat(end(scenario).exitCode()).isZero();
  }

  @Test
  void rentsNothingWhenEverythingIsReused() {
    var scenario = honest(1, 4);
    scenario.reuse = true;
    scenario.stage("stage0", 5000).cached.set(0, 5000);
    scenario.follower("stage1", 0, 2).cached.set(0, 10_000);
    assertThat(end(scenario).exitCode()).isZero();
    assertThat(all(RunEvent.AllocationRequested.class)).isEmpty();
    assertThat(all(RunEvent.RentalRequested.class)).isEmpty();
  }

  @Test
  void outlastsADaemonThatRestarts() {
    var scenario = honest(1, 8);
    scenario.local = false;
    scenario.stage("stage0", 60).millis = 10_000;
    scenario.outages.add(new Scenario.Outage(Duration.ofSeconds(40), Duration.ofSeconds(100)));
    assertThat(end(scenario).exitCode()).isZero();
  }

  @Test
  void givesUpADaemonThatStaysAway() {
    var scenario = honest(1, 8);
    scenario.local = false;
    scenario.stage("stage0", 60).millis = 10_000;
    scenario.outages.add(new Scenario.Outage(Duration.ofSeconds(40), Duration.ofHours(9)));
    var run = simulate(scenario);
    assertThat(run.run().failure().kind()).isEqualTo(FailureKind.YAGNA);
    assertThat(run.elapsed()).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void givesUpWhereNoMachineCanStart() {
    var scenario = new Scenario(1).providers(Persona.CRASHING, 20);
    scenario.mischief = 1;
    scenario.stage("stage0", 10);
    var end = end(scenario);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.failure().message()).startsWith("10 providers in a row failed");
  }

  @Test
  void looksForAnotherOperatorWhenOneHasAllTheMachinesAtHand() {
    var scenario = new Scenario(1);
    for (var i = 0; i < 6; i++) {
      scenario.providers.add(new SimulatedProvider(i, Persona.HONEST, "the same wallet"));
    }
    scenario.providers(Persona.HONEST, 2);
    scenario.stage("stage0", 20).verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    assertThat(end(scenario).exitCode()).isZero();
  }

  @Test
  void keepsNoMachineIdleWhoseMoneyASecondOpinionNeeds() {
    var scenario = honest(1, 4).price("0.0001");
    scenario.stage("stage0", 4).verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    scenario.local = false;
    scenario.budget = new BigDecimal("0.05");
    var run = simulate(scenario);
    assertThat(run.run().exitCode()).isZero();
    assertThat(run.elapsed()).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void asksForOneMoreWithAllThatIsLeftWhereOnlyThatHelps() {
    var scenario = honest(1, 40).price("0.0001");
    scenario.stage("stage0", 8).verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    scenario.local = false;
    scenario.workers = 20;
    scenario.budget = new BigDecimal("0.12");
    var run = simulate(scenario);
    assertThat(run.run().exitCode()).isZero();
    assertThat(run.elapsed()).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void endsWhereNobodyIsLeftToDecideBetweenTwo() {
    var scenario = new Scenario(1).providers(Persona.LYING, 1).providers(Persona.HONEST, 1);
    scenario.lieShare = 1;
    scenario.workers = 2;
    scenario.stage("stage0", 8).verify = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    var run = simulate(scenario);
    assertThat(run.run().failure().kind()).isEqualTo(FailureKind.MARKET);
    assertThat(run.elapsed()).isLessThan(Duration.ofMinutes(1));
    assertThat(all(RunEvent.RentalOpened.class)).hasSizeLessThan(5);
  }
}
