package org.golempipeline.html;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the run as a whole was doing at each moment: of several things at once the most useful one
 * counts, so that the parts add up to how long it took.
 */
final class WallClock {
  enum Part {
    SCRIPTS("scripts running", null, "run"),
    MERGING("merging on this machine, nothing running", "merging, nothing running", "merge"),
    DEPLOYING("starting images, nothing running", null, "deploy"),
    MARKET("looking for providers, nothing running", "starting workers", "market"),
    WAITING("providers idle, nothing to send", "workers idle, nothing to do", "idle"),
    PREPARING(
        "before anything was asked of the network", "before any worker was started", "prepare"),
    ENDING("publishing, ending, paying", "publishing, ending", "end");

    final String colour;
    private final String onGolem;
    private final @Nullable String here;

    /**
     * @param here what it is called if everything runs on this machine; null if the same
     */
    Part(String onGolem, @Nullable String here, String colour) {
      this.onGolem = onGolem;
      this.here = here;
      this.colour = colour;
    }

    String words(boolean golem) {
      return golem || here == null ? onGolem : here;
    }
  }

  private final Map<Part, Long> parts = new EnumMap<>(Part.class);
  private long upTo;

  int busy;
  int rented;
  int deploying;
  int wanted;
  int merging;
  boolean asked;
  boolean ending;

  private int mostBusy;
  private long aloneSince = -1;
  private long alone;

  WallClock() {}

  /** The same, to go on on its own. */
  WallClock(WallClock other) {
    parts.putAll(other.parts);
    upTo = other.upTo;
    busy = other.busy;
    rented = other.rented;
    deploying = other.deploying;
    wanted = other.wanted;
    merging = other.merging;
    asked = other.asked;
    ending = other.ending;
    mostBusy = other.mostBusy;
    aloneSince = other.aloneSince;
    alone = other.alone;
  }

  /** Time goes on to {@code now} as things are. */
  void advance(long now) {
    if (now > upTo) {
      parts.merge(part(), now - upTo, Long::sum);
      upTo = now;
    }
  }

  private Part part() {
    if (busy > 0) {
      return Part.SCRIPTS;
    }
    if (merging > 0) {
      return Part.MERGING;
    }
    if (ending) {
      return Part.ENDING;
    }
    if (deploying > 0) {
      return Part.DEPLOYING;
    }
    if (wanted > 0) {
      return Part.MARKET;
    }
    if (rented > 0) {
      return Part.WAITING;
    }
    return asked ? Part.ENDING : Part.PREPARING;
  }

  /** One provider more, or less, has a script. */
  void busy(int change, long now) {
    var before = busy;
    busy += change;
    mostBusy = Math.max(mostBusy, busy);
    if (busy == 1 && before == 2) {
      aloneSince = now;
    } else if (busy >= 2) {
      aloneSince = -1;
      alone = 0;
    } else if (busy == 0 && aloneSince >= 0) {
      alone = now - aloneSince;
    }
  }

  /** How long the last provider went on when no other one had a script any more. */
  long alone() {
    return alone;
  }

  int mostBusy() {
    return mostBusy;
  }

  long of(Part part) {
    return parts.getOrDefault(part, 0L);
  }

  long total() {
    return upTo;
  }
}
