package org.golempipeline.schedule;

import java.util.LinkedHashSet;
import java.util.Set;

/** The machines of one pool, by what they do. */
final class PoolState {
  final int number;
  final PoolSetup setup;

  /** In the order in which they fell idle. */
  final Set<RentalState> idle = new LinkedHashSet<>();

  int requested;

  /** Requested, idle or busy. */
  int open;

  PoolState(int number, PoolSetup setup) {
    this.number = number;
    this.setup = setup;
  }
}
