package org.golempipeline.cli.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunTimes;
import org.golempipeline.journal.RunTimes.Span;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.report.Words;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.Policy;
import org.golempipeline.spec.GolemTerms;
import org.golempipeline.spec.PipelineSpec;
import org.jspecify.annotations.Nullable;

/**
 * How long the rest of a pipeline will take and what it will cost, by what its fragments took in
 * earlier runs: as if every stage kept all machines busy to its end.
 */
final class Estimate {
  private static final double HOUR = 3_600_000;

  /** A machine that is not paid for so long is not rented. */
  private static final Duration LEAST =
      Policy.golem(1, BigDecimal.ONE, false, 0, Duration.ZERO).leastTime();

  private static final MathContext TWO_DIGITS = new MathContext(2, RoundingMode.UP);

  private final Plan plan;

  /** By stage, the fragments that are not to be computed again. */
  private final Map<String, Integer> kept;

  private final RunTimes here;
  private final RunTimes golem;

  private Estimate(Plan plan, Map<String, Integer> kept, RunTimes here, RunTimes golem) {
    this.plan = plan;
    this.kept = kept;
    this.here = here;
    this.golem = golem;
  }

  /**
   * A line for each place to run that there is something to say of.
   *
   * @param place the one that is meant; of the network something is always said
   * @param kept by stage, how many fragments a run would not compute again
   */
  static List<String> lines(
      Plan plan, Target place, Map<String, Integer> kept, RunHistories histories)
      throws IOException {
    var name = plan.spec().name();
    var estimate =
        new Estimate(
            plan,
            kept,
            RunTimes.read(histories, name, false),
            RunTimes.read(histories, name, true));
    var lines = new ArrayList<String>();
    if (place == Target.LOCAL) {
      estimate.onThisMachine(lines);
    }
    estimate.onGolem(lines);
    estimate.budget(lines);
    return lines;
  }

  private void onThisMachine(List<String> lines) {
    var workers = RunDefaults.workers(plan.spec(), Target.LOCAL);
    var work = work(here, workers);
    if (work != null && work.fragments() > 0) {
      lines.add(
          "estimate, on this machine: %s with %s, going by %s"
              .formatted(time(work), Words.count(workers, "worker"), earlier(here)));
    }
  }

  private void onGolem(List<String> lines) {
    var spec = plan.spec();
    if (spec.budget() == null) {
      return;
    }
    var workers = RunDefaults.workers(spec, Target.GOLEM);
    var seen = work(golem, workers);
    var work = seen == null ? work(here, workers) : seen;
    if (work == null || work.fragments() == 0) {
      return;
    }
    var text = new StringBuilder("estimate, on golem: ").append(time(work));
    text.append(" with ").append(Words.count(workers, "worker"));
    var prices = prices();
    if (prices != null) {
      var cost = cost(work, prices.start(), prices.hour());
      text.append(", ").append(glm(cost)).append(" at ").append(prices.origin());
      text.append(comparison(cost, spec.budget()));
    }
    text.append("; going by ");
    text.append(seen == null ? earlier(here) + " on this machine" : earlier(golem));
    lines.add(text.toString());
  }

  /** What the workers need at a time so that none is let go for want of money. */
  private void budget(List<String> lines) {
    var spec = plan.spec();
    var prices = listed();
    if (spec.budget() == null || prices == null) {
      return;
    }
    var workers = RunDefaults.workers(spec, Target.GOLEM);
    var each = prices.start().add(price(LEAST.toMillis(), prices.hour()));
    var needed = each.multiply(BigDecimal.valueOf(workers));
    if (each.signum() > 0) {
      var fed = spec.budget().divideToIntegralValue(each).min(BigDecimal.valueOf(workers));
      lines.add(
          "budget, on golem: %s for %s at a time, at %s; %s is enough for %s"
              .formatted(
                  glm(needed),
                  Words.count(workers, "worker"),
                  prices.origin(),
                  Words.glm(spec.budget()),
                  needed.compareTo(spec.budget()) <= 0 ? "that" : fed.toPlainString()));
    }
  }

  /**
   * What {@code kept} makes a run take and cost; null if nothing is known.
   *
   * @param without the run itself
   */
  static @Nullable String expected(
      Plan plan, Map<String, Integer> kept, int workers, RunHistories histories, String without)
      throws IOException {
    var name = plan.spec().name();
    var golem = RunTimes.readBefore(histories, without, name, true);
    var estimate = new Estimate(plan, kept, golem, golem);
    var work = estimate.work(golem, workers);
    var prices = estimate.prices();
    if (work == null || work.fragments() == 0 || prices == null) {
      return null;
    }
    return duration(work.wall().middle())
        + " and "
        + glm(cost(work, prices.start(), prices.hour()).middle());
  }

  /** What is to be reckoned with; null if nothing is known of it. */
  private @Nullable Prices prices() {
    var rented = golem.rental().orElse(null);
    var billed = golem.billedPerHour().orElse(null);
    return rented != null && billed != null
        ? new Prices(rented.startPrice(), billed, "what earlier runs paid")
        : listed();
  }

