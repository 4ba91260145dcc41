package org.golempipeline.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.cache.ChangedInputException;
import org.golempipeline.cache.ContentKeys;
import org.golempipeline.cache.Digest;
import org.golempipeline.cache.Lineage;
import org.golempipeline.cache.Repeats;
import org.golempipeline.plan.StagePlan;

/**
 * The content keys of a stage's fragments, no two of them equal: fragments of the same content are
 * still different ones, whose commands may draw random numbers. Where all fragments are known they
 * are told apart by their order among those of the same content; where they become known one by one
 * by the fragments that they follow. Safe for several threads.
 */
final class FragmentKeys {
  private final StageRuntime stage;
  private final List<StageRuntime> followed;
  private final Repeats contents = new Repeats();
  private final Repeats lineages = new Repeats();

  /** Keys, four numbers each; all zero while unknown. */
  private long[] known = new long[0];

  /**
   * By fragment, how many before it have the same content, or come from the same; without zeros.
   */
  private final Map<Integer, Integer> sameContent = new HashMap<>();

  private final Map<Integer, Integer> sameLineage = new HashMap<>();

  /** By node of a tree, where it comes from. */
  private final Map<Integer, Digest> combined = new HashMap<>();

  private int counted;
  private int traced;

  FragmentKeys(StageRuntime stage, List<StageRuntime> followed) {
    this.stage = stage;
    this.followed = List.copyOf(followed);
  }

  /**
   * A fragment's content key. What it reads is digested the first time, and what those before it
   * read.
   *
   * @throws IOException if that cannot be read
   */
  Digest get(int index) throws IOException {
    if (!knows(index)) {
      find(index);
    }
    synchronized (this) {
      return new Digest(
          known[4 * index], known[4 * index + 1], known[4 * index + 2], known[4 * index + 3]);
    }
  }

  synchronized boolean knows(int index) {
    return 4 * index + 3 < known.length && known[4 * index] != 0;
  }

  private void find(int index) throws IOException {
    if (stage.plan().flow() != StagePlan.Flow.WHOLE) {
      put(index, ContentKeys.key(content(index), lineage(index)));
      return;
    }
    synchronized (contents) {
      for (; counted <= index; counted++) {
        var content = content(counted);
        var before = contents.before(content);
        if (before > 0) {
          sameContent.put(counted, before);
        }
        put(counted, ContentKeys.key(content, before));
      }
    }
  }

  private Digest content(int index) throws IOException {
    return stage.keys().content(stage.work(index), stage.judged(index));
  }

  private synchronized void put(int index, Digest key) {
    if (4 * index + 3 >= known.length) {
      known = Arrays.copyOf(known, Math.max(4 * (index + 1), known.length * 3 / 2));
    }
    known[4 * index] = key.first();
    known[4 * index + 1] = key.second();
    known[4 * index + 2] = key.third();
    known[4 * index + 3] = key.fourth();
  }

  /** Whether a fragment's input is what it was when its key was made. */
  boolean stillHolds(int index) throws IOException {
    var key = get(index);
    try {
      var content = stage.keys().contentNow(stage.work(index), stage.judged(index));
      return key.equals(
          stage.plan().flow() == StagePlan.Flow.WHOLE
              ? ContentKeys.key(content, sameContent(index))
              : ContentKeys.key(content, lineage(index)));
    } catch (ChangedInputException e) {
      return false;
    }
  }

  private int sameContent(int index) {
    synchronized (contents) {
      return sameContent.getOrDefault(index, 0);
    }
  }

  /** Where a fragment comes from; no two of a stage have the same. */
  private Digest lineage(int index) {
    return switch (stage.plan().flow()) {
      case WHOLE -> ofSplit(index);
      case FOLLOWING -> following(index);
      case TREE -> combining(index);
    };
  }

  private Digest ofSplit(int index) {
    synchronized (lineages) {
      for (; traced <= index; traced++) {
        var before = lineages.before(alone(traced));
        if (before > 0) {
          sameLineage.put(traced, before);
        }
      }
      return Lineage.repeated(alone(index), sameLineage.getOrDefault(index, 0));
    }
  }

  private Digest alone(int index) {
    return Lineage.of(stage.fragments().get(index).fragment(), matrix(index));
  }

  private Digest following(int index) {
    var combinations = stage.fragments().combinations();
    var other = StageRuntime.followed(followed, index / combinations);
    var lineage = other.stage().fragmentKeys().lineage(other.fragment());
    return Lineage.repeated(
        Lineage.following(other.from(), lineage, matrix(index)), before(index % combinations));
  }

  /** How many combinations before this one have the same values. */
  private int before(int combination) {
    var before = 0;
    if (stage.plan().spec().matrix().stream().anyMatch(axis -> axis.values().repeats())) {
      var values = matrix(combination);
      for (var other = 0; other < combination; other++) {
        before += matrix(other).equals(values) ? 1 : 0;
      }
    }
    return before;
  }

  private Map<String, String> matrix(int index) {
    var variables = stage.fragments().get(index).variables();
    var matrix = new HashMap<String, String>();
    stage
        .plan()
        .spec()
        .matrix()
        .forEach(axis -> matrix.put(axis.name(), variables.getOrDefault(axis.name(), "")));
    return matrix;
  }

  private Digest combining(int node) {
    synchronized (combined) {
      var before = combined.get(node);
      if (before != null) {
        return before;
      }
    }
    var layout = stage.tree().layout();
    var others = new ArrayList<Digest>();
    for (var position = 0; position < layout.childCount(node); position++) {
      var child = layout.child(node, position);
      others.add(
          layout.isLeaf(child)
              ? followed.get(0).fragmentKeys().lineage(child)
              : combining(layout.asNode(child)));
    }
    var lineage = Lineage.combining(others);
    synchronized (combined) {
      combined.put(node, lineage);
    }
    return lineage;
  }
}
