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
  private final SplittableRandom random;
  private final Map<Integer, Set<ProviderFault>> providers = new HashMap<>();
  private final List<Rule> rules = new ArrayList<>();
  private volatile boolean noRules = true;
  private volatile Duration slowness = Duration.ofSeconds(1);

  Faults(long seed) {
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

  /**
   * Lets requests fail: the next {@code times} ones with this method whose path matches {@code
   * path}, each with probability {@code chance}.
   *
   * @param path a regular expression for the whole path, without the query
   */
  public synchronized void endpoint(
      String method, String path, EndpointFault fault, int times, double chance) {
    rules.add(new Rule(method, Pattern.compile(path), fault, times, chance));
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

  Duration slowness() {
    return slowness;
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
          || random.nextDouble() >= rule.chance) {
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

    Rule(String method, Pattern path, EndpointFault fault, int times, double chance) {
      this.method = method;
      this.path = path;
      this.fault = fault;
      this.times = times;
      this.chance = chance;
    }
  }
}
