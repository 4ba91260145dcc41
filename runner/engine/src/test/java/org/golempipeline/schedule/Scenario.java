package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plan.TreeLayout;
import org.golempipeline.schedule.SimulatedProvider.Persona;
import org.golempipeline.spec.Enough;
import org.golempipeline.spec.Retry;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.jspecify.annotations.Nullable;

/** What a simulated run is made of: its stages, the providers there are, and what goes wrong. */
final class Scenario {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** A time in which the daemon does not answer, from the start of the run. */
  record Outage(Duration from, Duration to) {
    boolean covers(Instant at) {
      return !at.isBefore(START.plus(from)) && at.isBefore(START.plus(to));
    }
  }

  /** A stage: what the scheduler knows of it, and what it does not. */
  static final class Stage {
    String name = "stage";
    int fragments;
    List<Integer> needs = List.of();

    /** All that it needs if null. */
    @Nullable List<Integer> reads;

    StagePlan.Flow flow = StagePlan.Flow.WHOLE;
    int combinations = 1;
    int fanIn;
    Result result = Result.FILE;
    Retry retry = Retry.DEFAULT;
    Timeouts timeouts = Timeouts.DEFAULT;
    boolean speculate;
    @Nullable Verify verify;
    @Nullable Enough enough;
    @Nullable Integer only;
    boolean fresh;
    double millis = 100;

    /** Milliseconds that a script takes besides what its fragments do. */
    long scriptMillis;

    /** Fragments whose program fails everywhere. */
    BitSet doomed = new BitSet();

    /** Fragments whose program does not end the first time. */
    BitSet stuckOnce = new BitSet();

    /** Fragments whose output can win. */
    BitSet winners = new BitSet();

    /** Fragments that an earlier run left. */
    BitSet cached = new BitSet();

    List<Integer> reads() {
      return reads == null ? needs : reads;
    }
  }

  final long seed;
  final List<Stage> stages = new ArrayList<>();
  final List<SimulatedProvider> providers = new ArrayList<>();
  final List<Outage> outages = new ArrayList<>();
  int workers = 2;
  BigDecimal budget = BigDecimal.ONE;

  /** The budget may be too small. */
  boolean scarce;

  boolean local = true;
  boolean reuse;
  Duration rentalLife = Duration.ofHours(3);
  @Nullable Duration stopAfter;

  /** How often a message comes twice. */
  double duplicates;

  /** How often a script that was given up returns nevertheless. */
  double late;

  /** Share of its results that a liar makes up. */
  double lieShare = 0.3;

  /** How often a bad provider does what it is known for. */
  double mischief = 0.3;

  /** How long the result so far must be before it is enough, as a share of the stage. */
  double untilShare = 0.5;

  static Retry retry(int attempts) {
    return new Retry(attempts, Duration.ofSeconds(1), null, null, false);
  }

  Scenario(long seed) {
    this.seed = seed;
  }

  Scenario providers(Persona persona, int count) {
    for (var i = 0; i < count; i++) {
      var number = providers.size();
      providers.add(new SimulatedProvider(number, persona, "wallet of p" + number));
    }
    return this;
  }

  Scenario price(String rate) {
    providers.forEach(provider -> provider.rate = new BigDecimal(rate));
    return this;
  }

  /** Adds a stage that waits for the one before it. */
  Stage stage(String name, int fragments) {
    var stage = new Stage();
    stage.name = name;
    stage.fragments = fragments;
    stage.needs = stages.isEmpty() ? List.of() : List.of(stages.size() - 1);
    stages.add(stage);
    return stage;
  }

  /** Adds a stage whose fragments follow those of another. */
  Stage follower(String name, int from, int combinations) {
    var stage = stage(name, 0);
    stage.needs = List.of(from);
    stage.flow = StagePlan.Flow.FOLLOWING;
    stage.combinations = combinations;
    return stage;
  }

  /** Adds a tree over the outputs of the stage before it. */
  Stage tree(String name, int fanIn) {
    var stage = stage(name, 0);
    stage.flow = StagePlan.Flow.TREE;
    stage.fanIn = fanIn;
    return stage;
  }

  int count(int number) {
    var stage = stages.get(number);
    return switch (stage.flow) {
      case WHOLE -> stage.fragments;
      case FOLLOWING -> count(stage.needs.get(0)) * stage.combinations;
      case TREE -> TreeLayout.of(groups(number), count(stage.needs.get(0)), stage.fanIn).nodes();
    };
  }

  /** Whether only those of its fragments are asked for that one of a later stage follows. */
  boolean selects(int number) {
    var readers =
        IntStream.range(number + 1, stages.size())
            .filter(later -> stages.get(later).needs.contains(number))
            .toArray();
    return stages.get(number).only != null
        || readers.length > 0
            && IntStream.of(readers)
                .allMatch(
                    later -> stages.get(later).flow != StagePlan.Flow.WHOLE && selects(later));
  }

  /** For a tree: the first third of the leaves has a result of its own. */
  List<FragmentSet> groups(int number) {
    var stage = stages.get(number);
    if (stage.flow != StagePlan.Flow.TREE) {
      return List.of();
    }
    var leaves = count(stage.needs.get(0));
    if (leaves == 0) {
      return List.of();
    }
    var third = leaves / 3;
    return third == 0
        ? List.of(FragmentSet.range(0, leaves))
        : List.of(FragmentSet.range(0, third), FragmentSet.range(third, leaves));
  }

  /** Milliseconds that all fragments take together on machines that do as they should. */
  double work() {
    var work = 0.0;
    for (var i = 0; i < stages.size(); i++) {
      work += count(i) * stages.get(i).millis;
    }
    return work;
  }

  Policy policy() {
    return local
        ? Policy.local(workers, budget, reuse, seed, rentalLife)
        : Policy.golem(workers, budget, reuse, seed, rentalLife);
  }

  List<StageSetup> setups() {
    return stages.stream()
        .map(
            stage ->
                new StageSetup(
                    stage.name,
                    0,
                    stage.verify != null && stage.verify.local() ? 1 : -1,
                    stage.needs,
                    stage.reads(),
                    stage.flow,
                    stage.flow == StagePlan.Flow.WHOLE ? List.of() : stage.needs,
                    stage.combinations,
                    stage.fanIn,
                    stage.result,
                    stage.retry,
                    stage.timeouts,
                    stage.speculate,
                    stage.verify,
                    stage.enough,
                    stage.only,
                    stage.fresh))
        .toList();
  }
}
