package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.SettleTerms.AllocationTrace;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.session.Yagna;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a session that went away without a word, and how it is settled. */
@Timeout(240)
final class SettleContractTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Timings TIMINGS =
      new Timings(
          Duration.ofHours(1),
          Duration.ofSeconds(90),
          Duration.ofSeconds(5),
          Duration.ofSeconds(3),
          ExeUnits.Timings.REAL,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30));

  @TempDir Path folder;
  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();
  private final List<GolemEvent> settled = new CopyOnWriteArrayList<>();
  private final List<AllocationTrace> asked = new CopyOnWriteArrayList<>();
  private final Instant begun = Instant.now();
  private final SessionTerms session =
      ClientSide.session("dead-session", "dead-run", BigDecimal.ONE);
  private EmbeddedNode node;
  private Requestor requestor;

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void endsAndPaysWhatADeadSessionLeft() throws Exception {
    start(2);
    leave(1);

    Settlement settlement = settle(everything(), LIMIT);

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.agreements()).isEqualTo(1);
    assertThat(settlement.accepted()).isPositive();
    assertThat(settled)
        .extracting(event -> event.getClass().getSimpleName())
        .contains("ActivityDestroyed", "AgreementTerminated", "InvoiceAccepted")
        .endsWith("AllocationReleased");
    assertNothingIsLeft();
  }

  @Test
  void findsByTheSessionWhatWasNeverWrittenDown() throws Exception {
    start(1);
    leave(1);

    Settlement settlement = settle(intentsOnly(), LIMIT);

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.agreements()).isEqualTo(1);
    assertNothingIsLeft();
  }

  @Test
  void theSecondTimeThereIsNothingToDo() throws Exception {
    start(1);
    leave(1);
    Settlement first = settle(everything(), LIMIT);
    settled.clear();

    Settlement second = settle(everything(), LIMIT);

    assertThat(second).isEqualTo(first);
    assertThat(settled)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("AgreementTerminated");
    assertThat(asked).isEmpty();
  }

  @Test
  void leavesAloneWhatAnotherProgramOnTheSameKeyMade() throws Exception {
    start(2);
    leave(1);
    try (GolemNetwork other =
        Yagna.open(
                connection(),
                ClientSide.session("other-session", "other-run", BigDecimal.ONE),
                event -> {})
            .get(120, TimeUnit.SECONDS)) {
      Rental rental =
          other.rent(ClientSide.machine(LIMIT, LIMIT, Set.of())).get(120, TimeUnit.SECONDS);

      assertThat(settle(everything(), LIMIT).outstanding()).isEmpty();

      Script hello =
          new Script(
              List.of(new Script.Run("/bin/sh", List.of("-c", "echo hello"))),
              LIMIT,
              LIMIT,
              line -> {});
      assertThat(rental.execute(hello).get(120, TimeUnit.SECONDS).ok()).isTrue();
      assertThat(settle(everything(), LIMIT).outstanding()).isEmpty();
      assertThat(other.settle(LIMIT).get(120, TimeUnit.SECONDS).outstanding()).isEmpty();
    }
  }

  @Test
  void survivesErrorsAndLostAnswers() throws Exception {
    start(2);
    leave(2);
    for (EndpointFault fault :
        new EndpointFault[] {EndpointFault.INTERNAL_ERROR, EndpointFault.LOST_ANSWER}) {
      fail("GET", "/market-api/v1/agreements", fault);
      fail("GET", "/market-api/v1/agreements/[^/]+", fault);
      fail("GET", "/market-api/v1/demands", fault);
      fail("GET", "/payment-api/v1/allocations", fault);
      fail("GET", "/activity-api/v1/activity", fault);
      fail("DELETE", "/activity-api/v1/activity/[^/]+", fault);
      fail("POST", "/market-api/v1/agreements/[^/]+/terminate", fault);
      fail("GET", "/payment-api/v1/(debitNote|invoice)Events", fault);
      fail("GET", "/payment-api/v1/(debitNotes|invoices)/[^/]+", fault);
      fail("POST", "/payment-api/v1/(debitNotes|invoices)/[^/]+/accept", fault);
      fail("DELETE", "/payment-api/v1/allocations/[^/]+", fault);
    }

    Settlement settlement = settle(everything(), LIMIT);

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.agreements()).isEqualTo(2);
    assertNothingIsLeft();
  }

  @Test
  void anInvoiceThatIsLateIsOutstandingAndThenAccepted() throws Exception {
    start(1);
    node.faults().provider(0, ProviderFault.INVOICES_LATE);
    leave(1);

    Settlement first = settle(everything(), Duration.ofSeconds(1));
    assertThat(first.outstanding()).last().asString().contains("is not accepted yet");
    assertThat(allocations()).isEmpty();

    Settlement second = settle(everything(), LIMIT);
    assertThat(second.outstanding()).isEmpty();
    assertNothingIsLeft();
  }

  /** The session accepted the first one, but the answer about that comes last. */
  @Test
  void ofTwoInvoicesForAnAgreementOneIsPaid() throws Exception {
    start(2);
    node.faults().provider(0, ProviderFault.INVOICES_TWICE);
    node.faults().provider(1, ProviderFault.NEVER_INVOICES);
    try (GolemNetwork network =
        Yagna.open(connection(), session, events::add).get(120, TimeUnit.SECONDS)) {
      network.rent(ClientSide.machine(LIMIT, LIMIT, Set.of())).get(120, TimeUnit.SECONDS);
      network.rent(ClientSide.machine(LIMIT, LIMIT, Set.of())).get(120, TimeUnit.SECONDS);
      network.settle(Duration.ofSeconds(2)).get(120, TimeUnit.SECONDS);
    }
    GolemEvent.InvoiceAccepted paid =
        events.stream()
            .filter(GolemEvent.InvoiceAccepted.class::isInstance)
            .map(GolemEvent.InvoiceAccepted.class::cast)
            .findFirst()
            .orElseThrow();
    fail("GET", "/payment-api/v1/invoices/" + paid.invoiceId(), EndpointFault.INTERNAL_ERROR);

    Settlement settlement = settle(everything(), Duration.ofSeconds(2));

    assertThat(settlement.outstanding()).singleElement().asString().contains("is not accepted yet");
    assertThat(settlement.accepted()).isGreaterThanOrEqualTo(paid.amount());
    assertThat(settled)
        .filteredOn(GolemEvent.DocumentRefused.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              GolemEvent.DocumentRefused refused = (GolemEvent.DocumentRefused) event;
              assertThat(refused.agreementId()).isEqualTo(paid.agreementId());
              assertThat(refused.documentId()).isNotEqualTo(paid.invoiceId());
            });
    assertThat(requestor.get("/payment-api/v1/invoices").json().findValuesAsText("status"))
        .hasSize(2)
        .containsOnlyOnce("RECEIVED");
  }

  @Test
  void whatDoesNotAddUpIsNeverPaid() throws Exception {
    start(1);
    node.faults().provider(0, ProviderFault.OVERBILLS);
    leave(1);

    Settlement settlement = settle(everything(), LIMIT);

    assertThat(settled)
        .filteredOn(GolemEvent.DocumentRefused.class::isInstance)
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(((GolemEvent.DocumentRefused) event).reason()).contains("is more than"));
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.accepted()).isZero();
    assertThat(requestor.get("/payment-api/v1/invoices").json().findValuesAsText("status"))
        .containsExactly("REJECTED");
    assertThat(allocations()).isEmpty();
  }

  @Test
  void paysFromANewAllocationWhenTheOldOneIsGone() throws Exception {
    start(1);
    leave(1);
    for (String id : allocations()) {
      requestor.delete("/payment-api/v1/allocations/" + id);
    }

    Settlement settlement = settle(everything(), LIMIT);

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.accepted()).isPositive();
    assertThat(asked).singleElement().extracting(AllocationTrace::amount).isEqualTo(BigDecimal.ONE);
    assertThat(settled).endsWith(new GolemEvent.AllocationReleased(created(settled)));
    assertNothingIsLeft();
  }

  @Test
  void anAllocationWithoutAgreementsIsReleased() throws Exception {
    start(1);
    Yagna.open(connection(), session, events::add).get(120, TimeUnit.SECONDS).close();
    assertThat(allocations()).hasSize(1);

    assertThat(settle(intentsOnly(), LIMIT).outstanding()).isEmpty();

    assertThat(allocations()).isEmpty();
  }

  @Test
  void aDaemonThatKnowsNothingOfTheSessionIsTheWrongOne() throws Exception {
    start(1);
    leave(1);
    SettleTerms terms = everything();
    node.close();
    start(1);

    Throwable thrown = catchThrowable(() -> settle(terms, LIMIT));

    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause())
        .isInstanceOf(GolemException.class)
        .hasMessage("Could not settle run dead-run: the daemon knows none of its agreements.");
  }

  private void start(int providers) {
    node = Requestor.startNode(folder.resolve("node"), providers, false, TIMINGS);
    requestor = new Requestor(node);
  }

  private void fail(String method, String path, EndpointFault fault) {
    node.faults().endpoint(method, path, fault, 1, 1);
  }

  /** Rents and computes, and is gone. */
  private void leave(int rentals) throws Exception {
    try (GolemNetwork network =
        Yagna.open(connection(), session, events::add).get(120, TimeUnit.SECONDS)) {
      for (int i = 0; i < rentals; i++) {
        network.rent(ClientSide.machine(LIMIT, LIMIT, Set.of())).get(120, TimeUnit.SECONDS);
      }
    }
    assertThat(agreements("Approved")).hasSize(rentals);
  }

  private Settlement settle(SettleTerms terms, Duration limit) throws Exception {
    SettleTerms limited =
        new SettleTerms(
            terms.sessionId(),
            terms.runId(),
            terms.begun(),
            terms.budget(),
            terms.accepted(),
            terms.platform(),
            terms.allocations(),
            terms.agreements(),
            terms.activities(),
            terms.invoices(),
            limit,
            limit);
    SettleListener listener =
        new SettleListener() {
          @Override
          public void on(GolemEvent event) {
            settled.add(event);
          }

          @Override
          public void allocating(BigDecimal amount, Instant timeout) {
            asked.add(new AllocationTrace(null, amount, timeout));
          }
        };
    return Yagna.settle(connection(), limited, listener).get(120, TimeUnit.SECONDS);
  }

  private SettleTerms intentsOnly() {
    return settleTerms(null, Map.of(), Map.of());
  }

  private SettleTerms everything() {
    Map<String, Boolean> agreements = new java.util.HashMap<>();
    Map<String, String> activities = new java.util.HashMap<>();
    for (GolemEvent event : events) {
      if (event instanceof GolemEvent.AgreementApproved approved) {
        agreements.put(approved.agreementId(), true);
      } else if (event instanceof GolemEvent.ActivityCreated activity) {
        activities.put(activity.activityId(), activity.agreementId());
      }
    }
    return settleTerms(created(events), agreements, activities);
  }

  private static String created(List<GolemEvent> events) {
    return events.stream()
        .filter(GolemEvent.AllocationCreated.class::isInstance)
        .map(event -> ((GolemEvent.AllocationCreated) event).allocationId())
        .findFirst()
        .orElseThrow();
  }

  private SettleTerms settleTerms(
      String allocation, Map<String, Boolean> agreements, Map<String, String> activities) {
    return new SettleTerms(
        session.sessionId(),
        session.runId(),
        begun,
        session.budget(),
        BigDecimal.ZERO,
        session.platform(),
        List.of(new AllocationTrace(allocation, session.budget(), session.allocationTimeout())),
        agreements,
        activities,
        Map.of(),
        LIMIT,
        LIMIT);
  }

  private GolemConnection connection() {
    return new GolemConnection(node.url(), node.appKey());
  }

  private List<String> agreements(String state) {
    return requestor.get("/market-api/v1/agreements?state=" + state).json().findValuesAsText("id");
  }

  private List<String> allocations() {
    return requestor.get("/payment-api/v1/allocations").json().findValuesAsText("allocationId");
  }

  private void assertNothingIsLeft() {
    assertThat(agreements("Approved")).isEmpty();
    assertThat(allocations()).isEmpty();
    Stream<String> states =
        agreements("Terminated").stream()
            .flatMap(
                id ->
                    StreamSupport.stream(
                        requestor
                            .get("/activity-api/v1/activity?agreementId=" + id)
                            .json()
                            .spliterator(),
                        false))
            .map(JsonNode::asText)
            .map(
                id ->
                    requestor
                        .get("/activity-api/v1/activity/" + id + "/state")
                        .json()
                        .path("state")
                        .path(0)
                        .asText());
    assertThat(states).isNotEmpty().containsOnly("Terminated");
    assertThat(requestor.get("/payment-api/v1/invoices").json().findValuesAsText("status"))
        .isNotEmpty()
        .allMatch(status -> status.equals("ACCEPTED") || status.equals("SETTLED"));
  }
}
