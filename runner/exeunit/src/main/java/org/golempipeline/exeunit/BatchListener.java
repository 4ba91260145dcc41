package org.golempipeline.exeunit;

import org.golempipeline.golem.wire.RuntimeEvent;

/**
 * Listens to a batch. Called one event after the other, on threads that wait for it as long as it
 * takes, without any lock.
 */
public interface BatchListener {
  /** The next event; interrupted, it is told no more. */
  void event(RuntimeEvent event) throws InterruptedException;

  /** Nothing comes any more. */
  void end();
}
