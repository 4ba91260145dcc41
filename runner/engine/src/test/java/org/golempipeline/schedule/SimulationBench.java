package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.util.Locale;
import org.golempipeline.schedule.SimulatedProvider.Persona;

/**
 * One simulated run of a million fragments on ten thousand providers, some of them bad, to see what
 * the scheduler itself costs. Started by {@code runner/bench/simulate.sh}.
 */
final class SimulationBench {
  private SimulationBench() {}

  public static void main(String[] arguments) {
    var providers = Integer.parseInt(arguments[0]);
    var fragments = Integer.parseInt(arguments[1]);
    var scenario =
        new Scenario(1)
            .providers(Persona.VANISHING, providers / 50)
            .providers(Persona.STALLING, providers / 50)
            .providers(Persona.FLAKY, providers / 50)
            .providers(Persona.SLOW, providers / 50);
    scenario.providers(Persona.HONEST, providers + providers / 10 - scenario.providers.size());
    scenario.price("0.00001");
    scenario.workers = providers;
    scenario.local = false;
    scenario.mischief = 0.02;
    scenario.budget = BigDecimal.valueOf(1_000_000);
    var stage = scenario.stage("stage0", fragments);
    stage.millis = 10_000;
    stage.speculate = true;
    stage.retry = Scenario.retry(10);
    var begin = System.nanoTime();
    var run = new SimulatedRun(scenario);
    var end = run.run();
    var seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d fragments on %,d providers: %.1f s, %,d messages, %,d events, %.1f µs a message%n"
            + "in virtual time %s, with endless providers %s; %d setbacks; exit code %d%n",
        fragments,
        providers,
        seconds,
        run.messages,
        run.events,
        seconds * 1e6 / run.messages,
        run.elapsed(),
        java.time.Duration.ofMillis((long) (scenario.work() / providers)),
        run.network.setbacks,
        end.exitCode());
    if (end.exitCode() != 0) {
      throw new AssertionError(end);
    }
  }
}
