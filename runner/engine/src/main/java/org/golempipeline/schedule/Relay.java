package org.golempipeline.schedule;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.plan.TreeLayout;

/**
 * Hands what a stage finished to its merge and to the stages that follow its fragments, also to
 * those whose own fragments are not known yet.
 */
final class Relay {
  private final List<StageState> stages;
  private final Decisions decisions;
  private final Receiver receiver;

  /** By stage, what it left while somebody who follows it was not expanded. */
  private final Map<Integer, FragmentSet> done = new HashMap<>();

  private final Map<Integer, FragmentSet> gone = new HashMap<>();

  /** Nodes of a tree that can start, and that will leave nothing, by the news being told. */
  private final BitSet climbed = new BitSet();

  private final BitSet barren = new BitSet();

  /** Who learns which fragments of a following stage can start, and which never will. */
  interface Receiver {
    void ready(StageState stage, FragmentSet fragments);

    void skipped(StageState stage, FragmentSet fragments);
  }

  Relay(List<StageState> stages, Decisions decisions, Receiver receiver) {
    this.stages = stages;
    this.decisions = decisions;
    this.receiver = receiver;
  }

  /** Fragments of {@code stage} that are done, and that will leave nothing. */
  void passOn(StageState stage, FragmentSet arrived, FragmentSet missing) {
    if (arrived.isEmpty() && missing.isEmpty()) {
      return;
    }
    if (!stage.selects) {
      decisions.act(new Action.Feed(stage.number, arrived, missing));
    }
    if (stage.tree != null) {
      var tree = stage.tree;
      climb(
          stage,
          () -> {
            arrived.forEach(node -> tree.node(node, true));
            missing.forEach(node -> tree.node(node, false));
          });
    }
    for (var next : stages) {
      if (!next.setup.followsFragments() || !next.setup.from().contains(stage.number)) {
        continue;
      }
      if (next.total < 0) {
        done.merge(stage.number, arrived, FragmentSet::union);
        gone.merge(stage.number, missing, FragmentSet::union);
      } else {
        var first = 0;
        for (var from : next.setup.from()) {
          if (from == stage.number) {
            release(next, first, arrived, missing);
          }
          first += stages.get(from).total;
        }
      }
    }
  }

  /** The fragments of {@code stage} became known: it gets what was left for it. */
  void expanded(StageState stage) {
    if (!stage.setup.followsFragments()) {
      return;
    }
    var first = 0;
    for (var number : stage.setup.from()) {
      release(
          stage,
          first,
          done.getOrDefault(number, FragmentSet.EMPTY),
          gone.getOrDefault(number, FragmentSet.EMPTY));
      first += stages.get(number).total;
    }
  }

  private void release(StageState stage, int first, FragmentSet arrived, FragmentSet missing) {
    if (stage.tree != null) {
      var tree = stage.tree;
      climb(
          stage,
          () -> {
            arrived.forEach(leaf -> tree.leaf(leaf, true));
            missing.forEach(leaf -> tree.leaf(leaf, false));
          });
      return;
    }
    ready(stage, followers(stage, first, arrived));
    skip(stage, followers(stage, first, missing));
  }

  /**
   * What {@code followers} of a stage read of one with so many fragments.
   *
   * @param first the number of its first fragment among all that the stage reads
   */
  FragmentSet followed(StageState stage, FragmentSet followers, int first, int count) {
    var followed = new BitSet();
    for (var follower : followers.toArray()) {
      if (stage.tree != null) {
        stage.tree.leavesOf(follower, followed);
      } else {
        var read = follower / stage.setup.combinations() - first;
        if (read >= 0 && read < count) {
          followed.set(read);
        }
      }
    }
    return FragmentSet.of(followed);
  }

  private static FragmentSet followers(StageState stage, int first, FragmentSet upstream) {
    var each = stage.setup.combinations();
    return FragmentSet.of(
        IntStream.of(upstream.toArray())
            .flatMap(index -> IntStream.range((first + index) * each, (first + index + 1) * each))
            .toArray());
  }

  private void climb(StageState stage, Runnable news) {
    news.run();
    var ready = FragmentSet.of(climbed);
    var empty = FragmentSet.of(barren);
    climbed.clear();
    barren.clear();
    ready(stage, ready);
    skip(stage, empty);
  }

  /** A tree whose news this relay hears. */
  TreeProgress tree(TreeLayout layout) {
    return new TreeProgress(layout, climbed::set, barren::set);
  }

  private void ready(StageState stage, FragmentSet fragments) {
    if (!fragments.isEmpty()) {
      receiver.ready(stage, fragments);
    }
  }

  /** A stage that was cut has said already what it will not have. */
  private void skip(StageState stage, FragmentSet fragments) {
    if (!fragments.isEmpty() && !stage.cut) {
      receiver.skipped(stage, fragments);
      passOn(stage, FragmentSet.EMPTY, fragments);
    }
  }
}
