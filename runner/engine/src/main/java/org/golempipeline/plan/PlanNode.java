package org.golempipeline.plan;

import org.golempipeline.spec.StageName;

/** A vertex of the plan's graph. */
sealed interface PlanNode {
  StageName stage();

  /** One fragment. */
  record FragmentNode(StageName stage, int index) implements PlanNode {
    @Override
    public String toString() {
      return stage + "[" + index + "]";
    }
  }

  /** All fragments of a stage that has many. */
  record LargeNode(StageName stage, int fragments) implements PlanNode {
    @Override
    public String toString() {
      return stage + "[0…" + (fragments - 1) + "]";
    }
  }

  /** The fragments of a stage that becomes known only during the run. */
  record PendingNode(StageName stage) implements PlanNode {
    @Override
    public String toString() {
      return stage + "[…]";
    }
  }

  /** Where the outputs of a stage come together. */
  record MergeNode(StageName stage) implements PlanNode {
    @Override
    public String toString() {
      return stage + ".merge";
    }
  }
}
