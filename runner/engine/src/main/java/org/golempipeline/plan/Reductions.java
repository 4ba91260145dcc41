package org.golempipeline.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.Strategies;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stage whose merge runs on providers into two: the stage itself, which then combines
 * nothing, and {@code <name>.reduce}, a tree whose fragments combine its outputs. Who reads the
 * stage reads the tree.
 */
final class Reductions {
  private static final int FAN_IN = 16;

  private Reductions() {}

  static PipelineSpec lower(PipelineSpec spec, Strategies strategies) {
    var trees = new HashMap<StageName, StageName>();
    for (var stage : spec.stages()) {
      if (isTree(stage, strategies)) {
        trees.put(stage.name(), new StageName(stage.name() + ".reduce"));
      }
    }
    if (trees.isEmpty()) {
      return spec;
    }
    var stages = new ArrayList<StageSpec>();
    for (var each : spec.stages()) {
      var stage = redirected(each, trees);
      var tree = trees.get(stage.name());
      if (tree == null) {
        stages.add(stage);
      } else {
        stages.add(leaves(stage));
        stages.add(tree(stage, tree, handedOn(each, spec, strategies)));
      }
    }
    return spec.withStages(stages);
  }

  static boolean isTree(StageSpec stage, Strategies strategies) {
    return strategies.merge(stage.merge().name()).orElseThrow().result() == Result.TREE;
  }

  /** How many outputs a fragment of the tree combines at the most. */
  static int fanIn(StageSpec tree) {
    return tree.merge().options().at("fan_in").decimal().map(BigDecimal::intValue).orElse(FAN_IN);
  }

  /** The outputs are the tree's to combine and to publish. */
  private static StageSpec leaves(StageSpec stage) {
    var collect = new StrategyUse("collect", Options.NONE, stage.merge().range());
    return copy(stage, stage.from(), stage.needs(), stage.files(), collect, false);
  }

  /** What the leaves of a stage take file by file: the tree has no use for it. */
  private static Set<StageName> handedOn(
      StageSpec stage, PipelineSpec spec, Strategies strategies) {
    var handedOn = new HashSet<StageName>();
    for (var name : stage.from()) {
      var merge = strategies.merge(spec.stage(name).merge().name()).orElseThrow();
      var shared =
          stage.files().stream()
              .map(SharedFile::origin)
              .anyMatch(
                  origin ->
                      origin instanceof SharedFile.Origin.Stage from && from.stage().equals(name));
      if (merge.result() == Result.FILES && !shared) {
        handedOn.add(name);
      }
    }
    return handedOn;
  }

  private static StageSpec tree(StageSpec stage, StageName name, Set<StageName> handedOn) {
    var needs = new LinkedHashSet<>(stage.needs());
    needs.removeAll(handedOn);
    needs.add(stage.name());
    var run = stage.merge().options().at("run").text().orElseThrow();
    return new StageSpec(
        name,
        stage.merge().range(),
        stage.image(),
        stage.imageRange(),
        List.of(),
        List.of(stage.name()),
        needs,
        stage.files(),
        stage.setup(),
        new StrategyUse("none", Options.NONE, stage.merge().range()),
        List.of(),
        new Command.Shell(new ShellText(run, stage.merge().range())),
        stage.out(),
        null,
        stage.merge(),
        stage.output(),
        stage.outputRange(),
        stage.resources(),
        stage.retry(),
        stage.timeouts(),
        stage.speculate(),
        checked(stage.verify()),
        null);
  }

  /**
   * A false result in a tree would spoil all that is combined with it, before an audit could find
   * it: every one is checked at once. There are few of them.
   */
  private static @Nullable Verify checked(@Nullable Verify verify) {
    return verify == null || verify.copies() > 1
        ? verify
        : new Verify(1, BigDecimal.ONE, verify.local(), verify.compare());
  }

  private static StageSpec redirected(StageSpec stage, Map<StageName, StageName> trees) {
    return copy(
        stage,
        stage.from().stream().map(from -> trees.getOrDefault(from, from)).toList(),
        redirected(stage.needs(), trees),
        stage.files().stream().map(file -> redirected(file, trees)).toList(),
        stage.merge(),
        true);
  }

  private static StageSpec copy(
      StageSpec stage,
      List<StageName> from,
      Set<StageName> needs,
      List<SharedFile> files,
      StrategyUse merge,
      boolean publishes) {
    return new StageSpec(
        stage.name(),
        stage.range(),
        stage.image(),
        stage.imageRange(),
        stage.input(),
        from,
        needs,
        files,
        stage.setup(),
        stage.split(),
        stage.matrix(),
        stage.run(),
        stage.out(),
        stage.accept(),
        merge,
        publishes ? stage.output() : null,
        publishes ? stage.outputRange() : null,
        stage.resources(),
        stage.retry(),
        stage.timeouts(),
        stage.speculate(),
        stage.verify(),
        stage.enough());
  }

  private static Set<StageName> redirected(Set<StageName> names, Map<StageName, StageName> trees) {
    var other = new LinkedHashSet<StageName>();
    names.forEach(name -> other.add(trees.getOrDefault(name, name)));
    return other;
  }

  private static SharedFile redirected(SharedFile file, Map<StageName, StageName> trees) {
    return file.origin() instanceof SharedFile.Origin.Stage stage
            && trees.containsKey(stage.stage())
        ? new SharedFile(
            file.name(),
            new SharedFile.Origin.Stage(java.util.Objects.requireNonNull(trees.get(stage.stage()))),
            file.range())
        : file;
  }
}
