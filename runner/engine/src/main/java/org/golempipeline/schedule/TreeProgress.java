package org.golempipeline.schedule;

import java.util.BitSet;
import java.util.function.IntConsumer;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.plan.TreeLayout;

/** How many of the outputs that each node of a tree combines are still to come. */
final class TreeProgress {
  private final TreeLayout layout;
  private final int[] open;
  private final BitSet some = new BitSet();
  private final IntConsumer ready;
  private final IntConsumer empty;

  /**
   * @param ready hears of nodes that can start
   * @param empty hears of nodes none of whose outputs will come
   */
  TreeProgress(TreeLayout layout, IntConsumer ready, IntConsumer empty) {
    this.layout = layout;
    this.ready = ready;
    this.empty = empty;
    this.open = new int[layout.nodes()];
    for (var node = 0; node < open.length; node++) {
      open[node] = layout.childCount(node);
    }
  }

  /** The output of a leaf is there, or will never be. */
  void leaf(int leaf, boolean there) {
    child(layout.parentOfLeaf(leaf), there);
  }

  /** The output of a node is there, or will never be. */
  void node(int node, boolean there) {
    if (layout.parentOfNode(node) >= 0) {
      child(layout.parentOfNode(node), there);
    }
  }

  /** These nodes and all whose outputs they are made of. */
  FragmentSet withNodesBelow(FragmentSet nodes) {
    var all = nodes.toBitSet();
    // A node's children have smaller numbers.
    for (var node = all.length() - 1; node >= 0; node = all.previousSetBit(node - 1)) {
      for (var position = 0; position < layout.childCount(node); position++) {
        var child = layout.child(node, position);
        if (!layout.isLeaf(child)) {
          all.set(layout.asNode(child));
        }
      }
    }
    return FragmentSet.of(all);
  }

  /** Marks the leaves that a node itself combines. */
  void leavesOf(int node, BitSet leaves) {
    for (var position = 0; position < layout.childCount(node); position++) {
      var child = layout.child(node, position);
      if (layout.isLeaf(child)) {
        leaves.set(child);
      }
    }
  }

  private void child(int node, boolean there) {
    if (there) {
      some.set(node);
    }
    if (--open[node] == 0) {
      (some.get(node) ? ready : empty).accept(node);
    }
  }
}
