package org.golempipeline.golem;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Providers that failed us lately are asked last, banned ones never. Used on the loop only. */
final class Penalties {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final int DOUBLINGS = 7;

  private record Penalty(int count, long untilNanos) {}

  private final Map<String, Penalty> penalties = new HashMap<>();
  private final Set<String> banned = new HashSet<>();

  void ban(String providerId) {
    banned.add(providerId.toLowerCase(Locale.ROOT));
  }

  boolean isBanned(String providerId) {
    return banned.contains(providerId);
  }

  void punish(String providerId, long nowNanos) {
    Penalty old = penalties.get(providerId);
    int count = old == null ? 0 : Math.min(old.count() + 1, DOUBLINGS);
    penalties.put(providerId, new Penalty(count, nowNanos + (FIRST.toNanos() << count)));
  }

  void forgive(String providerId) {
    penalties.remove(providerId);
  }

  /** How long this provider is not to be asked; zero if it may be. */
  Duration remaining(String providerId, long nowNanos) {
    Penalty penalty = penalties.get(providerId);
    if (penalty == null || penalty.untilNanos() - nowNanos <= 0) {
      return Duration.ZERO;
    }
    return Duration.ofNanos(penalty.untilNanos() - nowNanos);
  }
}
