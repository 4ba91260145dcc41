package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.SettleTerms.AllocationTrace;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sessions that ended long ago, or whose providers are gone. */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT) // They wait most of the time.
final class SettlingTest {
  private static final Instant LONG_AGO = Instant.parse("2025-01-01T00:00:00Z");

  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();
  private Map<String, String> invoices = Map.of();
  private FakeYagna yagna;

  @BeforeEach
  void start() throws Exception {
    yagna =
        new FakeYagna()
            .on(
                "GET /market-api/v1/agreements",
                Answer.ok("[{\"id\":\"agr\",\"role\":\"Requestor\"}]"))
            .on("GET /market-api/v1/demands", Answer.ok("[]"))
            .on("GET /payment-api/v1/allocations", Answer.ok("[" + FakeYagna.allocation() + "]"))
            .on("GET /payment-api/v1/debitNoteEvents", Answer.ok("[]"), Answer.HOLD)
            .on("GET /payment-api/v1/invoiceEvents", Answer.ok("[]"), Answer.HOLD)
            .on("GET /activity-api/v1/activity", Answer.ok("[]"));
  }

  @AfterEach
  void stop() {
    yagna.close();
  }

  @Test
  void noInvoiceIsWaitedForAWeekAfterTheEnd() throws Exception {
    terminatedAgreement();

    Settlement settlement = settle(Duration.ofMinutes(5));

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(events)
        .containsExactly(
            new GolemEvent.AgreementTerminated("agr", true, "no reason given"),
            new GolemEvent.AllocationReleased("al"));
  }

  @Test
  void anExpiredAgreementIsOverEvenIfItsProviderCannotBeReached() throws Exception {
    agreement("Approved", "a12f3a94");
    yagna.on(
        "POST /market-api/v1/agreements/agr/terminate",
        new Answer(500, "{\"message\":\"GSB error: endpoint address not found\"}"));

    Settlement settlement = settle(Duration.ofMinutes(5));

    assertThat(settlement.outstanding()).isEmpty();
    assertThat(events).containsExactly(new GolemEvent.AllocationReleased("al"));
  }

