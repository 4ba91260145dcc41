package org.golempipeline.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.PoolSetup;
import org.golempipeline.schedule.StageSetup;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.Resources;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.MergeStrategy;
import org.jspecify.annotations.Nullable;

/** Which stages can share machines, and what the scheduler knows of each. */
final class Pools {
  private final List<Pool> pools = new ArrayList<>();
  private final List<StageSetup> setups = new ArrayList<>();

  /**
   * Stages that can share a rented machine: an agreement fixes image and resources.
   *
   * @param timeouts of the first such stage; its negotiation and deployment clocks are used
   * @param local whether the machine is this one
   */
  record Pool(@Nullable ImageRef image, Resources resources, Timeouts timeouts, boolean local) {
    boolean fits(@Nullable ImageRef otherImage, Resources otherResources, boolean otherLocal) {
      return local == otherLocal
          && Objects.equals(image, otherImage)
          && resources.equals(otherResources);
    }

    PoolSetup setup() {
      return new PoolSetup(
          local ? "this machine" : image == null ? "any image" : image.toString(),
          resources.threads(),
          local);
    }
  }

  /**
   * @param fresh stages of which no earlier result is used
   */
  Pools(Plan plan, Target target, Set<StageName> fresh) {
    var numbers = new HashMap<StageName, Integer>();
    for (var stage : plan.stages()) {
      numbers.put(stage.name(), stage.number());
      setups.add(setup(stage, plan, numbers, target, fresh.contains(stage.name())));
    }
  }

  Pool get(int number) {
    return pools.get(number);
  }

  List<PoolSetup> pools() {
    return pools.stream().map(Pool::setup).toList();
  }

  List<StageSetup> stages() {
    return List.copyOf(setups);
  }

  private StageSetup setup(
      StagePlan stage, Plan plan, Map<StageName, Integer> numbers, Target target, boolean fresh) {
    var spec = stage.spec();
    var combinations = 1;
    for (var axis : spec.matrix()) {
      combinations *= axis.values().count();
    }
    var verify = spec.verify();
    var only = plan.only();
    return new StageSetup(
        spec.name().value(),
        pool(stage, false),
        verify != null && verify.local() ? pool(stage, true) : -1,
        spec.needs().stream().map(numbers::get).toList(),
        reads(stage, plan).stream().map(numbers::get).toList(),
        stage.flow(),
        spec.from().stream().map(numbers::get).toList(),
        combinations,
        stage.fanIn(),
        stage.merge().result(),
        spec.retry(),
        spec.timeouts(),
        spec.speculate() == null ? target == Target.GOLEM : spec.speculate(),
        verify,
        spec.enough(),
        only != null && only.stage().equals(stage.name()) ? only.fragment() : null,
        fresh);
  }

  /** Stages whose outputs or values it is given; for the others it only waits. */
  private static Set<StageName> reads(StagePlan stage, Plan plan) {
    var reads = new TreeSet<>(Comparator.comparing(StageName::value));
    reads.addAll(stage.needed());
    reads.removeIf(
        name ->
            !stage.spec().from().contains(name)
                && !isShared(name, stage)
                && plan.stage(name).merge().result() != MergeStrategy.Result.VALUE);
    return reads;
  }

  private static boolean isShared(StageName name, StagePlan stage) {
    return stage.spec().files().stream()
        .anyMatch(
            file ->
                file.origin() instanceof SharedFile.Origin.Stage from && from.stage().equals(name));
  }

  private int pool(StagePlan stage, boolean local) {
    var spec = stage.spec();
    for (var i = 0; i < pools.size(); i++) {
      if (pools.get(i).fits(spec.image(), spec.resources(), local)) {
        return i;
      }
    }
    pools.add(new Pool(spec.image(), spec.resources(), spec.timeouts(), local));
    return pools.size() - 1;
  }
}
