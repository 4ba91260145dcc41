package org.golempipeline.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The switches for everything that goes wrong in a node, all off at first. May be used from any
 * thread while the node works; chances are drawn from the node's seed.
 */
public final class Faults {
  /** What a command of a heavy-tailed provider takes longer at the most, in slownesses. */
  private static final double LONGEST_TAIL = 30;

  private final long seed;
  private final SplittableRandom random;
  private final Map<Integer, SplittableRandom> tails = new HashMap<>();
  private final Map<Integer, Set<ProviderFault>> providers = new HashMap<>();
  private final List<Rule> rules = new ArrayList<>();
  private volatile boolean noRules = true;
  private volatile Duration slowness = Duration.ofSeconds(1);
  private volatile long linkSpeed = 100_000;

  Faults(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed);
  }

  /** Gives the provider with this number, from 0, exactly these faults; none make it honest. */
  public synchronized void provider(int number, ProviderFault... faults) {
    Set<ProviderFault> set = EnumSet.noneOf(ProviderFault.class);
    set.addAll(List.of(faults));
    providers.put(number, set);
  }

  /** How much longer a {@link ProviderFault#SLOW} provider takes for a command. */
  public void slowness(Duration duration) {
    slowness = duration;
  }

  /** What a {@link ProviderFault#SLOW_LINK} moves at the most. */
  public void linkSpeed(long bytesPerSecond) {
    linkSpeed = bytesPerSecond;
  }

  /**
   * Lets requests fail: the next {@code times} ones with this method whose path matches {@code
   * path}, each with probability {@code chance}. Which of them fail depends on the seed alone.
   *
   * @param path a regular expression for the whole path, without the query
   */
  public synchronized void endpoint(
      String method, String path, EndpointFault fault, int times, double chance) {
    rules.add(new Rule(method, Pattern.compile(path), fault, times, chance, random.split()));
    noRules = false;
  }

  /** Switches everything off. */
  public synchronized void clear() {
    providers.clear();
    rules.clear();
    noRules = true;
  }

  synchronized boolean has(int provider, ProviderFault fault) {
    Set<ProviderFault> faults = providers.get(provider);
    return faults != null && faults.contains(fault);
  }

  /** How much longer the next command of this provider takes. */
  synchronized Duration delay(int provider) {
    Duration delay = has(provider, ProviderFault.SLOW) ? slowness : Duration.ZERO;
    if (!has(provider, ProviderFault.HEAVY_TAILED)) {
      return delay;
    }
    // Each provider draws for itself, so that the others' pace changes nothing.
    double drawn =
        tails
            .computeIfAbsent(provider, number -> new SplittableRandom(seed + 31L * number))
            .nextDouble();
    double tail = Math.min(LONGEST_TAIL, 0.1 / Math.max(drawn, 1e-9) - 0.1);
    return delay.plusNanos((long) (slowness.toNanos() * tail));
  }

  /** How long it takes to move so many bytes to or from this provider. */
  Duration transferTime(int provider, long bytes) {
    return has(provider, ProviderFault.SLOW_LINK)
        ? Duration.ofNanos((long) (bytes * 1e9 / linkSpeed))
        : Duration.ZERO;
  }

  /** The fault of this request, if it has one. */
  @Nullable EndpointFault draw(String method, String path) {
    return noRules ? null : drawRule(method, path);
  }

  private synchronized @Nullable EndpointFault drawRule(String method, String path) {
    for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
      Rule rule = each.next();
      if (!rule.method.equals(method)
          || !rule.path.matcher(path).matches()
          || rule.random.nextDouble() >= rule.chance) {
        continue;
      }
      rule.times--;
      if (rule.times <= 0) {
        each.remove();
        noRules = rules.isEmpty();
      }
      return rule.fault;
    }
    return null;
  }

  private static final class Rule {
    final String method;
    final Pattern path;
    final EndpointFault fault;
    int times;
    final double chance;
    final SplittableRandom random;

    Rule(
        String method,
        Pattern path,
        EndpointFault fault,
        int times,
        double chance,
        SplittableRandom random) {
      this.method = method;
      this.path = path;
      this.fault = fault;
      this.times = times;
      this.chance = chance;
      this.random = random;
    }
  }
}