  @Test
  void anAgreementOfAnotherSessionIsNotTouched() throws Exception {
    agreement("Approved", "another");

    Throwable thrown = catchThrowable(() -> settle(Duration.ofSeconds(5)));

    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).hasMessageContaining("knows none of its agreements");
    assertThat(yagna.requests("POST")).isEmpty();
    assertThat(yagna.requests("DELETE")).isEmpty();
  }

  /** The answer about the first comes last. */
  @Test
  void ofTwoInvoicesForAnAgreementTheAcceptedOneCounts() throws Exception {
    terminatedAgreement();
    received("invoice", "first", "second");
    invoice("first", "ACCEPTED", new Answer(500, "{}"), new Answer(500, "{}"));
    invoice("second", "RECEIVED");

    Settlement settlement = settle(Duration.ofMinutes(5));

    assertThat(yagna.requests("POST /payment-api")).isEmpty();
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.accepted()).isEqualByComparingTo("0.5");
    assertThat(events)
        .contains(
            new GolemEvent.DocumentRefused("second", "agr", "it is the second for its agreement"));
  }

  @Test
  void noNoteIsAcceptedForAnAgreementWithAnAcceptedInvoice() throws Exception {
    terminatedAgreement();
    received("debitNote", "note");
    yagna.on(
        "GET /payment-api/v1/debitNotes/note",
        Answer.ok(
            "{\"debitNoteId\":\"note\",\"issuerId\":\"0x1\",\"recipientId\":\"0x2\","
                + "\"agreementId\":\"agr\",\"activityId\":\"act\",\"totalAmountDue\":\"0.4\","
                + "\"usageCounterVector\":[2.0,2.0],\"status\":\"RECEIVED\"}"));
    received("invoice", "first");
    invoice("first", "SETTLED", new Answer(500, "{}"), new Answer(500, "{}"));

    Settlement settlement = settle(Duration.ofMinutes(5));

    assertThat(yagna.requests("POST /payment-api")).isEmpty();
    assertThat(settlement.accepted()).isEqualByComparingTo("0.5");
  }

  /** Even if the daemon does not show it any more. */
  @Test
  void anInvoiceThatIsWrittenDownAsAcceptedIsTheOnlyOne() throws Exception {
    terminatedAgreement();
    invoices = Map.of("agr", "first");
    received("invoice", "second");
    invoice("second", "RECEIVED");

    Settlement settlement = settle(Duration.ofSeconds(2));

    assertThat(yagna.requests("POST /payment-api")).isEmpty();
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(events)
        .contains(
            new GolemEvent.DocumentRefused("second", "agr", "it is the second for its agreement"));
  }

  private void received(String document, String... ids) {
    String type = Character.toUpperCase(document.charAt(0)) + document.substring(1);
    String events =
        Arrays.stream(ids)
            .map(
                id ->
                    "{\"%sId\":\"%s\",\"eventDate\":\"2025-01-01T01:00:01Z\",\"eventType\":\"%sReceivedEvent\"}"
                        .formatted(document, id, type))
            .collect(Collectors.joining(",", "[", "]"));
    yagna.on("GET /payment-api/v1/" + document + "Events", Answer.ok(events), Answer.HOLD);
  }

  private void invoice(String id, String status, Answer... before) {
    List<Answer> answers = new ArrayList<>(List.of(before));
    answers.add(
        Answer.ok(
            "{\"invoiceId\":\"%s\",\"issuerId\":\"0x1\",\"recipientId\":\"0x2\",\"agreementId\":\"agr\",\"activityIds\":[\"act\"],\"amount\":\"0.5\",\"status\":\"%s\"}"
                .formatted(id, status)));
    yagna.on("GET /payment-api/v1/invoices/" + id, answers.toArray(Answer[]::new));
    yagna.on("POST /payment-api/v1/invoices/" + id + "/accept", Answer.ok("null"));
  }

  private void terminatedAgreement() {
    agreement("Terminated", "a12f3a94");
    yagna.on("GET /activity-api/v1/activity", Answer.ok("[\"act\"]"));
    yagna.on(
        "GET /market-api/v1/agreements/agr/terminate/reason",
        Answer.ok(
            "{\"eventType\":\"AgreementTerminatedEvent\",\"eventDate\":\"2025-01-01T01:00:00Z\","
                + "\"agreementId\":\"agr\",\"terminator\":\"Provider\",\"signature\":\"\"}"));
  }

  private void agreement(String state, String session) {
    yagna.on(
        "GET /market-api/v1/agreements/agr",
        Answer.ok(
            "{\"agreementId\":\"agr\",\"state\":\""
                + state
                + "\",\"appSessionId\":\""
                + session
                + "\",\"approvedDate\":\"2025-01-01T00:00:10Z\",\"demand\":{\"properties\":"
                + "{\"golem.srv.comp.expiration\":1735700000000},\"constraints\":\"(&)\","
                + "\"demandId\":\"d\",\"requestorId\":\"0xme\"},\"offer\":{\"properties\":{"
                + "\"golem.com.pricing.model\":\"linear\","
                + "\"golem.com.usage.vector\":[\"golem.usage.cpu_sec\",\"golem.usage.duration_sec\"],"
                + "\"golem.com.pricing.model.linear.coeffs\":[0.1,0.1,0.0],"
                + "\"golem.com.payment.platform.erc20-hoodi-tglm.address\":\"0x1\"},"
                + "\"constraints\":\"(&)\",\"offerId\":\"o\",\"providerId\":\"0x1\"}}"));
  }

  private Settlement settle(Duration limit) throws Exception {
    SettleTerms terms =
        new SettleTerms(
            "a12f3a94",
            "run-1",
            LONG_AGO,
            BigDecimal.ONE,
            BigDecimal.ZERO,
            "erc20-hoodi-tglm",
            List.of(new AllocationTrace("al", BigDecimal.ONE, LONG_AGO)),
            Map.of("agr", true),
            Map.of(),
            invoices,
            limit,
            limit);
    SettleListener listener =
        new SettleListener() {
          @Override
          public void on(GolemEvent event) {
            events.add(event);
          }

          @Override
          public void allocating(BigDecimal amount, Instant timeout) {
            throw new AssertionError("there is an allocation");
          }
        };
    return Yagna.settle(yagna.connection(), terms, listener).get(120, TimeUnit.SECONDS);
  }
}
