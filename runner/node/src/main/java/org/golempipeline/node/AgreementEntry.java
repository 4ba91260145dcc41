package org.golempipeline.node;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.Offer;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/** An agreement and what belongs to it. Guarded by the context's lock. */
final class AgreementEntry {
  static final String PROPOSAL = "Proposal";
  static final String PENDING = "Pending";
  static final String CANCELLED = "Cancelled";
  static final String REJECTED = "Rejected";
  static final String APPROVED = "Approved";
  static final String EXPIRED = "Expired";
  static final String TERMINATED = "Terminated";

  private static final String SIGNATURE = "NoSignature";

  private final Agreements owner;
  final String id;
  final Demand demand;
  final Offer offer;
  final LocalProvider provider;
  final Instant validTo;
  final Instant created;
  final Topic topic;

  /** All there ever were, in order. */
  final List<Activity> activities = new ArrayList<>();

  String state = PROPOSAL;
  @Nullable Instant approved;
  @Nullable String session;

  AgreementEntry(
      Agreements owner,
      String id,
      Demand demand,
      Offer offer,
      LocalProvider provider,
      Instant validTo,
      Instant created,
      Topic topic) {
    this.owner = owner;
    this.id = id;
    this.demand = demand;
    this.offer = offer;
    this.provider = provider;
    this.validTo = validTo;
    this.created = created;
    this.topic = topic;
  }

  Agreement toWire() {
    boolean confirmed = !state.equals(PROPOSAL);
    String answered = approved == null ? null : SIGNATURE;
    return new Agreement(
        id,
        demand,
        offer,
        validTo,
        approved,
        state,
        created,
        session,
        confirmed ? SIGNATURE : null,
        answered,
        answered);
  }

  /** The provider ends it, if it still stands. */
  void endByProvider(String code, String message) {
    owner.terminateByProvider(this, code, message);
  }

  boolean is(String wanted) {
    return state.equals(wanted);
  }

  boolean allActivitiesEnded() {
    return activities.stream().allMatch(Activity::closed);
  }

  /** Whether both sides allow several activities. */
  boolean severalActivities() {
    return Boolean.TRUE.equals(demand.properties().get(PropertyNames.MULTI_ACTIVITY))
        && Boolean.TRUE.equals(offer.properties().get(PropertyNames.MULTI_ACTIVITY));
  }

  String platform() {
    return String.valueOf(demand.properties().get(PropertyNames.CHOSEN_PLATFORM));
  }

  @Nullable String payerAddress() {
    return text(demand.properties(), PropertyNames.address(platform()));
  }

  @Nullable String payeeAddress() {
    return text(offer.properties(), PropertyNames.address(platform()));
  }

  private static @Nullable String text(Map<String, Object> properties, String key) {
    Object value = properties.get(key);
    return value == null ? null : value.toString();
  }

  /** A duration in the agreed offer, in seconds, absent if the sides did not agree on it. */
  Optional<Duration> agreedSeconds(String key) {
    return offer.properties().get(key) instanceof Number seconds
        ? Optional.of(Duration.ofMillis((long) (seconds.doubleValue() * 1000)))
        : Optional.empty();
  }

  /** When the demand wants it all to be over. */
  Optional<Instant> expiration() {
    return demand.properties().get(PropertyNames.EXPIRATION) instanceof Number millis
        ? Optional.of(Instant.ofEpochMilli(millis.longValue()))
        : Optional.empty();
  }

  /** What usage costs by the agreed prices, the start price included. */
  BigDecimal cost(List<Double> usage) {
    if (!(offer.properties().get(PropertyNames.COEFFICIENTS) instanceof List<?> prices)) {
      return BigDecimal.ZERO;
    }
    BigDecimal sum = decimal(prices.get(prices.size() - 1));
    for (int i = 0; i < usage.size() && i < prices.size() - 1; i++) {
      sum = sum.add(decimal(prices.get(i)).multiply(decimal(usage.get(i))));
    }
    BigDecimal rounded = sum.setScale(18, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.signum() == 0 ? BigDecimal.ZERO : rounded;
  }

  private static BigDecimal decimal(@Nullable Object number) {
    return number instanceof Number value
        ? BigDecimal.valueOf(value.doubleValue())
        : BigDecimal.ZERO;
  }
}
