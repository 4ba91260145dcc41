package org.golempipeline.golem.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.golempipeline.golem.wire.WireJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Strange offers, and daemons that show their faults only on bad days. */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT) // They wait most of the time.
final class MarketViewTest {
  private static final String EVENTS = "GET /market-api/v1/demands/demand-1/events";
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration LONGER = Duration.ofSeconds(4);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration IMPATIENCE = Duration.ofSeconds(5);

  private FakeYagna yagna;

  @BeforeEach
  void start() throws Exception {
    yagna = new FakeYagna();
  }

  @AfterEach
  void stop() {
    yagna.close();
  }

  @Test
  void readsWhatIsOffered() throws Exception {
    offers(initial("0xAA", properties()));

    assertThat(look())
        .containsExactly(
            new MarketOffer(
                "0xaa",
                "brick-12",
                8,
                new BigDecimal("16"),
                new BigDecimal("100.5"),
                BigDecimal.ZERO,
                new BigDecimal("0.099972"),
                new BigDecimal("0.019998"),
                "vm",
                "0.5.2",
                List.of()));
  }

  @Test
  void asksForNothingThatCosts() throws Exception {
    offers(initial("0xaa", properties()));

    look();

    assertThat(yagna.requests("POST"))
        .singleElement()
        .asString()
        .contains("/market-api/v1/demands");
    assertThat(yagna.requests("PUT")).isEmpty();
    assertThat(yagna.requests("GET /payment-api")).isEmpty();
    assertThat(yagna.requests("DELETE")).hasSize(1);
  }

  @Test
  void sortsWhatARunWouldAnswerByPriceBeforeTheRest() throws Exception {
    Map<String, Object> cheap = properties();
    cheap.put(PropertyNames.COEFFICIENTS, List.of(0.0, 0.0, 0.0));
    Map<String, Object> weak = new HashMap<>(cheap);
    weak.put(PropertyNames.MEMORY, 0.25);
    Map<String, Object> unpriced = properties();
    unpriced.remove(PropertyNames.PRICING_MODEL);
    offers(
        initial("0x1", unpriced),
        initial("0x3", weak),
        initial("0x2", properties()),
        initial("0x4", cheap));

    assertThat(look())
        .extracting(MarketOffer::providerId)
        .containsExactly("0x4", "0x2", "0x3", "0x1");
  }

  @Test
  void saysWhyARunWouldNotAnswer() throws Exception {
    assertObjection(PropertyNames.PRICING_MODEL, "auction", "without a linear price");
    assertObjection(PropertyNames.COEFFICIENTS, null, "without a usable price");
    assertObjection(
        PropertyNames.address(Offers.PLATFORM), null, "without a wallet on erc20-hoodi-tglm");
    assertObjection(PropertyNames.PROTOCOL_VERSION, 1, "with an old payment protocol");
    assertObjection(PropertyNames.THREADS, 0, "too few threads");
    assertObjection(PropertyNames.MEMORY, 0.499, "too little memory");
    assertObjection(PropertyNames.MEMORY, 0.5);
    assertObjection(PropertyNames.MEMORY, null, "too little memory");
    assertObjection(PropertyNames.STORAGE, 1.5, "too little storage");
  }

  @Test
  void pricesOnAnotherNetworkAreReadNevertheless() throws Exception {
    Map<String, Object> properties = properties();
    properties.remove(PropertyNames.address(Offers.PLATFORM));
    offers(initial("0xaa", properties));

    MarketOffer offer = look().get(0);

    assertThat(offer.isSuitable()).isFalse();
    assertThat(offer.cpuHourPrice()).isEqualByComparingTo("0.099972");
  }

  @Test
  void theNewestOfferOfAProviderCounts() throws Exception {
    Map<String, Object> newer = properties();
    newer.put(PropertyNames.NODE_NAME, "renamed");
    offers(
        event("0xAA", "Initial", newer, Instant.parse("2026-01-01T00:00:02Z")),
        event("0xaa", "Initial", properties(), Instant.parse("2026-01-01T00:00:01Z")),
        event("0xbb", "Draft", properties(), null));

    assertThat(look()).extracting(MarketOffer::name).containsExactly("renamed");
  }

