package org.golempipeline.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.CHOSEN_PLATFORM;
import static org.golempipeline.golem.wire.PropertyNames.COEFFICIENTS;
import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.EXPIRATION;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.PropertyNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NegotiatorTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final OfferTemplate OFFER =
      OfferTemplate.of(
          new ProviderOptions(
              new GolemConnection(URI.create("http://127.0.0.1:1"), "key"),
              URI.create("unix:/none"),
              "name",
              "team",
              new ProviderOptions.Prices(
                  BigDecimal.ONE, new BigDecimal("0.36"), new BigDecimal("3.6")),
              2,
              new ProviderOptions.Hardware(4, 8, 20),
              List.of("erc20-hoodi-tglm"),
              true,
              Path.of("/none")),
          "0xab",
          "x86_64");

  private final Negotiator negotiator = new Negotiator(OFFER, 2);

  private static Map<String, Object> demand(Object... changes) {
    Map<String, Object> demand = new LinkedHashMap<>();
    demand.put(CHOSEN_PLATFORM, "erc20-hoodi-tglm");
    demand.put(EXPIRATION, NOW.plus(Duration.ofHours(1)).toEpochMilli());
    demand.put(ACCEPT_TIMEOUT, 120);
    demand.put(DEBIT_NOTE_INTERVAL, 30);
    demand.put(PAYMENT_TIMEOUT, 3600);
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) {
        demand.remove(changes[i]);
      } else {
        demand.put((String) changes[i], changes[i + 1]);
      }
    }
    return demand;
  }

  private static long in(Duration time) {
    return NOW.plus(time).toEpochMilli();
  }

  @Test
  void takesOverWhatTheDemandProposes() {
    Negotiator.Answer answer = negotiator.answer(demand(), 0, NOW);
    assertThat(answer.objection()).isEmpty();
    assertThat(answer.offer())
        .containsEntry(ACCEPT_TIMEOUT, 120)
        .containsEntry(DEBIT_NOTE_INTERVAL, 30)
        .containsEntry(PAYMENT_TIMEOUT, 3600)
        .containsEntry(COEFFICIENTS, List.of(0.0001, 0.001, 1.0))
        .containsEntry(PropertyNames.SUBNET, "team");
  }

  @Test
  void leavesOutWhatTheDemandDoesNotKnow() {
    Map<String, Object> demand =
        demand(
            ACCEPT_TIMEOUT, null,
            DEBIT_NOTE_INTERVAL, null,
            PAYMENT_TIMEOUT, null,
            EXPIRATION, in(Duration.ofMinutes(30)));
    Negotiator.Answer answer = negotiator.answer(demand, 0, NOW);
    assertThat(answer.objection()).isEmpty();
    assertThat(answer.offer())
        .doesNotContainKeys(ACCEPT_TIMEOUT, DEBIT_NOTE_INTERVAL, PAYMENT_TIMEOUT);
  }

  static Stream<Arguments> objections() {
    return Stream.of(
        Arguments.of(
            demand(CHOSEN_PLATFORM, null),
            "Missing fields: /golem/com/payment/chosen-platform",
            false),
        Arguments.of(demand(EXPIRATION, in(Duration.ofMinutes(4))), "less than 5 min", true),
        Arguments.of(
            demand(ACCEPT_TIMEOUT, null, EXPIRATION, in(Duration.ofMinutes(31))),
            "more than 30 min",
            false),
        Arguments.of(
            demand(ACCEPT_TIMEOUT, 241), "DebitNote acceptance deadline should be less", true),
        Arguments.of(demand(ACCEPT_TIMEOUT, 4), "To low DebitNotes timeout: 4", true),
        Arguments.of(
            demand(DEBIT_NOTE_INTERVAL, 0.5), "not in acceptable range of [1; 86400]", true),
        Arguments.of(demand(PAYMENT_TIMEOUT, 86401), "not in acceptable range of [1; 86400]", true),
        Arguments.of(
            demand(PAYMENT_TIMEOUT, null, EXPIRATION, in(Duration.ofHours(10))),
            "threshold of enforcing mid-agreement payments",
            true),
        Arguments.of(
            demand(COEFFICIENTS, List.of(0.00009, 0.001, 1.0)),
            "[9.0E-5, 0.001, 1.0] < [1.0E-4, 0.001, 1.0]",
            true));
  }

  @ParameterizedTest
  @MethodSource("objections")
  void objects(Map<String, Object> demand, String message, boolean isFinal) {
    Negotiator.Objection objection = negotiator.answer(demand, 0, NOW).objection().orElseThrow();
    assertThat(objection.message()).contains(message);
    assertThat(objection.isFinal()).isEqualTo(isFinal);
  }

  @Test
  void borderValuesAreFine() {
    for (Map<String, Object> demand :
        List.of(
            demand(ACCEPT_TIMEOUT, 240),
            demand(ACCEPT_TIMEOUT, 5),
            demand(DEBIT_NOTE_INTERVAL, 1),
            demand(PAYMENT_TIMEOUT, 86400),
            demand(EXPIRATION, in(Duration.ofMinutes(5))))) {
      assertThat(negotiator.answer(demand, 1, NOW).objection()).isEmpty();
    }
  }

  @Test
  void hasRoomForSoManyAgreements() {
    assertThat(negotiator.answer(demand(), 2, NOW).objection())
        .contains(
            new Negotiator.Objection("No capacity available. Reached Agreements limit: 2", false));
  }

  @Test
  void moreThanTheAskedPriceIsTaken() {
    List<Double> more = List.of(0.0002, 0.001, 1.0);
    Negotiator.Answer answer = negotiator.answer(demand(COEFFICIENTS, more), 0, NOW);
    assertThat(answer.objection()).isEmpty();
    assertThat(answer.offer()).containsEntry(COEFFICIENTS, more);
  }

  @Test
  void signsOnlyWhatWasNegotiated() {
    Map<String, Object> agreed = negotiator.answer(demand(), 0, NOW).offer();
    assertThat(negotiator.objection(demand(), agreed, 0, NOW)).isEmpty();
    agreed.put(DEBIT_NOTE_INTERVAL, 30.0);
    assertThat(negotiator.objection(demand(), agreed, 0, NOW)).isEmpty();
    agreed.put(DEBIT_NOTE_INTERVAL, 60);
    assertThat(negotiator.objection(demand(), agreed, 0, NOW))
        .contains(new Negotiator.Objection("Negotiations aren't finished.", false));
    agreed.remove(DEBIT_NOTE_INTERVAL);
    assertThat(negotiator.objection(demand(), agreed, 0, NOW)).isPresent();
  }
}
