package org.golempipeline.golem.market;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * What one provider offers. Providers write what they like: a value that is missing or makes no
 * sense is null, and texts are short and without control characters.
 *
 * @param providerId node id, lower case
 * @param name what the owner calls it, or its id; not unique
 * @param threads of its processor that work may use
 * @param memory GiB
 * @param storage GiB
 * @param startPrice GLM for starting an activity; null, like the other prices, if what the provider
 *     charges cannot be checked
 * @param cpuHourPrice GLM for an hour of one thread
 * @param envHourPrice GLM for an hour of the agreement
 * @param runtime which runs the image: {@code vm}
 * @param runtimeVersion of the runtime
 * @param objections why a run would not answer the offer: phrases such as {@code too little memory}
 *     that are the same for many offers, first the one a run finds out first; empty if it would
 */
public record MarketOffer(
    String providerId,
    String name,
    @Nullable Integer threads,
    @Nullable BigDecimal memory,
    @Nullable BigDecimal storage,
    @Nullable BigDecimal startPrice,
    @Nullable BigDecimal cpuHourPrice,
    @Nullable BigDecimal envHourPrice,
    @Nullable String runtime,
    @Nullable String runtimeVersion,
    List<String> objections) {
  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);
  private static final int LONGEST_TEXT = 80;

  public MarketOffer {
    objections = List.copyOf(objections);
  }

  /**
   * Those that would be answered, in the order in which a run asks them, then the others.
   *
   * @param threads that the run asks for: what an hour of them costs decides
   */
  static Comparator<MarketOffer> bestFirst(int threads) {
    return Comparator.comparing((MarketOffer offer) -> !offer.isSuitable())
        .thenComparing(
            offer -> offer.hour(threads), Comparator.nullsLast(Comparator.naturalOrder()))
        .thenComparing(MarketOffer::providerId);
  }

  /** Whether a run would answer it. */
  public boolean isSuitable() {
    return objections.isEmpty();
  }

  @Nullable BigDecimal threadCount() {
    return threads == null ? null : BigDecimal.valueOf(threads);
  }

  static MarketOffer of(Proposal proposal, MarketView.Terms terms) {
    Map<String, Object> properties = proposal.properties();
    Pricing pricing = null;
    List<String> objections;
    try {
      Offered offered = Offered.priced(proposal, terms.platform());
      pricing = offered.pricing();
      objections = objections(offered, properties, terms);
    } catch (Offered.Unsuitable e) {
      objections = List.of(e.reason());
    }
    String id = String.valueOf(text(proposal.issuerId())).toLowerCase(Locale.ROOT);
    String name = text(properties.get(PropertyNames.NODE_NAME));
    BigDecimal threads = DemandKey.quantity(properties, PropertyNames.THREADS);
    return new MarketOffer(
        id,
        name == null ? id : name,
        threads == null ? null : threads.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue(),
        plain(DemandKey.quantity(properties, PropertyNames.MEMORY)),
        plain(DemandKey.quantity(properties, PropertyNames.STORAGE)),
        pricing == null ? null : plain(pricing.start()),
        pricing == null ? null : plain(pricing.cpuSecond().multiply(HOUR)),
        pricing == null ? null : plain(pricing.envSecond().multiply(HOUR)),
        text(properties.get(PropertyNames.RUNTIME_NAME)),
        text(properties.get(PropertyNames.RUNTIME_VERSION)),
        objections);
  }

  /** In the order in which a run finds them out. */
  private static List<String> objections(
      Offered offered, Map<String, Object> properties, MarketView.Terms terms) {
    List<String> objections = new ArrayList<>();
    try {
      offered.requireWallet(terms.platform());
    } catch (Offered.Unsuitable e) {
      objections.add(e.reason());
    }
    BigDecimal protocol = Offered.amount(properties.get(PropertyNames.PROTOCOL_VERSION));
    if (protocol == null || protocol.compareTo(BigDecimal.ONE) <= 0) {
      objections.add("with an old payment protocol");
    }
    objections.addAll(DemandKey.of(terms.machine()).unmet(properties));
    objections.addAll(offered.objections(terms.machine()));
    return objections;
  }

  private @Nullable BigDecimal hour(int asked) {
    if (startPrice == null || cpuHourPrice == null || envHourPrice == null) {
      return null;
    }
    int busy = threads == null ? 1 : Math.min(threads, asked);
    return startPrice.add(envHourPrice).add(cpuHourPrice.multiply(BigDecimal.valueOf(busy)));
  }

  private static @Nullable BigDecimal plain(@Nullable BigDecimal value) {
    if (value == null || value.signum() == 0) {
      return value == null ? null : BigDecimal.ZERO;
    }
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    value
        .toString()
        .codePoints()
        .limit(LONGEST_TEXT)
        .forEach(c -> text.appendCodePoint(isHarmless(c) ? c : '?'));
    return text.isEmpty() ? null : text.toString();
  }

  /** Neither moves the cursor nor turns the direction of what follows. */
  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
