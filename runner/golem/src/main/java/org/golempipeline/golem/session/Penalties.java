package org.golempipeline.golem.session;

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
  private final Map<String, Long> paused = new HashMap<>();
  private final Set<String> banned = new HashSet<>();

  void ban(String providerId) {
    banned.add(providerId.toLowerCase(Locale.ROOT));
  }

  boolean isBanned(String providerId) {
    return banned.contains(providerId);
  }

  /** Until then it is not asked, whatever it does meanwhile. */
  void pause(String providerId, long untilNanos) {
    paused.put(providerId.toLowerCase(Locale.ROOT), untilNanos);
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
    long left = penalty == null ? 0 : penalty.untilNanos() - nowNanos;
    Long paused = this.paused.get(providerId);
    left = paused == null ? left : Math.max(left, paused - nowNanos);
    return Duration.ofNanos(Math.max(0, left));
  }
}
