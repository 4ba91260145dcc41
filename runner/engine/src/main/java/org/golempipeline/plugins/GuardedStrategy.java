package org.golempipeline.plugins;

import org.golempipeline.strategy.Strategy;

/** What a plugin's strategy says of itself, asked once and kept. */
sealed interface GuardedStrategy extends Strategy permits GuardedSplit, GuardedMerge {
  Traits traits();

  @Override
  default String name() {
    return traits().name();
  }

  @Override
  default String version() {
    return traits().version();
  }

  @Override
  default String summary() {
    return traits().summary();
  }

  @Override
  default String optionsSchema() {
    return traits().optionsSchema();
  }

  @Override
  default boolean optionsRequired() {
    return traits().optionsRequired();
  }
}
