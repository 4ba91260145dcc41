package org.golempipeline.schedule;

import java.util.List;
import org.golempipeline.event.RunEvent;

/** What the scheduler answers to a message: what happened thereby, and what is to be done. */
public record Step(List<RunEvent> events, List<Action> actions) {
  public Step {
    events = List.copyOf(events);
    actions = List.copyOf(actions);
  }
}
