package org.golempipeline.plan;

import java.util.Arrays;
import java.util.List;
import org.golempipeline.event.FragmentSet;

/**
 * Which outputs a tree of reductions combines: the leaves of each group in their order, so many at
 * a time, then the results of that, until one node is left, the root of the group. Nodes are
 * numbered from 0; a node's children have smaller numbers or are leaves.
 */
public final class TreeLayout {
  private final int leaves;
  private final int[] parentOfLeaf;
  private final int[] parentOfNode;

  /** Children of node {@code n}: leaves as they are, nodes counted on from the last leaf. */
  private final int[] firstChild;

  private final int[] children;
  private final int[] roots;

  private TreeLayout(
      int[] parentOfLeaf, int[] parentOfNode, int[] firstChild, int[] children, int[] roots) {
    this.leaves = parentOfLeaf.length;
    this.parentOfLeaf = parentOfLeaf;
    this.parentOfNode = parentOfNode;
    this.firstChild = firstChild;
    this.children = children;
    this.roots = roots;
  }

  /**
   * The tree over {@code leaves} leaves.
   *
   * @param groups leaves with a common result; together all of them, each once
   */
  public static TreeLayout of(List<FragmentSet> groups, int leaves, int fanIn) {
    var nodes = 0;
    for (var group : groups) {
      for (var size = group.size(); ; ) {
        size = (size + fanIn - 1) / fanIn;
        nodes += size;
        if (size <= 1) {
          break;
        }
      }
    }
    var parentOfLeaf = new int[leaves];
    var parentOfNode = new int[nodes];
    Arrays.fill(parentOfNode, -1);
    var firstChild = new int[nodes + 1];
    var children = new int[leaves + nodes - groups.size()];
    var roots = new int[groups.size()];
    var node = 0;
    var at = 0;
    for (var g = 0; g < groups.size(); g++) {
      var level = groups.get(g).toArray();
      do {
        var next = new int[(level.length + fanIn - 1) / fanIn];
        for (var i = 0; i < level.length; i++) {
          if (i % fanIn == 0) {
            firstChild[node] = at;
            next[i / fanIn] = leaves + node++;
          }
          children[at++] = level[i];
          if (level[i] < leaves) {
            parentOfLeaf[level[i]] = node - 1;
          } else {
            parentOfNode[level[i] - leaves] = node - 1;
          }
        }
        level = next;
      } while (level.length > 1);
      roots[g] = node - 1;
    }
    firstChild[node] = at;
    return new TreeLayout(parentOfLeaf, parentOfNode, firstChild, children, roots);
  }

  public int leaves() {
    return leaves;
  }

  public int nodes() {
    return parentOfNode.length;
  }

  /** The node that combines the output of a leaf. */
  public int parentOfLeaf(int leaf) {
    return parentOfLeaf[leaf];
  }

  /** The node that combines the output of a node, -1 if that is a root. */
  public int parentOfNode(int node) {
    return parentOfNode[node];
  }

  /** The node that makes the result of a group. */
  public int root(int group) {
    return roots[group];
  }

  public int childCount(int node) {
    return firstChild[node + 1] - firstChild[node];
  }

  /** A child of {@code node}, in order: a leaf if {@link #isLeaf}, else {@link #asNode}. */
  public int child(int node, int position) {
    return children[firstChild[node] + position];
  }

  public boolean isLeaf(int child) {
    return child < leaves;
  }

  public int asNode(int child) {
    return child - leaves;
  }
}
