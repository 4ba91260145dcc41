package org.golempipeline.strategy;

import java.io.IOException;

/**
 * One result in the making. Gets the outputs in fragment order, each as soon as those before it are
 * there, whatever order they arrived in; used by one thread at a time and in bounded memory.
 */
public interface Merger extends AutoCloseable {
  /**
   * Takes the next output. It stays readable until {@link #close}, so a merger may keep it for
   * {@link #finish}.
   *
   * @throws StrategyException if the output is not what this merge can combine
   */
  void add(FragmentOutput output) throws IOException, StrategyException;

  /** Writes what is left and completes {@link MergeContext#target()}. */
  void finish() throws IOException, StrategyException;

  /** Lets go of everything open, finished or not. */
  @Override
  void close() throws IOException;
}
