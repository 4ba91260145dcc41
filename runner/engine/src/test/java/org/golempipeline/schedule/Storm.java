package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.schedule.Scenario.Outage;
import org.golempipeline.schedule.Scenario.Stage;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;

/** Makes of a seed a run in which everything goes wrong that may: stages, providers, faults. */
final class Storm {
  private static final Persona[] BAD = {
    Persona.VANISHING,
    Persona.STALLING,
    Persona.LYING,
    Persona.COLLUDING,
    Persona.CRASHING,
    Persona.FLAKY
  };

  private final Random random;
  private final Scenario scenario;

  private Storm(long seed) {
    this.random = new Random(seed * 0x9e3779b97f4a7c15L);
    this.scenario = new Scenario(seed);
  }

  static Scenario of(long seed) {
    var storm = new Storm(seed);
    storm.stages();
    storm.providers();
    storm.faults();
    storm.clocks(new Random(~seed));
    storm.money();
    storm.selection(new Random(seed * 0x9e3779b97f4a7c15L + 1));
    return storm.scenario;
  }

  private void stages() {
    scenario.local = chance(0.2);
    scenario.workers = 1 + random.nextInt(12);
    var number = 1 + random.nextInt(4);
    var longest = scenario.local ? 1000 : 40_000;
    for (var i = 0; i < number; i++) {
      var stage = stage(i, number);
      stage.millis = 20 * Math.pow(longest / 20.0, random.nextDouble());
      stage.speculate = chance(0.5);
      stage.retry =
          new Retry(
              2 + random.nextInt(5),
              Duration.ofSeconds(1 + random.nextInt(5)),
              chance(0.5) ? 1 + random.nextInt(5) : null,
              null,
              false);
      if (stage.retry.failCount() == null && chance(0.5)) {
        stage.retry = new Retry(1 + random.nextInt(3), Duration.ofSeconds(1), null, null, true);
      }
    }
    if (chance(0.3)) {
      reuse();
    }
    if (chance(0.08)) {
      scenario.stages.get(0).doomed.set(random.nextInt(Math.max(1, scenario.count(0))));
    }
  }

  private Stage stage(int i, int number) {
    var kind = i == 0 ? 0 : random.nextInt(5);
    var name = "stage" + i;
    if (kind >= 3) {
      return scenario.follower(name, i - 1, 1 + random.nextInt(3));
    } else if (kind == 2) {
      return scenario.tree(name, 2 + random.nextInt(6));
    }
    var stage = scenario.stage(name, random.nextInt(chance(0.1) ? 400 : 80));
    stage.verify = chance(0.35) ? verify() : null;
    stage.enough = chance(0.15) ? enough() : null;
    if (i == number - 1 && stage.enough == null && chance(0.3)) {
      stage.result = Result.FIRST;
      stage.fragments++;
      stage.winners.set(random.nextInt(stage.fragments));
      stage.verify =
          stage.verify == null
              ? new Verify(2, BigDecimal.ZERO, false, Comparison.BYTES)
              : stage.verify;
    }
    return stage;
  }

  private Verify verify() {
    var copies = chance(0.4);
    var share = BigDecimal.valueOf(5 + random.nextInt(25), 2);
    return new Verify(
        copies ? 2 + random.nextInt(2) : 1,
        copies ? BigDecimal.ZERO : share,
        !copies && chance(0.3),
        Comparison.BYTES);
  }

  private Enough enough() {
    var until = chance(0.5) ? new ShellText("true", Range.START) : null;
    var share = chance(0.7) ? BigDecimal.valueOf(10 + random.nextInt(90), 2) : null;
    return new Enough(share == null && (until == null || chance(0.5)) ? 5 : null, share, until);
  }

  private void reuse() {
    scenario.reuse = true;
    for (var i = 0; i < scenario.stages.size(); i++) {
      var share = chance(0.4) ? 1 : random.nextDouble();
      for (var index = 0; index < scenario.count(i); index++) {
        if (chance(share) && !scenario.stages.get(i).doomed.get(index)) {
          scenario.stages.get(i).cached.set(index);
        }
      }
    }
  }

  private void providers() {
    var good = scenario.workers + 6 + random.nextInt(6);
    for (var i = 0; i < good; i++) {
      scenario.providers(
          chance(0.7) ? Persona.HONEST : chance(0.5) ? Persona.SLOW : Persona.HEAVY_TAILED, 1);
    }
    var bad = random.nextInt(1 + good / 2);
    for (var i = 0; i < bad; i++) {
      scenario.providers(BAD[random.nextInt(BAD.length)], 1);
    }
    scenario.mischief = 0.1 + 0.4 * random.nextDouble();
    scenario.lieShare = 0.1 + 0.9 * random.nextDouble();
  }

  private void faults() {
    scenario.duplicates = chance(0.5) ? 0.1 : 0;
    scenario.late = chance(0.5) ? 0.3 : 0;
    var expected = 5000 + (int) (scenario.work() / scenario.workers);
    for (var i = chance(0.2) ? 1 + random.nextInt(2) : 0; i > 0; i--) {
      var from = Duration.ofMillis(random.nextInt(expected));
      var length = scenario.local ? 500 + random.nextInt(4000) : 5000 + random.nextInt(60_000);
      scenario.outages.add(new Outage(from, from.plusMillis(length)));
    }
    if (chance(0.15)) {
      scenario.stopAfter = Duration.ofMillis(random.nextInt(2 * expected));
    }
  }

  /** Drawn apart, so that the rest of a storm is the same without it. */
  private void clocks(Random random) {
    for (var stage : scenario.stages) {
      if (random.nextDouble() < 0.3) {
        stage.timeouts =
            new Timeouts(
                Timeouts.DEFAULT.negotiate(),
                Timeouts.DEFAULT.deploy(),
                Timeouts.DEFAULT.transfer(),
                Timeouts.DEFAULT.run(),
                BigDecimal.valueOf(2 + random.nextInt(5)),
                Timeouts.DEFAULT.idle());
      }
    }
    if (random.nextDouble() < 0.3) {
      scenario.providers(Persona.STUCK, 1 + random.nextInt(3));
    }
  }

  /** The last stage is the only one that nobody reads; also drawn apart. */
  private void selection(Random random) {
    var last = scenario.stages.size() - 1;
    var count = scenario.count(last);
    if (count > 0 && random.nextDouble() < 0.1) {
      scenario.stages.get(last).only = random.nextInt(count);
    }
  }

  private void money() {
    if (scenario.local) {
      return;
    }
    for (var provider : scenario.providers) {
      provider.rate = BigDecimal.valueOf(5 + random.nextInt(20), 6);
      provider.start = chance(0.3) ? BigDecimal.valueOf(random.nextInt(10), 4) : BigDecimal.ZERO;
    }
    scenario.scarce = chance(0.2);
    var price = scenario.work() / 1000 * 0.000025;
    scenario.budget =
        scenario.scarce
            ? BigDecimal.valueOf(0.01 + 2 * price * random.nextDouble())
            : BigDecimal.valueOf(2 + 40 * price);
  }

  private boolean chance(double share) {
    return random.nextDouble() < share;
  }
}