  @Test
  void hostileOffersHarmNobody() throws Exception {
    Map<String, Object> odd = properties();
    odd.put(PropertyNames.NODE_NAME, "a\u001b[2J\n\u202eb" + "x".repeat(1000));
    odd.put(PropertyNames.RUNTIME_VERSION, Map.of("a", List.of(1, 2)));
    odd.put(PropertyNames.THREADS, 1e300);
    odd.put(PropertyNames.MEMORY, "much");
    odd.put(PropertyNames.STORAGE, -1);
    Map<String, Object> huge = properties();
    huge.put(PropertyNames.COEFFICIENTS, List.of("1e999999999", 1e308, "1e-999999999"));
    Map<String, Object> large = properties();
    large.put(PropertyNames.COEFFICIENTS, List.of(1e308, 4.9e-324, 0.0));
    String nothing = "{\"eventType\":\"ProposalEvent\"}";
    String empty = "{\"eventType\":\"ProposalEvent\",\"proposal\":{\"state\":\"Initial\"}}";
    String infinite =
        initial("0x5", properties()).replace("16.0", "1e999").replace("100.5", "9".repeat(900));
    offers(
        nothing,
        empty,
        "null",
        "7",
        "{\"eventType\":{}}",
        initial("0x1", Map.of()),
        initial("0x2", odd),
        initial("0x3", huge),
        initial("0x4", large),
        infinite,
        initial("0x6", properties()));

    List<MarketOffer> offers = look();

    assertThat(offers)
        .extracting(MarketOffer::providerId)
        .containsExactlyInAnyOrder("0x1", "0x2", "0x3", "0x4", "0x5", "0x6");
    MarketOffer bare = offer(offers, "0x1");
    assertThat(bare.name()).isEqualTo("0x1");
    assertThat(bare.threads()).isNull();
    assertThat(bare.startPrice()).isNull();
    assertThat(bare.objections()).containsExactly("without a linear price");
    MarketOffer strange = offer(offers, "0x2");
    assertThat(strange.name()).startsWith("a?[2J??bx").hasSize(80);
    assertThat(strange.threads()).isEqualTo(Integer.MAX_VALUE);
    assertThat(strange.memory()).isNull();
    assertThat(strange.storage()).isNull();
    assertThat(offer(offers, "0x3").objections()).containsExactly("without a usable price");
    assertThat(offer(offers, "0x4").cpuHourPrice()).isPositive();
    assertThat(offer(offers, "0x5").memory()).isNull();
    assertThat(offer(offers, "0x6").isSuitable()).isTrue();
  }

  @Test
  void aDemandWhoseIdWasLostIsFoundAndWithdrawn() throws Exception {
    offers(initial("0xaa", properties()));
    yagna
        .on("POST /market-api/v1/demands", Answer.BREAK, new Answer(201, "\"demand-1\""))
        .on(
            "GET /market-api/v1/demands",
            Answer.ok("[" + demand("lost", "view-1") + "," + demand("theirs", "view-2") + "]"),
            Answer.ok("[]"))
        .on("DELETE /market-api/v1/demands/lost", new Answer(204, ""));

    assertThat(look(LONGER, PATIENCE)).hasSize(1);

    assertThat(yagna.requests("DELETE").stream().map(String::strip))
        .containsExactly(
            "DELETE /market-api/v1/demands/lost", "DELETE /market-api/v1/demands/demand-1");
  }

  @Test
  void errorsThatPassAreWaitedOut() throws Exception {
    Answer error = new Answer(500, "{\"message\":\"database is locked\"}");
    yagna
        .on("POST /market-api/v1/demands", error, new Answer(201, "\"demand-1\""))
        .on(
            EVENTS,
            error,
            new Answer(404, "{\"message\":\"unsubscribed\"}"),
            page(initial("0xaa", properties())),
            page());

    assertThat(look(LONGER, PATIENCE)).hasSize(1);

    assertThat(yagna.requests("POST /market-api/v1/demands ")).hasSize(3);
  }

  @Test
  void aDemandThatBringsNothingIsPublishedAgain() throws Exception {
    yagna
        .on(
            "POST /market-api/v1/demands",
            new Answer(201, "\"demand-0\""),
            new Answer(201, "\"demand-1\""))
        .on("GET /market-api/v1/demands/demand-0/events", page())
        .on("DELETE /market-api/v1/demands/demand-0", new Answer(204, ""));
    offers(initial("0xaa", properties()));

    assertThat(look(LONGER, PATIENCE)).hasSize(1);

    assertThat(yagna.requests("DELETE")).hasSize(2);
  }

  @Test
  void anErrorThatStaysIsTold() {
    yagna.on(EVENTS, new Answer(500, "{\"message\":\"database is locked\"}"));

    assertThat(failure(PATIENCE))
        .hasMessage("Could not collect offers: database is locked.")
        .extracting(GolemException::kind)
        .isEqualTo(GolemException.Kind.YAGNA);
    assertThat(yagna.requests("DELETE")).hasSize(1);
  }

