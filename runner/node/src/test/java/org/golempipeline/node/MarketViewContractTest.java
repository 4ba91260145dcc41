package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.market.MarketOffer;
import org.golempipeline.golem.market.MarketView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looking at the market of the embedded node: what is seen, and that nothing is left of it. */
@Timeout(240)
final class MarketViewContractTest {
  private static final String DEMANDS = "/market-api/v1/demands";
  private static final Duration LIMIT = Duration.ofMillis(500);

  @TempDir Path folder;
  private EmbeddedNode node;
  private Requestor requestor;

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void seesEveryProviderOnceWhateverItIsLike() throws Exception {
    start(5, false);
    node.faults().provider(0, ProviderFault.REFUSES_PROPOSALS);
    node.faults().provider(1, ProviderFault.MUTE, ProviderFault.OVERBILLS);
    node.faults().provider(2, ProviderFault.LIES);
    node.faults().provider(3, ProviderFault.REFUSES_AGREEMENTS, ProviderFault.SLOW);

    List<MarketOffer> offers = look(machine(1, null));

    assertThat(offers)
        .extracting(MarketOffer::name)
        .containsExactlyInAnyOrder("local-1", "local-2", "local-3", "local-4", "local-5");
    assertThat(offers).extracting(MarketOffer::providerId).doesNotHaveDuplicates();
    assertThat(offers)
        .allSatisfy(
            offer ->
                assertThat(offer)
                    .isEqualTo(
                        new MarketOffer(
                            offer.providerId(),
                            offer.name(),
                            64,
                            new BigDecimal("512"),
                            new BigDecimal("4096"),
                            BigDecimal.ZERO,
                            new BigDecimal("0.099972"),
                            new BigDecimal("0.019998"),
                            "vm",
                            "0.5.2",
                            List.of())));
    assertNothingIsLeft();
  }

  @Test
  void seesMoreProvidersThanOneAnswerHolds() throws Exception {
    start(150, true);
    assertThat(look(Duration.ofSeconds(3))).hasSize(150).allMatch(MarketOffer::isSuitable);
    assertNothingIsLeft();
  }

  @Test
  void saysWhyARunWouldNotAnswer() throws Exception {
    start(1, false);
    assertThat(objections(machine(65, null))).containsExactly("too few threads");
    assertThat(objections(machine(65, new BigDecimal("0.00001"))))
        .containsExactly("too few threads", "too expensive per processor second");
    MarketView.Terms elsewhere =
        new MarketView.Terms("view-1", "erc20-moon-glm", "public", machine(1, null));
    assertThat(MarketView.look(connection(), elsewhere, LIMIT))
        .extracting(MarketOffer::objections)
        .containsExactly(List.of("without a wallet on erc20-moon-glm"));
  }

  @Test
  void anInterruptedLookLeavesNoDemand() throws Exception {
    start(2, true);
    FutureTask<List<MarketOffer>> looking = new FutureTask<>(() -> look(Duration.ofHours(1)));
    Thread thread = new Thread(looking);
    thread.start();
    Waiting.until(() -> !demands().isEmpty());

    thread.interrupt();

    assertThatThrownBy(looking::get).hasCauseInstanceOf(InterruptedException.class);
    assertNothingIsLeft();
  }

  @Test
  void lostAnswersAndErrorsLeaveNoDemandAndHideNobody() throws Exception {
    start(3, true);
    for (EndpointFault fault : EndpointFault.values()) {
      node.faults().endpoint("POST", DEMANDS, fault, 1, 1);
      node.faults().endpoint("GET", DEMANDS, fault, 1, 1);
      node.faults().endpoint("GET", DEMANDS + "/[^/]+/events", fault, 1, 1);
      node.faults().endpoint("DELETE", DEMANDS + "/[^/]+", fault, 1, 1);
    }

    assertThat(look(Duration.ofSeconds(6))).hasSize(3);

    assertNothingIsLeft();
  }

  @Test
  void aDaemonThatDiesMeanwhileIsTold() throws Exception {
    start(1, true);
    GolemConnection connection = connection();
    FutureTask<List<MarketOffer>> looking = new FutureTask<>(() -> look(Duration.ofHours(1)));
    new Thread(looking).start();
    Waiting.until(() -> !demands().isEmpty());

    node.close();

    ExecutionException thrown = catchThrowableOfType(ExecutionException.class, looking::get);
    assertThat(thrown.getCause())
        .isInstanceOf(GolemException.class)
        .hasMessageEndingWith("no yagna daemon answers at " + connection.url() + ".");
  }

  @Test
  void nobodyThereIsTold() {
    start(1, true);
    GolemConnection connection = connection();
    node.close();

    GolemException thrown =
        catchThrowableOfType(
            GolemException.class, () -> MarketView.look(connection, terms(), LIMIT));

    assertThat(thrown.kind()).isEqualTo(GolemException.Kind.YAGNA);
    assertThat(thrown).hasMessageContaining("no yagna daemon answers at " + connection.url());
    assertThat(thrown.hint()).isPresent();
  }

  private void start(int providers, boolean free) {
    node = Requestor.startNode(folder.resolve("node"), providers, free);
    requestor = new Requestor(node);
  }

  private GolemConnection connection() {
    return new GolemConnection(node.url(), node.appKey());
  }

  private List<String> objections(RentalTerms machine) throws InterruptedException {
    List<MarketOffer> offers = look(machine);
    assertThat(offers).hasSize(1);
    return offers.get(0).objections();
  }

  private List<MarketOffer> look(Duration limit) throws InterruptedException {
    return MarketView.look(connection(), terms(), limit);
  }

  private List<MarketOffer> look(RentalTerms machine) throws InterruptedException {
    MarketView.Terms terms = new MarketView.Terms("view-1", Requestor.PLATFORM, "public", machine);
    return MarketView.look(connection(), terms, LIMIT);
  }

  private static MarketView.Terms terms() {
    return new MarketView.Terms("view-1", Requestor.PLATFORM, "public", machine(1, null));
  }

  private static RentalTerms machine(int threads, BigDecimal maxCpuPrice) {
    return new RentalTerms(
        "0".repeat(56),
        "http://localhost/image.gvmi",
        threads,
        64L << 20,
        64L << 20,
        List.of("vpn"),
        Instant.now().plus(1, ChronoUnit.HOURS),
        null,
        maxCpuPrice,
        null,
        Set.of(),
        Set.of(),
        LIMIT,
        LIMIT);
  }

  private List<String> demands() {
    return requestor.get(DEMANDS).json().findValuesAsText("demandId");
  }

  private void assertNothingIsLeft() {
    assertThat(demands()).isEmpty();
    assertThat(requestor.get("/payment-api/v1/allocations").json()).isEmpty();
    assertThat(requestor.get("/market-api/v1/agreements").json()).isEmpty();
  }
}
