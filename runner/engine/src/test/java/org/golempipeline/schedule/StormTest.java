package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.junit.jupiter.api.Test;

/**
 * Runs in which providers vanish, stall, lie and are slow, answers come late or twice, and the
 * daemon restarts. {@code -Dseeds=10000} after a change of the scheduler; {@code -Dseed=…} repeats
 * one of them and tells all of it.
 */
class StormTest {
  private static final int SEEDS = Integer.getInteger("seeds", 1_000);

  @Test
  void noStormBreaksTheRules() {
    var seed = Long.getLong("seed");
    if (seed != null) {
      weather(seed, true);
      return;
    }
    var failures = new ConcurrentSkipListMap<Long, Throwable>();
    LongStream.range(0, SEEDS)
        .parallel()
        .forEach(
            each -> {
              try {
                weather(each, false);
              } catch (Throwable e) {
                failures.put(each, e);
              }
            });
    if (!failures.isEmpty()) {
      var first = failures.firstEntry();
      fail(
          "%d of %d storms broke a rule, the first with seed %d: %s%n%nRepeat it with%n  %s",
          failures.size(), SEEDS, first.getKey(), first.getValue(), command(first.getKey()));
    }
  }

  /**
   * With honest providers a stage takes what its work takes on all workers, at worst 1.1 times, up
   * to two seconds for sending each script, eight for renting, and at the end two scripts more: the
   * last one of the slowest machine, and one that was sized when more was left.
   */
  @Test
  void honestProvidersAreKeptBusy() {
    for (var seed = 0L; seed < 200; seed++) {
      var random = new Random(seed);
      var scenario = new Scenario(seed).providers(Persona.HONEST, 30);
      scenario.local = false;
      scenario.workers = 1 + random.nextInt(20);
      scenario.stage("stage0", 1 + random.nextInt(1000)).millis = 100 + random.nextInt(20_000);
      var run = new SimulatedRun(scenario);
      assertThat(run.run().exitCode()).isZero();
      var script = Math.max(45_000, scenario.stages.get(0).millis) * 1.1 + 2000;
      var sending = 2000.0 * run.count(RunEvent.BatchStarted.class) / scenario.workers;
      var bound = 1.1 * scenario.work() / scenario.workers + sending + 8100 + 2 * script;
      assertThat(run.elapsed().toMillis()).as("seed %d", seed).isLessThan((long) bound);
    }
  }

  private static String command(long seed) {
    return "mvn -o -q test -pl runner/engine -Dtest=StormTest -Dseed=" + seed;
  }

  private static void weather(long seed, boolean told) {
    var run = new SimulatedRun(Storm.of(seed));
    if (told) {
      run.logTo(System.out::println);
    }
    explain(run, run.run());
  }

  /** A run that does not complete needs a reason that the scenario gave it. */
  private static void explain(SimulatedRun run, RunEvent.RunFinished end) {
    var scenario = run.scenario;
    var failure = end.failure();
    if (failure == null) {
      return;
    }
    var liars =
        scenario.providers.stream()
            .anyMatch(p -> p.persona == Persona.LYING || p.persona == Persona.COLLUDING);
    var explained =
        switch (failure.kind()) {
          case CANCELLED -> scenario.stopAfter != null;
          case BUDGET -> scenario.scarce;
          case COMMAND, PROVIDER, DEADLINE ->
              run.count(RunEvent.FragmentFailed.class) > 0
                  || liars && failure.message().startsWith("Every machine")
                  || liars && failure.message().contains("this machine computes something else")
                  || failure.message().contains("found a result") && mayFindNothing(run);
          case MARKET, PAYMENT, YAGNA -> false;
        };
    Rules.rule(explained, "nothing explains %s", end);
  }

  private static boolean mayFindNothing(SimulatedRun run) {
    var last = run.scenario.stages.size() - 1;
    var stage = run.scenario.stages.get(last);
    return stage.result == Result.FIRST && run.rules.missing(last) > 0;
  }
}