  /** As if as many threads as are asked for were busy; null if nothing is known. */
  private @Nullable Prices listed() {
    var rented = golem.rental().orElse(null);
    return rented == null
        ? highest(plan.spec())
        : new Prices(
            rented.startPrice(), RunTimes.perHour(rented, threads()), "prices of earlier runs");
  }

  private static String earlier(RunTimes times) {
    return Words.count(times.runs(), "earlier run");
  }

  /**
   * What is to be computed.
   *
   * @param machines milliseconds of all machines together
   * @param wall milliseconds on a clock on the wall
   * @param workers that get anything to do
   */
  private record Work(long fragments, Span<Double> machines, Span<Double> wall, int workers) {}

  /** Null if it is not known of every stage. */
  private @Nullable Work work(RunTimes times, int workers) {
    var fragments = 0L;
    var busiest = 0L;
    var machines = new double[3];
    var wall = new double[3];
    for (var stage : plan.stages()) {
      var left = left(stage, times);
      if (left == 0) {
        continue;
      }
      var each = times.fragment(stage.name().value()).orElse(null);
      if (left < 0 || each == null) {
        return null;
      }
      var all = left * repeated(stage);
      fragments += left;
      busiest = Math.max(busiest, Math.min(workers, (long) Math.ceil(all)));
      var rounds = Math.max(1, all / workers);
      var spans = new double[] {each.low(), each.middle(), each.high()};
      for (var i = 0; i < spans.length; i++) {
        machines[i] += all * spans[i];
        wall[i] += rounds * spans[i];
      }
    }
    var start = times.start().toMillis();
    for (var i = 0; i < wall.length; i++) {
      machines[i] += busiest * start;
      wall[i] += start;
    }
    return new Work(
        fragments,
        new Span<>(machines[0], machines[1], machines[2]),
        new Span<>(wall[0], wall[1], wall[2]),
        (int) busiest);
  }

  /** How many fragments of a stage a run would compute; negative if nobody knows. */
  private int left(StagePlan stage, RunTimes times) {
    var name = stage.name().value();
    var known = stage.fragments();
    var count = known.isPresent() ? known.get().count() : times.count(name).orElse(-1);
    return count < 0 ? -1 : Math.max(0, count - kept.getOrDefault(name, 0));
  }

  /** How often a fragment is computed, on the average. */
  private static double repeated(StagePlan stage) {
    var verify = stage.spec().verify();
    if (verify == null || verify.local()) {
      return 1;
    }
    return verify.copies() > 1 ? verify.copies() : 1 + verify.audit().doubleValue();
  }

  private static Span<BigDecimal> cost(Work work, BigDecimal start, BigDecimal hour) {
    var starts = start.multiply(BigDecimal.valueOf(work.workers()));
    return new Span<>(
        starts.add(price(work.machines().low(), hour)),
        starts.add(price(work.machines().middle(), hour)),
        starts.add(price(work.machines().high(), hour)));
  }

  private static BigDecimal price(double milliseconds, BigDecimal hour) {
    return hour.multiply(BigDecimal.valueOf(milliseconds / HOUR));
  }

  /**
   * GLM for a start and for an hour.
   *
   * @param origin where they come from, for people
   */
  private record Prices(BigDecimal start, BigDecimal hour, String origin) {}

  private int threads() {
    return plan.stages().stream()
        .mapToInt(stage -> stage.spec().resources().threads())
        .max()
        .orElse(1);
  }

  /** Null if the file leaves one open. */
  private @Nullable Prices highest(PipelineSpec spec) {
    GolemTerms terms = spec.golem();
    var cpu = terms.cpuPrice();
    var env = terms.envPrice();
    var start = terms.startPrice();
    if (cpu == null || env == null || start == null) {
      return null;
    }
    return new Prices(
        start,
        cpu.multiply(BigDecimal.valueOf(threads())).add(env),
        "the highest prices that the file allows");
  }

  private static String time(Work work) {
    return "%s (%s to %s)"
        .formatted(
            duration(work.wall().middle()),
            duration(work.wall().low()),
            duration(work.wall().high()));
  }

  private static String duration(double milliseconds) {
    return Words.duration(Duration.ofMillis(Math.round(milliseconds)));
  }

  private static String glm(Span<BigDecimal> cost) {
    return "%s (%s to %s)".formatted(glm(cost.middle()), glm(cost.low()), glm(cost.high()));
  }

  private static String glm(BigDecimal amount) {
    return Words.glm(amount.round(TWO_DIGITS));
  }

  private static String comparison(Span<BigDecimal> cost, BigDecimal budget) {
    if (cost.low().compareTo(budget) > 0) {
      return ", more than the budget of " + Words.glm(budget);
    }
    return cost.high().compareTo(budget) > 0
        ? ", perhaps more than the budget of " + Words.glm(budget)
        : "";
  }
}
