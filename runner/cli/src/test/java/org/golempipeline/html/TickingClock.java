package org.golempipeline.html;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock on which each look at it is a second later than the one before. For any thread. */
public final class TickingClock extends Clock {
  private Instant now;

  public TickingClock(Instant begin) {
    now = begin;
  }

  @Override
  public synchronized Instant instant() {
    now = now.plusSeconds(1);
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
