package org.golempipeline.golem.market;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/**
 * What makes two requests share a demand. The expiration is rounded up to a whole minute, so that
 * requests made one after the other do share it.
 */
public record DemandKey(
    String imageHash,
    String imageUrl,
    int threads,
    long memory,
    long storage,
    List<String> capabilities,
    Instant expiration) {

  /** How long we take at most to accept a debit note, in seconds. */
  static final int ACCEPT_TIMEOUT = 120;

  /** How far apart debit notes are at least, in seconds. */
  static final int DEBIT_NOTE_INTERVAL = 120;

  private static final int PAYMENT_TIMEOUT = 43_200;
  private static final String VM = "vm";
  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

  public DemandKey {
    capabilities = List.copyOf(capabilities);
  }

  public static DemandKey of(RentalTerms terms) {
    Instant minute = terms.expiration().truncatedTo(ChronoUnit.MINUTES);
    return new DemandKey(
        terms.imageHash().toLowerCase(Locale.ROOT),
        terms.imageUrl(),
        terms.threads(),
        terms.memory(),
        terms.storage(),
        terms.capabilities().stream().sorted().distinct().toList(),
        minute.equals(terms.expiration()) ? minute : minute.plus(1, ChronoUnit.MINUTES));
  }

  /** {@code hash:sha3:…:url}, by which the provider knows the image. */
  public String taskPackage() {
    return "hash:sha3:" + imageHash + ":" + imageUrl;
  }

  /** The demand as it is published. */
  public DemandRequest demand(SessionTerms terms, Decorations decorations) {
    return new DemandRequest(
        properties(terms.subnet(), terms.runId(), decorations),
        constraints(terms.subnet(), decorations));
  }

  /**
   * A demand that also brings the offers that {@link #demand} would not, but those of another
   * subnet, or that run no virtual machines.
   */
  DemandRequest survey(String subnet, String runId, Decorations decorations) {
    return new DemandRequest(
        properties(subnet, runId, decorations),
        all(
            List.of(
                equal(PropertyNames.SUBNET, subnet),
                "(|" + equal(PropertyNames.RUNTIME_NAME, VM) + runtimeConstraint() + ")")));
  }

  private Map<String, Object> properties(String subnet, String runId, Decorations decorations) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(PropertyNames.MULTI_ACTIVITY, true);
    properties.put(PropertyNames.SUBNET, subnet);
    properties.put(PropertyNames.EXPIRATION, expiration.toEpochMilli());
    properties.put(PropertyNames.PACKAGE_FORMAT, "gvmkit-squash");
    properties.put(PropertyNames.TASK_PACKAGE, taskPackage());
    properties.put(PropertyNames.DEBIT_NOTE_INTERVAL, DEBIT_NOTE_INTERVAL);
    properties.put(PropertyNames.PAYMENT_TIMEOUT, PAYMENT_TIMEOUT);
    properties.put(PropertyNames.ACCEPT_TIMEOUT, ACCEPT_TIMEOUT);
    properties.put(PropertyNames.RUN, runId);
    for (Decorations.Property property : decorations.properties()) {
      properties.put(property.key(), property.value());
    }
    return properties;
  }

  /** The same, with the platform chosen, as providers want it in a counter-proposal. */
  public static DemandRequest counter(DemandRequest demand, String platform) {
    Map<String, Object> properties = new LinkedHashMap<>(demand.properties());
    properties.put(PropertyNames.CHOSEN_PLATFORM, platform);
    return new DemandRequest(properties, demand.constraints());
  }

  private String constraints(String subnet, Decorations decorations) {
    List<String> all = new ArrayList<>();
    all.add(equal(PropertyNames.PRICING_MODEL, "linear"));
    all.add(equal(PropertyNames.SUBNET, subnet));
    all.add(runtimeConstraint());
    all.add(atLeast(PropertyNames.MEMORY, gib(memory)));
    all.add(atLeast(PropertyNames.STORAGE, gib(storage)));
    all.add(atLeast(PropertyNames.THREADS, Integer.toString(threads)));
    for (String capability : capabilities) {
      all.add(equal(PropertyNames.RUNTIME_CAPABILITIES, capability));
    }
    all.addAll(decorations.constraints());
    return all(all);
  }

  private String runtimeConstraint() {
    return equal(PropertyNames.RUNTIME_NAME, runtime());
  }

  private String runtime() {
    boolean gpu = capabilities.stream().anyMatch(capability -> capability.contains("gpu"));
    return gpu ? "vm-nvidia" : VM;
  }

  /** What an offer lacks of what {@link #demand} asks for. */
  List<String> unmet(Map<String, Object> offer) {
    List<String> unmet = new ArrayList<>();
    if (!runtime().equals(offer.get(PropertyNames.RUNTIME_NAME))) {
      unmet.add("without the runtime " + runtime());
    }
    if (isBelow(quantity(offer, PropertyNames.THREADS), Integer.toString(threads))) {
      unmet.add(Relaxation.Term.THREADS.objection);
    }
    if (isBelow(quantity(offer, PropertyNames.MEMORY), gib(memory))) {
      unmet.add(Relaxation.Term.MEMORY.objection);
    }
    if (isBelow(quantity(offer, PropertyNames.STORAGE), gib(storage))) {
      unmet.add(Relaxation.Term.STORAGE.objection);
    }
    Object offered = offer.get(PropertyNames.RUNTIME_CAPABILITIES);
    for (String capability : capabilities) {
      if (!(offered instanceof List<?> list
          ? list.contains(capability)
          : capability.equals(offered))) {
        unmet.add("without the capability " + capability);
      }
    }
    return unmet;
  }

  /** A number among an offer's properties; null if it is none, or makes no sense. */
  static @Nullable BigDecimal quantity(Map<String, Object> offer, String name) {
    return offer.get(name) instanceof Number number ? Offered.amount(number) : null;
  }

  private static boolean isBelow(@Nullable BigDecimal quantity, String least) {
    return quantity == null || quantity.compareTo(new BigDecimal(least)) < 0;
  }

  private static String all(List<String> constraints) {
    return "(&" + String.join("\n\t", constraints) + ")";
  }

  /** The language knows no escapes: a parenthesis would end the value. */
  private static String equal(String name, String value) {
    if (value.indexOf(')') >= 0 || value.startsWith("*")) {
      throw new IllegalArgumentException("`" + value + "` cannot stand in a constraint");
    }
    return "(" + name + "=" + value + ")";
  }

  private static String atLeast(String name, String value) {
    return "(" + name + ">=" + value + ")";
  }

  private static String gib(long bytes) {
    BigDecimal value = BigDecimal.valueOf(bytes).divide(GIB, 6, RoundingMode.HALF_UP);
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
