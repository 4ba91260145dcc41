package org.golempipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.golempipeline.journal.ProviderFailures.Failed;

/**
 * How long providers are left alone after failures of their own: longer each time, and never for
 * good. Thread-safe.
 */
final class ProviderPauses {
  /** Failures are remembered across runs for so long. */
  static final Duration MEMORY = Duration.ofDays(1);

  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int DOUBLINGS = 7;

  private final Map<String, Failed> failed;

  /**
   * @param earlier what runs before this one saw
   */
  ProviderPauses(Map<String, Failed> earlier) {
    this.failed = new HashMap<>(earlier);
  }

  /** It failed again: the answer is when it may be asked next. */
  synchronized Instant failed(String provider, Instant now) {
    var times = times(provider) + 1;
    failed.put(provider, new Failed(times, now));
    return until(provider);
  }

  /** It did what it was asked for. */
  synchronized void worked(String provider) {
    failed.remove(provider);
  }

  /** How often it failed in a row. */
  synchronized int times(String provider) {
    var known = failed.get(provider);
    return known == null ? 0 : known.times();
  }

  /** Who is not to be asked yet, and until when. */
  synchronized Map<String, Instant> pending(Instant now) {
    var pending = new HashMap<String, Instant>();
    for (var provider : failed.keySet()) {
      if (until(provider).isAfter(now)) {
        pending.put(provider, until(provider));
      }
    }
    return pending;
  }

  private Instant until(String provider) {
    var known = failed.get(provider);
    if (known == null) {
      return Instant.MIN;
    }
    var pause = FIRST.multipliedBy(1L << Math.min(known.times() - 1, DOUBLINGS));
    return known.last().plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
  }
}