  @Test
  void aDaemonThatDoesNotAnswerIsGivenUp() {
    yagna.on("GET /version/get", Answer.HOLD);
    assertThat(failure(IMPATIENCE))
        .hasMessage("Could not ask the daemon who we are: no answer in time.");
    assertThat(yagna.requests("POST")).isEmpty();
  }

  @Test
  void aDaemonThatFallsSilentIsGivenUpAndStillAskedToWithdraw() {
    yagna.on(EVENTS, Answer.HOLD);
    assertThat(failure(IMPATIENCE)).hasMessage("Could not collect offers: no answer in time.");
    assertThat(yagna.requests("DELETE /market-api/v1/demands/demand-1")).isNotEmpty();
  }

  @Test
  void aDemandThatIsNotWithdrawnIsTold() throws Exception {
    offers(initial("0xaa", properties()));
    yagna.on("DELETE /market-api/v1/demands/demand-1", Answer.HOLD);
    assertThat(failure(IMPATIENCE)).hasMessage("Could not withdraw the demand: no answer in time.");
  }

  @Test
  void aDemandThatIsOnItsWayIsWithdrawnWhenInterrupted() throws Exception {
    yagna
        .on("POST /market-api/v1/demands", Answer.HOLD)
        .on("GET /market-api/v1/demands", Answer.ok("[" + demand("late", "view-1") + "]"))
        .on("DELETE /market-api/v1/demands/late", new Answer(204, ""));
    FutureTask<List<MarketOffer>> looking =
        new FutureTask<>(() -> look(Duration.ofHours(1), IMPATIENCE));
    Thread thread = new Thread(looking);
    thread.start();
    while (yagna.requests("POST").isEmpty() && !looking.isDone()) {
      Thread.onSpinWait();
    }

    thread.interrupt();

    assertThatThrownBy(looking::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(yagna.requests("DELETE /market-api/v1/demands/late")).hasSize(1);
  }

  @Test
  void aSubnetThatCannotStandInAConstraintIsRefused() {
    MarketView.Terms terms =
        new MarketView.Terms("view-1", Offers.PLATFORM, "a)b", Offers.terms(Instant.EPOCH));
    GolemException failure =
        catchThrowableOfType(
            GolemException.class, () -> MarketView.look(yagna.connection(), terms, LIMIT));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.MARKET);
    assertThat(yagna.requests("POST")).isEmpty();
  }

  private void assertObjection(String key, Object value, String... objections) throws Exception {
    Map<String, Object> properties = properties();
    properties.put(key, value);
    Proposal proposal = Offers.proposal(properties);
    assertThat(MarketOffer.of(proposal, terms()).objections()).as(key).containsExactly(objections);
  }

  private static MarketOffer offer(List<MarketOffer> offers, String id) {
    return offers.stream().filter(offer -> offer.providerId().equals(id)).findFirst().orElseThrow();
  }

  private List<MarketOffer> look() throws InterruptedException {
    return look(LIMIT, PATIENCE);
  }

  private List<MarketOffer> look(Duration limit, Duration patience) throws InterruptedException {
    return MarketView.look(yagna.connection(), terms(), limit, patience);
  }

  private GolemException failure(Duration patience) {
    return catchThrowableOfType(GolemException.class, () -> look(LIMIT, patience));
  }

  private static MarketView.Terms terms() {
    return new MarketView.Terms("view-1", Offers.PLATFORM, "public", Offers.terms(Instant.EPOCH));
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = Offers.properties();
    properties.put(PropertyNames.PROTOCOL_VERSION, 3);
    properties.put(PropertyNames.MEMORY, 16.0);
    properties.put(PropertyNames.STORAGE, 100.5);
    properties.put(PropertyNames.RUNTIME_NAME, "vm");
    properties.put(PropertyNames.RUNTIME_VERSION, "0.5.2");
    return properties;
  }

  private void offers(String... events) {
    yagna.on(EVENTS, page(events), page());
  }

  private static Answer page(String... events) {
    return Answer.ok(Arrays.toString(events));
  }

  private static String initial(String provider, Map<String, Object> properties) {
    return event(provider, "Initial", properties, null);
  }

  private static String event(
      String provider, String state, Map<String, Object> properties, Instant timestamp) {
    Proposal proposal =
        new Proposal(properties, "(&)", "R-" + provider, provider, state, timestamp, null);
    return json(new MarketEvent.ProposalEvent(null, proposal));
  }

  private static String demand(String id, String run) {
    return json(
        Map.of(
            "properties",
            Map.of(PropertyNames.RUN, run),
            "constraints",
            "(&)",
            "demandId",
            id,
            "requestorId",
            "0xme"));
  }

  private static String json(Object value) {
    try {
      return WireJson.mapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
