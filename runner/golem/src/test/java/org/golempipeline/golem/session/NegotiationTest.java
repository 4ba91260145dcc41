package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.market.DemandKey;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.market.Offers;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class NegotiationTest {
  private static final String PROPOSALS = "POST /market-api/v1/demands/demand-1/proposals/";

  private final BlockingQueue<GolemEvent> events = new LinkedBlockingQueue<>();
  private final List<String> hired = new ArrayList<>();
  private final List<RentRequest> requests = new ArrayList<>();
  private final Threads threads = new Threads();
  private FakeYagna yagna;
  private Session session;
  private Negotiation negotiation;

  @BeforeEach
  void open() throws Exception {
    yagna = new FakeYagna().on("GET /market-api/v1/demands/demand-1/events", Answer.HOLD);
    session = Sessions.open(yagna, threads, events::add);
    negotiation =
        new Negotiation(
            session,
            DemandKey.of(Offers.terms(Instant.parse("2030-01-01T00:00:00Z"))),
            new Penalties(),
            new Negotiation.Hirer() {
              @Override
              public void hire(
                  Negotiation from, RentRequest request, String draftId, Offered offered) {
                hired.add(requests.indexOf(request) + " gets " + draftId);
              }

              @Override
              public void beyondBudget(Negotiation from, RentRequest request) {}
            });
  }

  @AfterEach
  void close() {
    session.closed().set(true);
    threads.close();
    yagna.close();
  }

  /** What is one answer more makes room for the next offer. */
  @Test
  void asksTheCheapestFirstAndNotAllOfThemAtOnce() throws Exception {
    IntStream.range(0, 100).forEach(i -> yagna.on(PROPOSALS + id(i), Answer.HOLD));
    yagna.on(PROPOSALS + id(0), new Answer(404, "{\"message\":\"it is gone\"}"));
    want(100);
    onLoop(
        () -> {
          for (int i = 99; i >= 0; i--) {
            negotiation.on(proposal(i, "Initial"));
          }
          negotiation.pump();
        });
    while (asked().size() < 65) {
      Thread.onSpinWait();
    }
    onLoop(negotiation::pump);
    assertThat(asked()).containsExactlyInAnyOrderElementsOf(ids(65));
  }

  /** The loop alone touches the state of a session. */
  @Test
  void failuresArriveOnTheLoopAsAnswersDo() throws Exception {
    yagna.on("GET /me", new Answer(404, "{}"));
    var thread = new CompletableFuture<String>();
    onLoop(
        () ->
            session
                .send(Calls.identity())
                .whenComplete((me, error) -> thread.complete(Thread.currentThread().getName())));
    assertThat(thread.get()).startsWith("golem-loop");
  }

  /** Offers whose answer came to the daemon. */
  private List<String> asked() {
    return yagna.requests(PROPOSALS).stream()
        .map(request -> request.substring(PROPOSALS.length()).split(" ", 2)[0])
        .toList();
  }

  @Test
  void whoWaitsLongestGetsTheCheapestDraft() throws Exception {
    want(2);
    onLoop(
        () -> {
          Stream.of(2, 0, 1).forEach(i -> negotiation.on(proposal(i, "Draft")));
          negotiation.pump();
        });
    assertThat(hired).containsExactly("0 gets " + id(0), "1 gets " + id(1));
    assertThat(negotiation.isWanted()).isFalse();
  }

  /** Waits until the demand is published. */
  private void want(int machines) throws Exception {
    onLoop(
        () -> {
          for (int i = 0; i < machines; i++) {
            requests.add(
                new RentRequest(session, Offers.terms(Instant.parse("2030-01-01T00:00:00Z"))));
            negotiation.add(requests.get(i));
          }
        });
    assertThat(events.take()).isInstanceOf(GolemEvent.DemandSubscribed.class);
  }

  private static String id(int number) {
    return "R-" + number;
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(NegotiationTest::id).toList();
  }

  /** The higher the number the dearer. */
  private static MarketEvent proposal(int number, String state) {
    Map<String, Object> properties = Offers.properties();
    properties.put(PropertyNames.COEFFICIENTS, List.of(0.001 * number, 0.0, 0.0));
    return new MarketEvent.ProposalEvent(
        null, new Proposal(properties, "(&)", id(number), "0x" + number, state, null, null));
  }

  private void onLoop(Runnable work) throws Exception {
    CompletableFuture.runAsync(work, threads.loop()).get();
  }
}
