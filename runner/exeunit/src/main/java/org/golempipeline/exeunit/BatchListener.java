package org.golempipeline.exeunit;

import org.golempipeline.golem.wire.RuntimeEvent;

/** Listens to a batch. Called in order while the unit's lock is held: to be handed on, no more. */
public interface BatchListener {
  void event(RuntimeEvent event);

  /** Nothing comes any more. */
  void end();
}
