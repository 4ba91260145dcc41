package org.golempipeline.run;

import java.time.Instant;
import java.util.List;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * Gives events their place and hands them to the sinks, in a fixed order. Scheduler thread only.
 */
final class EventLog {
  private final List<EventSink> sinks;
  private long next;

  EventLog(List<EventSink> sinks) {
    this.sinks = List.copyOf(sinks);
  }

  void append(RunEvent event, Instant at) {
    var stamped = new StampedEvent(next++, at, event);
    sinks.forEach(sink -> sink.accept(stamped));
  }
}
