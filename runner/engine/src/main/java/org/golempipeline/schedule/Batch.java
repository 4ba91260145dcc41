package org.golempipeline.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A script that was decided on and has not come back. */
final class Batch {
  final int id;
  final RentalState rental;
  final StageState stage;
  final List<Integer> fragments;

  /** What its clock is set to. */
  final Duration limit;

  /** After that a fragment of it is given up. */
  Duration fragmentLimit;

  /** When its turn came on its machine. */
  Instant begun;

  /** Its stragglers have copies elsewhere. */
  boolean copied;

  Batch(
      int id,
      RentalState rental,
      StageState stage,
      List<Integer> fragments,
      Duration limit,
      Duration fragmentLimit,
      Instant begun) {
    this.id = id;
    this.rental = rental;
    this.stage = stage;
    this.fragments = List.copyOf(fragments);
    this.limit = limit;
    this.fragmentLimit = fragmentLimit;
    this.begun = begun;
  }

  /** It runs; a script behind it is only prepared. */
  boolean runs() {
    return rental.batches.peekFirst() == this;
  }

  /** Whether everything in it was done or given up elsewhere meanwhile. */
  boolean obsolete() {
    for (var fragment : fragments) {
      if (!stage.over.get(fragment)) {
        return false;
      }
    }
    return true;
  }
}
