package org.golempipeline.html;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.html.ProviderFacts.Bar;
import org.golempipeline.html.ProviderFacts.End;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * Rentals and the scripts on them. What is kept depends on how many providers there were, not on
 * how many scripts: beyond so many of either they are only added up.
 */
final class FleetFacts {
  private static final int PROVIDERS_KEPT = 2000;
  private static final int BARS_KEPT = 600;
  private static final int IMAGES_KEPT = 10;

  /** A machine that was asked for, until it is let go. */
  private static final class Machine {
    final long requestedAt;
    long approvedAt = -1;
    boolean ending;
    int scripts;
    long busySince;
    long busy;
    String name = "";
    @Nullable ProviderFacts provider;

    Machine(long requestedAt) {
      this.requestedAt = requestedAt;
    }

    /** The same, to go on on its own, of this provider. */
    Machine(Machine other, @Nullable ProviderFacts provider) {
      requestedAt = other.requestedAt;
      approvedAt = other.approvedAt;
      ending = other.ending;
      scripts = other.scripts;
      busySince = other.busySince;
      busy = other.busy;
      name = other.name;
      this.provider = provider;
    }
  }

  /** A script that is not back. */
  record Script(StageFacts stage, RunEvent.BatchStarted event, long startedAt) {}

  final WallClock clock;
  final Spread busy;
  final Spread rented;
  final Set<String> images;
  final Reasons endings;
  final ProviderFacts others;
  long searchTime;
  long deployTime;
  long busyTime;
  long rentedTime;
  long providersBeyond;

  /** Whether scripts were too many to be kept one by one. */
  boolean summedUp;

  private final Map<Integer, Machine> machines = new HashMap<>();
  private final Map<Integer, Script> scripts = new HashMap<>();
  private final Map<String, ProviderFacts> providers = new LinkedHashMap<>();
  private final Set<String> bannedIds;
  private final Map<String, Long> starting;
  private int bars;

  FleetFacts(WallClock clock) {
    this.clock = clock;
    busy = new Spread();
    rented = new Spread();
    images = new LinkedHashSet<>();
    endings = new Reasons();
    others = new ProviderFacts("", "all others");
    bannedIds = new HashSet<>();
    starting = new HashMap<>();
  }

  /** The same, which can come to an end on its own. What comes to no end is shared. */
  FleetFacts(FleetFacts other) {
    clock = new WallClock(other.clock);
    busy = new Spread(other.busy);
    rented = new Spread(other.rented);
    images = other.images;
    endings = other.endings;
    others = new ProviderFacts(other.others);
    searchTime = other.searchTime;
    deployTime = other.deployTime;
    busyTime = other.busyTime;
    rentedTime = other.rentedTime;
    providersBeyond = other.providersBeyond;
    summedUp = other.summedUp;
    bannedIds = other.bannedIds;
    starting = other.starting;
    bars = other.bars;
    scripts.putAll(other.scripts);
    var copies = new IdentityHashMap<ProviderFacts, ProviderFacts>();
    copies.put(other.others, others);
    other.providers.forEach(
        (id, provider) -> {
          var copy = new ProviderFacts(provider);
          copies.put(provider, copy);
          providers.put(id, copy);
        });
    other.machines.forEach(
        (rental, machine) ->
            machines.put(
                rental,
                new Machine(
                    machine, machine.provider == null ? null : copies.get(machine.provider))));
  }

  // ---- machines

  void requested(RunEvent.RentalRequested event, long now) {
    machines.put(event.rental(), new Machine(now));
    if (images.size() < IMAGES_KEPT) {
      images.add(event.image());
    }
    clock.asked = true;
    clock.wanted++;
  }

  void approved(String agreementId, long now) {
    starting.put(agreementId, now);
    clock.deploying = starting.size();
  }

  void terminated(String agreementId) {
    starting.remove(agreementId);
    clock.deploying = starting.size();
  }

  void opened(RunEvent.RentalOpened event, long now) {
    var machine = machines.computeIfAbsent(event.rental(), number -> new Machine(now));
    var approved = starting.remove(event.agreementId());
    clock.deploying = starting.size();
    machine.approvedAt = approved == null ? now : approved;
    machine.provider = provider(event.providerId(), event.providerName());
    machine.provider.rentals++;
    machine.name = event.providerName();
    searchTime += machine.approvedAt - machine.requestedAt;
    deployTime += now - machine.approvedAt;
    if (!machine.ending) {
      clock.wanted--;
      clock.rented++;
    }
  }

  void ending(RunEvent.RentalEnding event) {
    endings.add(event.reason());
    var machine = machines.get(event.rental());
    if (machine != null && !machine.ending) {
      notWanted(machine);
    }
  }

