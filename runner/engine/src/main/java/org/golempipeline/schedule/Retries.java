package org.golempipeline.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Fragments of a stage that are to be tried again, some of them not at once. */
final class Retries {
  /** So many are looked at for one machine, so that a crowd of them costs nobody much. */
  private static final int LOOKED_AT = 256;

  private final Map<Integer, Trouble> troubles;
  private final Set<Integer> due = new LinkedHashSet<>();
  private final TreeSet<Later> later =
      new TreeSet<>(Comparator.comparing(Later::at).thenComparing(Later::fragment));

  /** By fragment, until when it waits in {@link #later}. */
  private final Map<Integer, Instant> waits = new HashMap<>();

  private record Later(Instant at, int fragment) {}

  Retries(Map<Integer, Trouble> troubles) {
    this.troubles = troubles;
  }

  int size() {
    return due.size() + later.size();
  }

  int dueNow(Instant now) {
    while (!later.isEmpty() && !later.first().at().isAfter(now)) {
      var fragment = later.pollFirst().fragment();
      waits.remove(fragment);
      due.add(fragment);
    }
    return due.size();
  }

  /** When the next one becomes due, null if none waits. */
  @Nullable Instant next() {
    return later.isEmpty() ? null : later.first().at();
  }

  void add(int fragment, Instant now) {
    var at = trouble(fragment).notBefore;
    if (at.isAfter(now)) {
      remove(fragment);
      later.add(new Later(at, fragment));
      waits.put(fragment, at);
    } else if (!due.contains(fragment)) {
      remove(fragment);
      due.add(fragment);
    }
  }

  boolean contains(int fragment) {
    return due.contains(fragment) || waits.containsKey(fragment);
  }

  void remove(int fragment) {
    due.remove(fragment);
    var at = waits.remove(fragment);
    if (at != null) {
      later.remove(new Later(at, fragment));
    }
  }

  void clear() {
    due.clear();
    later.clear();
    waits.clear();
  }

  /** Up to {@code most} that {@code rental} may try now and that may share a script. */
  List<Integer> take(RentalState rental, int most, Instant now) {
    if (dueNow(now) == 0) {
      return List.of();
    }
    var taken = new ArrayList<Integer>();
    var refused = new ArrayList<Integer>();
    var room = most;
    var looks = 0;
    for (var fragment : due) {
      if (taken.size() >= room || looks++ >= LOOKED_AT) {
        break;
      }
      var trouble = trouble(fragment);
      if (!trouble.mayRunOn(rental)) {
        refused.add(fragment);
      } else if (taken.size() < trouble.mostTogether) {
        taken.add(fragment);
        room = Math.min(room, trouble.mostTogether);
      }
    }
    taken.forEach(due::remove);
    refused.forEach(due::remove);
    due.addAll(refused);
    return taken;
  }

  /** Some that are due, the longest waiting first. */
  List<Integer> waitingLongest(int most) {
    return due.stream().limit(most).toList();
  }

  /** All of them, due or not. */
  List<Integer> all() {
    var all = new ArrayList<>(due);
    later.forEach(each -> all.add(each.fragment()));
    return all;
  }

  private Trouble trouble(int fragment) {
    return Objects.requireNonNull(troubles.get(fragment));
  }
}
