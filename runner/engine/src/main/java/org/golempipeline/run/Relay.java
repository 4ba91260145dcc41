package org.golempipeline.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.golempipeline.event.FragmentSet;

/**
 * Hands what a stage finished to its merge and to the stages that follow it fragment by fragment,
 * also to those whose fragments are not known yet.
 */
final class Relay {
  private final List<StageState> stages;

  /** By stage, what it left while somebody who follows it was not expanded. */
  private final Map<Integer, FragmentSet> done = new HashMap<>();

  private final Map<Integer, FragmentSet> gone = new HashMap<>();

  Relay(List<StageState> stages) {
    this.stages = stages;
  }

  /** Fragments of {@code stage} that are done, and that will leave nothing. */
  void passOn(StageState stage, FragmentSet arrived, FragmentSet missing, Consumer<Action> act) {
    act.accept(new Action.Feed(stage.number, arrived, missing));
    for (var next : stages) {
      if (!next.setup.fragmentByFragment() || !next.setup.from().contains(stage.number)) {
        continue;
      }
      if (next.total < 0) {
        done.merge(stage.number, arrived, Relay::union);
        gone.merge(stage.number, missing, Relay::union);
      } else {
        var first = 0;
        for (var from : next.setup.from()) {
          if (from == stage.number) {
            release(next, first, arrived, missing, act);
          }
          first += stages.get(from).total;
        }
      }
    }
  }

  /** The fragments of {@code stage} became known: it gets what was left for it. */
  void expanded(StageState stage, Consumer<Action> act) {
    if (!stage.setup.fragmentByFragment()) {
      return;
    }
    var first = 0;
    for (var number : stage.setup.from()) {
      release(
          stage,
          first,
          done.getOrDefault(number, FragmentSet.EMPTY),
          gone.getOrDefault(number, FragmentSet.EMPTY),
          act);
      first += stages.get(number).total;
    }
  }

  private void release(
      StageState stage, int first, FragmentSet arrived, FragmentSet missing, Consumer<Action> act) {
    var each = stage.setup.combinations();
    arrived.forEach(
        index -> {
          for (var i = 0; i < each; i++) {
            stage.makeReady((first + index) * each + i);
          }
        });
    if (!missing.isEmpty()) {
      var skipped = new ArrayList<Integer>();
      missing.forEach(
          index -> {
            for (var i = 0; i < each; i++) {
              skipped.add((first + index) * each + i);
            }
          });
      stage.skipped += skipped.size();
      passOn(stage, FragmentSet.EMPTY, FragmentSet.of(skipped), act);
    }
  }

  private static FragmentSet union(FragmentSet a, FragmentSet b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    var all = new int[a.size() + b.size()];
    System.arraycopy(a.toArray(), 0, all, 0, a.size());
    System.arraycopy(b.toArray(), 0, all, a.size(), b.size());
    return FragmentSet.of(all);
  }
}
