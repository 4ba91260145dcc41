package org.golempipeline.event;

/**
 * Takes the events of a run, in order, on the scheduler's thread. Returns quickly and never throws,
 * but for the journal, whose {@link java.io.UncheckedIOException} ends the run.
 */
@FunctionalInterface
public interface EventSink {
  void accept(StampedEvent event);
}
