package org.golempipeline.provider;

import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.CHOSEN_PLATFORM;
import static org.golempipeline.golem.wire.PropertyNames.COEFFICIENTS;
import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.EXPIRATION;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is answered to a demand: the rules of the released provider, one after the other, of which
 * the first that objects decides. A pure function of offer, demand and moment.
 */
final class Negotiator {
  private static final Duration SHORTEST = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofDays(36500);
  private static final Duration LONGEST_WITHOUT_NOTES = Duration.ofMinutes(30);
  private static final Duration LONGEST_WITHOUT_PAYMENTS = Duration.ofHours(10);
  private static final long LEAST_ACCEPT_TIMEOUT = 5;
  private static final long DAY = 24 * 3600;

  private final OfferTemplate offer;
  private final int agreements;

  /**
   * @param agreements the most at a time
   */
  Negotiator(OfferTemplate offer, int agreements) {
    this.offer = offer;
    this.agreements = agreements;
  }

  /** Either an offer that suits the demand, or why there is none. */
  record Answer(Map<String, Object> offer, Optional<Objection> objection) {}

  /**
   * @param isFinal it will be so tomorrow
   */
  record Objection(String message, boolean isFinal) {}

  /**
   * @param busy the agreements we have
   */
  Answer answer(Map<String, Object> demand, int busy, Instant now) {
    Map<String, Object> answer = offer.properties();
    return new Answer(answer, Optional.ofNullable(firstObjection(demand, answer, busy, now)));
  }

  /** Why an agreement is not signed; nothing may be left to negotiate in it. */
  Optional<Objection> objection(
      Map<String, Object> demand, Map<String, Object> agreed, int busy, Instant now) {
    Answer answer = answer(demand, busy, now);
    if (answer.objection.isPresent()) {
      return answer.objection;
    }
    boolean finished =
        List.of(ACCEPT_TIMEOUT, DEBIT_NOTE_INTERVAL, PAYMENT_TIMEOUT, COEFFICIENTS).stream()
            .allMatch(each -> same(agreed.get(each), answer.offer.get(each)));
    return finished
        ? Optional.empty()
        : Optional.of(new Objection("Negotiations aren't finished.", false));
  }

  private @Nullable Objection firstObjection(
      Map<String, Object> demand, Map<String, Object> answer, int busy, Instant now) {
    if (!demand.containsKey(CHOSEN_PLATFORM)) {
      return new Objection("Missing fields: /" + CHOSEN_PLATFORM.replace('.', '/'), false);
    }
    if (busy >= agreements) {
      return new Objection("No capacity available. Reached Agreements limit: " + agreements, false);
    }
    return Stream.<Supplier<@Nullable Objection>>of(
            () -> expiration(demand, now),
            () -> acceptTimeout(demand, answer),
            () -> interval(demand, answer),
            () -> paymentTimeout(demand, answer, now),
            () -> price(demand, answer))
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Objection expiration(Map<String, Object> demand, Instant now) {
    if (!(demand.get(EXPIRATION) instanceof Number millis)) {
      return new Objection("Missing fields: /" + EXPIRATION.replace('.', '/'), false);
    }
    Instant end = Instant.ofEpochMilli(millis.longValue());
    Duration left = Duration.between(now, end);
    Duration most = demand.containsKey(ACCEPT_TIMEOUT) ? LONGEST : LONGEST_WITHOUT_NOTES;
    boolean tooShort = left.compareTo(SHORTEST) < 0;
    return tooShort || left.compareTo(most) > 0
        ? new Objection(
            "Proposal expires at: %s which is less than %d min or more than %d min from now"
                .formatted(end, SHORTEST.toMinutes(), most.toMinutes()),
            tooShort)
        : null;
  }

  private static @Nullable Objection acceptTimeout(
      Map<String, Object> demand, Map<String, Object> answer) {
    Double asked = adopt(ACCEPT_TIMEOUT, demand, answer);
    if (asked != null && asked > OfferTemplate.LONGEST_ACCEPT_TIMEOUT) {
      return new Objection(
          "DebitNote acceptance deadline should be less than %d s. Requestor asked for: %s s"
              .formatted(OfferTemplate.LONGEST_ACCEPT_TIMEOUT, demand.get(ACCEPT_TIMEOUT)),
          true);
    }
    return asked != null && asked < LEAST_ACCEPT_TIMEOUT
        ? new Objection(
            "To low DebitNotes timeout: %s s".formatted(demand.get(ACCEPT_TIMEOUT)), true)
        : null;
  }

  private static @Nullable Objection interval(
      Map<String, Object> demand, Map<String, Object> answer) {
    return outOfADay("Debit note interval", DEBIT_NOTE_INTERVAL, demand, answer);
  }

  private static @Nullable Objection paymentTimeout(
      Map<String, Object> demand, Map<String, Object> answer, Instant now) {
    Objection objection = outOfADay("Payment timeout", PAYMENT_TIMEOUT, demand, answer);
    if (objection != null || demand.containsKey(PAYMENT_TIMEOUT)) {
      return objection;
    }
    Duration left =
        demand.get(EXPIRATION) instanceof Number millis
            ? Duration.between(now, Instant.ofEpochMilli(millis.longValue()))
            : Duration.ZERO;
    return left.compareTo(LONGEST_WITHOUT_PAYMENTS) >= 0
        ? new Objection(
            "Agreement of %d h exceeds the %d h threshold of enforcing mid-agreement payments"
                .formatted(left.toHours(), LONGEST_WITHOUT_PAYMENTS.toHours()),
            true)
        : null;
  }

  private static @Nullable Objection outOfADay(
      String what, String key, Map<String, Object> demand, Map<String, Object> answer) {
    Double asked = adopt(key, demand, answer);
    return asked != null && (asked < 1 || asked > DAY)
        ? new Objection(
            "%s %s s not in acceptable range of [1; %d]".formatted(what, demand.get(key), DAY),
            true)
        : null;
  }

  /** Takes the demand's value of a negotiable property, or drops ours if it has none. */
  private static @Nullable Double adopt(
      String key, Map<String, Object> demand, Map<String, Object> answer) {
    if (demand.get(key) instanceof Number value) {
      answer.put(key, value);
      return value.doubleValue();
    }
    answer.remove(key);
    return null;
  }

  /** A requestor may offer more than was asked. */
  private static @Nullable Objection price(Map<String, Object> demand, Map<String, Object> answer) {
    if (!(demand.get(COEFFICIENTS) instanceof List<?> offered)) {
      return null;
    }
    List<?> asked = (List<?>) Objects.requireNonNull(answer.get(COEFFICIENTS));
    boolean enough = offered.size() == asked.size();
    for (int i = 0; enough && i < asked.size(); i++) {
      enough =
          offered.get(i) instanceof Number more
              && more.doubleValue() >= ((Number) asked.get(i)).doubleValue();
    }
    answer.put(COEFFICIENTS, offered);
    return enough ? null : new Objection(offered + " < " + asked, true);
  }

  private static boolean same(@Nullable Object agreed, @Nullable Object answered) {
    if (agreed instanceof Number one && answered instanceof Number other) {
      return one.doubleValue() == other.doubleValue();
    }
    if (agreed instanceof List<?> some && answered instanceof List<?> others) {
      boolean same = some.size() == others.size();
      for (int i = 0; same && i < some.size(); i++) {
        same = same(some.get(i), others.get(i));
      }
      return same;
    }
    return Objects.equals(agreed, answered);
  }
}
