package org.golempipeline.event;

import java.time.Instant;

/** An event with its place in the run's one order. */
public record StampedEvent(long sequence, Instant at, RunEvent event) {}
