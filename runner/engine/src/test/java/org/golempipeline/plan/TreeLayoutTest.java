package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.golempipeline.event.FragmentSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeLayoutTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "4, 1", "5, 3", "16, 5", "17, 8", "64, 21", "65, 25"})
  void hasNoMoreNodesThanItNeeds(int leaves, int nodes) {
    var tree = TreeLayout.of(List.of(FragmentSet.range(0, leaves)), leaves, 4);
    assertThat(tree.nodes()).isEqualTo(nodes);
    assertThat(tree.root(0)).isEqualTo(nodes - 1);
  }

  @Test
  void combinesNeighboursAndThenTheirResults() {
    var tree = TreeLayout.of(List.of(FragmentSet.range(0, 5)), 5, 2);

    assertThat(children(tree, 5))
        .containsExactly(
            List.of(0, 1), List.of(2, 3), List.of(4), List.of(5, 6), List.of(7), List.of(8, 9));
  }

  @Test
  void aGroupOfItsOwnLeavesIsATreeOfItsOwn() {
    var groups = List.of(FragmentSet.of(0, 2, 4, 6, 8), FragmentSet.of(7), FragmentSet.of(1, 3, 5));
    var tree = TreeLayout.of(groups, 9, 3);

    assertThat(children(tree, 9))
        .containsExactly(
            List.of(0, 2, 4), List.of(6, 8), List.of(9, 10), List.of(7), List.of(1, 3, 5));
    assertThat(List.of(tree.root(0), tree.root(1), tree.root(2))).containsExactly(2, 3, 4);
  }

  @Test
  void noGroupsMakeNoNodes() {
    assertThat(TreeLayout.of(List.of(), 0, 16).nodes()).isZero();
  }

  @Property
  void combinesEveryOutputOnceAndInOrder(
      @ForAll @Size(min = 1, max = 300) List<@IntRange(max = 4) Integer> groupOfLeaf,
      @ForAll @IntRange(min = 2, max = 20) int fanIn) {
    assertIsATree(groups(groupOfLeaf), groupOfLeaf.size(), fanIn);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 15, 16, 17, 1000})
  void leavesAroundTheFanInMakeATree(int fanIn) {
    for (var leaves : List.of(1, fanIn - 1, fanIn, fanIn + 1, fanIn * fanIn, fanIn * fanIn + 1)) {
      assertIsATree(List.of(FragmentSet.range(0, leaves)), leaves, fanIn);
    }
  }

  @Test
  @Timeout(240)
  void aMillionLeavesTakeNoTime() {
    assertIsATree(List.of(FragmentSet.range(0, 1_000_000)), 1_000_000, 16);
    var single = new ArrayList<FragmentSet>();
    for (var i = 0; i < 1_000_000; i++) {
      single.add(FragmentSet.of(i));
    }
    assertIsATree(single, 1_000_000, 16);
  }

  /** Every promise at once. */
  private static void assertIsATree(List<FragmentSet> groups, int leaves, int fanIn) {
    var tree = TreeLayout.of(groups, leaves, fanIn);
    var combined = new boolean[leaves + tree.nodes()];
    for (var node = 0; node < tree.nodes(); node++) {
      if (tree.childCount(node) < 1 || tree.childCount(node) > fanIn) {
        throw new AssertionError("node %d combines %d".formatted(node, tree.childCount(node)));
      }
      for (var i = 0; i < tree.childCount(node); i++) {
        var child = tree.child(node, i);
        if (combined[child]) {
          throw new AssertionError("%d is combined twice".formatted(child));
        }
        combined[child] = true;
        var parent =
            tree.isLeaf(child) ? tree.parentOfLeaf(child) : tree.parentOfNode(tree.asNode(child));
        if (parent != node || !tree.isLeaf(child) && tree.asNode(child) >= node) {
          throw new AssertionError("%d is a child of %d, not of %d".formatted(child, node, parent));
        }
      }
    }
    for (var group = 0; group < groups.size(); group++) {
      var root = tree.root(group);
      if (tree.parentOfNode(root) != -1 || combined[leaves + root]) {
        throw new AssertionError("the root of %d is combined".formatted(group));
      }
      combined[leaves + root] = true;
      if (!Arrays.equals(
          leavesBelow(tree, root, groups.get(group).size()), groups.get(group).toArray())) {
        throw new AssertionError("group %d has other leaves, or in another order".formatted(group));
      }
    }
    for (var each = 0; each < combined.length; each++) {
      if (!combined[each]) {
        throw new AssertionError("%d is never combined".formatted(each));
      }
    }
  }

  /** The leaves below a node, from left to right. */
  private static int[] leavesBelow(TreeLayout tree, int root, int size) {
    var leaves = new int[size];
    var filled = collect(tree, root, leaves, 0);
    return Arrays.copyOf(leaves, filled);
  }

  private static int collect(TreeLayout tree, int node, int[] leaves, int from) {
    var at = from;
    for (var i = 0; i < tree.childCount(node); i++) {
      var child = tree.child(node, i);
      if (!tree.isLeaf(child)) {
        at = collect(tree, tree.asNode(child), leaves, at);
      } else {
        leaves[at++] = child;
      }
    }
    return at;
  }

  private static List<List<Integer>> children(TreeLayout tree, int leaves) {
    var all = new ArrayList<List<Integer>>();
    for (var node = 0; node < tree.nodes(); node++) {
      var children = new ArrayList<Integer>();
      for (var i = 0; i < tree.childCount(node); i++) {
        assertThat(tree.isLeaf(tree.child(node, i))).isEqualTo(tree.child(node, i) < leaves);
        children.add(tree.child(node, i));
      }
      all.add(children);
    }
    return all;
  }

  private static List<FragmentSet> groups(List<Integer> groupOfLeaf) {
    var groups = new ArrayList<FragmentSet>();
    for (var group = 0; group <= 4; group++) {
      var leaves = new ArrayList<Integer>();
      for (var leaf = 0; leaf < groupOfLeaf.size(); leaf++) {
        if (groupOfLeaf.get(leaf) == group) {
          leaves.add(leaf);
        }
      }
      if (!leaves.isEmpty()) {
        groups.add(FragmentSet.of(leaves));
      }
    }
    return groups;
  }
}
