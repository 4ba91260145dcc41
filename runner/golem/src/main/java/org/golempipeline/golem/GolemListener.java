package org.golempipeline.golem;

/** Hears what happens in a session, for the run's event log. */
@FunctionalInterface
public interface GolemListener {
  /** Called on any thread; must return quickly. */
  void on(GolemEvent event);
}
