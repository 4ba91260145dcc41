package org.golempipeline.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** What is decided in answer to one message, shared by all who decide. */
final class Decisions {
  private List<RunEvent> events = new ArrayList<>();
  private List<Action> actions = new ArrayList<>();
  private Instant now = Instant.MIN;
  private @Nullable Failure failure;
  private boolean published;

  void begin(Instant at) {
    now = at;
  }

  Step end() {
    var step = new Step(events, actions);
    events = new ArrayList<>();
    actions = new ArrayList<>();
    return step;
  }

  Instant now() {
    return now;
  }

  /** Whichever comes first; {@code b} does not count if it has come. */
  @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (b == null || !b.isAfter(now)) {
      return a;
    }
    return a == null || b.isBefore(a) ? b : a;
  }

  void emit(RunEvent event) {
    events.add(event);
  }

  void act(Action action) {
    actions.add(action);
  }

  /** The run will end without completing; the first reason counts. */
  void stop(Failure reason) {
    if (failure == null && !published) {
      failure = reason;
      emit(new RunEvent.StopRequested(reason));
    }
  }

  /** Results are in their places: nothing can stop the run any more. */
  void published() {
    published = true;
  }

  @Nullable Failure failure() {
    return failure;
  }

  boolean stopping() {
    return failure != null;
  }
}
