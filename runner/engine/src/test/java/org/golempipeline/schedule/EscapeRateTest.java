package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Verify;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How many lies end up in results, over 50 runs each of 400 fragments on 10 of 30 providers, a part
 * of which make up 30 % of what they return, each alone or all of them the same.
 *
 * <p>With two copies, liars on their own never agree, so none gets through. Friends get through
 * when they are the first two of three different machines to agree: with a share c of the machines
 * that is c² + 2c²(1 - c), and no more than 30 % of the fragments are lied about. Runs stop where
 * so many contradict each other that the command itself must be random; what they used is not
 * published and does not count.
 *
 * <p>With audits the lies of one liar that are used are at the most {@link #worst} on average.
 */
class EscapeRateTest {
  private static final int PROVIDERS = 30;
  private static final int FRAGMENTS = 400;
  private static final int RUNS = 50;
  private static final double LIE_SHARE = 0.3;

  static List<Arguments> liars() {
    var liars = new ArrayList<>(List.of(Arguments.of(Persona.LYING, 0)));
    for (var persona : List.of(Persona.LYING, Persona.COLLUDING)) {
      for (var percent = 10; percent <= 40; percent += 10) {
        liars.add(Arguments.of(persona, percent));
      }
    }
    return liars;
  }

  /**
   * How many false results of one liar are used, on average, if it stops at the number that suits
   * it best: those it gets away with, and those that friends vouched for before it was noticed.
   */
  private static double worst(double share, double friends) {
    var bound = new AuditBound(share, friends);
    var best = LongStream.range(1, 2000).mapToDouble(lies -> lies * bound.unnoticed(lies)).max();
    return best.orElseThrow() + friends * (2 - friends) / ((1 - friends) * (1 - friends));
  }

  @ParameterizedTest
  @MethodSource("liars")
  void staysBelowTheBoundWithAudits(Persona persona, int percent) {
    var audit = new Verify(1, new BigDecimal("0.05"), false, Comparison.BYTES);
    var friends = persona == Persona.COLLUDING ? percent / 100.0 : 0;
    var worst = worst(0.05, friends);
    measure("audit: 5%", audit, persona, percent, liars -> liars * worst);
  }

  @ParameterizedTest
  @MethodSource("liars")
  void staysBelowTheBoundWithCopies(Persona persona, int percent) {
    var copies = new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES);
    var c = persona == Persona.COLLUDING ? percent / 100.0 : 0;
    var bound = FRAGMENTS * LIE_SHARE * (c * c + 2 * c * c * (1 - c));
    measure("copies: 2", copies, persona, percent, liars -> bound);
  }

  /**
   * Measures how many lies are used in a run, on average over those that complete.
   *
   * @param bound by the number of liars that worked, on average
   */
  private static void measure(
      String how, Verify verify, Persona persona, int percent, DoubleUnaryOperator bound) {
    var working = 0;
    var lies = 0;
    var completed = 0;
    var banned = 0;
    for (var seed = 0; seed < RUNS; seed++) {
      var liars = PROVIDERS * percent / 100;
      var scenario = new Scenario(seed * 1000L + percent);
      scenario.providers(persona, liars).providers(Persona.HONEST, PROVIDERS - liars);
      scenario.workers = 10;
      scenario.local = false;
      scenario.lieShare = LIE_SHARE;
      var stage = scenario.stage("stage0", FRAGMENTS);
      stage.millis = 1000;
      stage.verify = verify;
      var seen = new HashSet<String>();
      var run = new SimulatedRun(scenario).listen(event -> see(event, seen));
      if (run.run().exitCode() == 0) {
        completed++;
        lies += run.rules.lies(0);
        for (var i = 0; i < liars; i++) {
          working += seen.contains("p" + i) ? 1 : 0;
        }
      }
      banned += run.rules.banned();
    }
    assertThat(completed).isGreaterThan(RUNS / 3);
    var average = (double) lies / completed;
    var most = bound.applyAsDouble((double) working / completed);
    System.out.printf(
        Locale.ROOT,
        "%-10s %2d %% %-9s %6.2f lies used in a run, bound %6.2f, %5.1f banned, %d of %d runs end well%n",
        how,
        percent,
        persona.name().toLowerCase(Locale.ROOT),
        average,
        most,
        (double) banned / RUNS,
        completed,
        RUNS);
    assertThat(average).isLessThanOrEqualTo(most);
  }

  private static void see(RunEvent event, Set<String> providers) {
    if (event instanceof RunEvent.RentalOpened opened) {
      providers.add(opened.providerId());
    }
  }
}