  /** Whether nobody called the search for a machine off. */
  boolean wants(int rental) {
    var machine = machines.get(rental);
    return machine == null || !machine.ending;
  }

  private void notWanted(Machine machine) {
    machine.ending = true;
    if (machine.provider == null) {
      clock.wanted--;
    } else {
      clock.rented--;
    }
  }

  /** It is gone, or there never was one. */
  void closed(int rental, long now) {
    var machine = machines.remove(rental);
    if (machine == null) {
      return;
    }
    if (!machine.ending) {
      notWanted(machine);
    }
    var provider = machine.provider;
    if (provider == null) {
      searchTime += now - machine.requestedAt;
      return;
    }
    if (machine.scripts > 0) {
      idle(machine, provider, now);
    }
    provider.rented += now - machine.approvedAt;
    provider.rentedSpread.add(machine.approvedAt, now);
    rentedTime += now - machine.approvedAt;
    rented.add(machine.approvedAt, now);
  }

  private ProviderFacts provider(String id, String name) {
    var known = providers.get(id);
    if (known == null) {
      if (providers.size() == PROVIDERS_KEPT) {
        providersBeyond++;
        return others;
      }
      known = new ProviderFacts(id, name);
      known.banned = bannedIds.contains(id);
      providers.put(id, known);
    }
    known.name = name;
    return known;
  }

  void banned(String providerId) {
    bannedIds.add(providerId);
    var known = providers.get(providerId);
    if (known != null) {
      known.banned = true;
    }
  }

  // ---- scripts

  void started(StageFacts stage, RunEvent.BatchStarted event, long now) {
    scripts.put(event.batch(), new Script(stage, event, now));
    var machine = machines.get(event.rental());
    if (machine != null && machine.scripts++ == 0) {
      machine.busySince = now;
      clock.busy(1, now);
    }
  }

  /** The script that came back, or did not; null if the journal does not have its beginning. */
  @Nullable Script finished(RunEvent.BatchFinished event, long now) {
    var script = scripts.remove(event.batch());
    if (script == null) {
      return null;
    }
    var machine = machines.get(script.event.rental());
    var provider = machine == null ? null : machine.provider;
    if (machine != null && provider != null) {
      if (--machine.scripts == 0) {
        idle(machine, provider, now);
      }
      if (event.neverSent()) {
        return script;
      }
      provider.scripts++;
      provider.done += event.done().size();
      provider.failed += event.failed().size();
      var end = end(event);
      provider.lostScripts += end == End.LOST ? 1 : 0;
      bar(provider, script, Math.max(script.startedAt, now - event.milliseconds()), now, end);
    }
    return script;
  }

  /** Who has a rental, as he calls himself. */
  String provider(int rental) {
    var machine = machines.get(rental);
    return machine == null ? "" : machine.name;
  }

  private void idle(Machine machine, ProviderFacts provider, long now) {
    machine.scripts = 0;
    clock.busy(-1, now);
    provider.busy += now - machine.busySince;
    provider.busySpread.add(machine.busySince, now);
    busyTime += now - machine.busySince;
    busy.add(machine.busySince, now);
  }

  private static End end(RunEvent.BatchFinished event) {
    if (event.failure() != null) {
      return event.failure().kind() == FailureKind.CANCELLED ? End.CANCELLED : End.LOST;
    }
    if (event.failed().isEmpty()) {
      return End.DONE;
    }
    return event.done().isEmpty() ? End.FAILED : End.SOME_FAILED;
  }

  private void bar(ProviderFacts provider, Script script, long from, long to, End end) {
    if (summedUp) {
      return;
    }
    if (bars++ == BARS_KEPT) {
      summedUp = true;
      providers.values().forEach(each -> each.bars.clear());
      others.bars.clear();
      return;
    }
    var fragments = Words.beginning(script.event.fragments().toString(), 40);
    provider.bars.add(new Bar(from, to, end, script.stage.name, fragments));
  }

  /** The journal ends here, whatever is still open. */
  void end(long now) {
    for (var script : scripts.values()) {
      var machine = machines.get(script.event.rental());
      if (machine != null && machine.provider != null) {
        bar(machine.provider, script, script.startedAt, now, End.UNKNOWN);
      }
    }
    for (var rental : Set.copyOf(machines.keySet())) {
      closed(rental, now);
    }
  }

  /** How many have not come back. */
  int scriptsOut() {
    return scripts.size();
  }

  /** In the order in which they were rented first. */
  Collection<ProviderFacts> providers() {
    return providers.values();
  }
}
