package org.golempipeline.strategy;

import java.io.IOException;

/** Combines the outputs of a stage's fragments into its result. */
public interface MergeStrategy extends Strategy {
  /** What the result is. */
  Result result();

  /** Starts one result; called once for every output path of the stage. */
  Merger open(MergeContext context) throws IOException, StrategyException;

  /** What comes out of a merge. */
  enum Result {
    /** One file, written to {@link MergeContext#target()}. */
    FILE,
    /** One file that holds a single line; later stages know it as a variable. */
    VALUE,
    /** The outputs themselves; nothing is combined and {@link #open} is never called. */
    FILES,
    /** The first output that was accepted; the rest of the stage is then cancelled. */
    FIRST,
    /**
     * One file, made on providers: an associative command combines outputs in their order, then
     * what it made of them, until one is left. {@link #open} is never called; the options are
     * {@code run}, the command, and {@code fan_in}, how many it combines at once.
     */
    TREE
  }
}
