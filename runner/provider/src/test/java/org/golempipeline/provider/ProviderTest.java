package org.golempipeline.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.WireJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A provider from its offer to its last invoice, before a daemon that the test plays. */
@Timeout(240)
class ProviderTest {
  private static final String UNIT = "/public/exeunit/";

  @TempDir private Path folder;
  private final List<ProviderEvent> events = new CopyOnWriteArrayList<>();
  private final PassingClock clock = new PassingClock();
  private FakeDaemon daemon;
  private Provider provider;

  /** The real time, of which more passes when the test says so. */
  private static final class PassingClock extends Clock {
    private volatile Duration passed = Duration.ZERO;

    void pass(Duration time) {
      passed = passed.plus(time);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(passed);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void open() throws Exception {
    daemon = new FakeDaemon();
    provider = start();
  }

  private Provider start() throws Exception {
    return start(1);
  }

  /** Instead of the one that is there, one whose minutes are so much shorter. */
  private void hasten(int haste) throws Exception {
    provider.close();
    provider = start(haste);
  }

  private Provider start(int haste) throws Exception {
    return Provider.start(
        new ProviderOptions(
            new GolemConnection(daemon.url(), "key"),
            daemon.bus.url(),
            "name",
            "team",
            new ProviderOptions.Prices(BigDecimal.ONE, BigDecimal.ZERO, new BigDecimal("3600")),
            1,
            new ProviderOptions.Hardware(2, 4, 8),
            List.of("erc20-hoodi-tglm"),
            false,
            folder),
        clock,
        events::add,
        haste);
  }

  @AfterEach
  void close() throws Exception {
    provider.close();
    daemon.close();
  }

  private static String demand() {
    return demand(240, 120);
  }

  /**
   * @param acceptance the requestor accepts notes in so many seconds
   * @param interval between them
   */
  private static String demand(int acceptance, int interval) {
    return """
        {"golem.com.payment.chosen-platform": "erc20-hoodi-tglm",
         "golem.srv.comp.expiration": %d,
         "golem.srv.caps.multi-activity": true,
         "golem.com.scheme.payu.debit-note.interval-sec?": %d,
         "golem.com.payment.debit-notes.accept-timeout?": %d}
        """
        .formatted(Instant.now().plus(Duration.ofHours(1)).toEpochMilli(), interval, acceptance);
  }

  /** One whose notes are to be paid a second after they come, which is every second. */
  private static String payable() throws IOException {
    return with(demand(240, 1), "golem.com.scheme.payu.payment-timeout-sec?", 1);
  }

  private static String with(String demand, String key, long value) throws IOException {
    return ((ObjectNode) json(demand)).put(key, value).toString();
  }

  private static JsonNode json(String text) throws IOException {
    return WireJson.mapper().readTree(text);
  }

  /** An agreement with an activity that is initialized. */
  private void work(String agreement, String activity) throws Exception {
    work(agreement, activity, demand());
  }

  private void sign(String agreement, String demand) throws Exception {
    int before = daemon.answers.size();
    daemon.propose("R-" + agreement, demand);
    daemon.until(() -> daemon.answers.size() > before);
    daemon.sign(agreement, demand);
    daemon.until(() -> !daemon.agreements.get(agreement).get("state").asText().equals("Pending"));
  }

  private void work(String agreement, String activity, String demand) throws Exception {
    sign(agreement, demand);
    activity(agreement, activity);
  }

  private void activity(String agreement, String activity) throws Exception {
    daemon.activity("CreateActivity", agreement, activity);
    daemon.until(() -> "Initialized".equals(daemon.states.get(activity)));
    daemon.until(() -> daemon.usage.containsKey(activity));
  }

  private JsonNode call(String caller, String activity, String method, ObjectNode body)
      throws Exception {
    body.put("activityId", activity);
    return daemon.bus.call(caller, UNIT + activity, method, body);
  }

  private JsonNode call(String activity, String method, ObjectNode body) throws Exception {
    return call(FakeDaemon.REQUESTOR, activity, method, body);
  }

  private JsonNode execute(String activity, String batch, String script) throws Exception {
    ObjectNode exec = JsonNodeFactory.instance.objectNode().put("batchId", batch);
    exec.set("exeScript", json(script));
    assertThat(call(activity, "Exec", exec)).isEqualTo(json("{\"Ok\": \"" + batch + "\"}"));
    return call(
        activity,
        "GetExecBatchResults",
        JsonNodeFactory.instance.objectNode().put("batchId", batch).put("timeout", 15.0));
  }

  private void billed(String agreement, String activity) throws Exception {
    daemon.until(() -> daemon.invoices.size() == 1);
    JsonNode invoice = daemon.invoices.get(0);
    assertThat(invoice.get("agreementId").asText()).isEqualTo(agreement);
    assertThat(invoice.get("activityIds")).isEqualTo(json("[\"" + activity + "\"]"));
    JsonNode note = daemon.notes.get(daemon.notes.size() - 1);
    assertThat(note.get("activityId").asText()).isEqualTo(activity);
    assertThat(invoice.get("amount")).isEqualTo(note.get("totalAmountDue"));
    // A GLM at the start, and one a second.
    double seconds = daemon.usage.get(activity).at("/currentUsage/1").asDouble();
    assertThat(new BigDecimal(invoice.get("amount").asText()))
        .isEqualByComparingTo(Costs.plain(BigDecimal.ONE.add(BigDecimal.valueOf(seconds))));
  }

  @Test
  void offersItselfInItsSubnet() throws Exception {
    assertThat(daemon.offer().at("/properties/golem.node.debug.subnet").asText()).isEqualTo("team");
    assertThat(daemon.offer().get("constraints").asText())
        .contains("(golem.node.debug.subnet=team)");
    provider.close();
    assertThat(daemon.requests).contains("DELETE /market-api/v1/offers/offer-1");
  }

  @Test
  void runsScriptsAndBillsThem() throws Exception {
    work("agreement", "activity");
    JsonNode results =
        execute(
                "activity",
                "batch",
                """
            [{"deploy": {"net": [], "hosts": {}}}, {"start": {"args": []}},
             {"run": {"entry_point": "/bin/sh", "args": ["-c", "echo hello"],
              "capture": {"stdout": {"atEnd": {"format": "str"}}}}}]
            """)
            .get("Ok");
    assertThat(results).hasSize(3);
    assertThat(results.at("/2/stdout").asText()).isEqualTo("hello\n");
    assertThat(results.at("/2/isBatchFinished").asBoolean()).isTrue();
    daemon.until(() -> "Ready".equals(daemon.states.get("activity")));
    daemon.activity("DestroyActivity", "agreement", "activity");
    daemon.until(() -> "Terminated".equals(daemon.states.get("activity")));
    daemon.until(() -> daemon.notes.size() == 1);
    assertThat(daemon.bus.serves(UNIT + "activity")).isFalse();
    daemon.terminated("agreement");
    billed("agreement", "activity");
  }

  @Test
  void answersItsRequestorAlone() throws Exception {
    work("agreement", "activity");
    ObjectNode nothing = JsonNodeFactory.instance.objectNode();
    assertThat(call("0x" + "3".repeat(40), "activity", "GetActivityState", nothing).at("/Err"))
        .isEqualTo(json("{\"forbidden\": \"the agreement is with " + FakeDaemon.REQUESTOR + "\"}"));
    assertThat(call("activity", "GetActivityState", nothing).at("/Ok/state/0").asText())
        .isEqualTo("Initialized");
    assertThat(call("activity", "Sing", nothing).at("/Err/badRequest").asText())
        .isEqualTo("Unknown method: Sing");
    assertThat(
            call("activity", "GetExecBatchResults", nothing.put("batchId", "b"))
                .at("/Err/notFound")
                .asText())
        .isEqualTo("batch_id = b");
  }

  @Test
  void theEndOfTheAgreementEndsItsActivity() throws Exception {
    work("agreement", "activity");
    daemon.terminated("agreement");
    daemon.until(() -> "Terminated".equals(daemon.states.get("activity")));
    billed("agreement", "activity");
  }

  @Test
  void hasOneActivityAtATime() throws Exception {
    work("agreement", "activity");
    daemon.activity("CreateActivity", "agreement", "another");
    daemon.until(() -> "Terminated".equals(daemon.states.get("another")));
    assertThat(daemon.states).containsEntry("activity", "Initialized");
  }

  @Test
  void anActivityThatIsToldTwiceGoesOn() throws Exception {
    work("agreement", "activity");
    daemon.activity("CreateActivity", "agreement", "activity");
    daemon.activity("CreateActivity", "agreement", "another");
    daemon.until(() -> "Terminated".equals(daemon.states.get("another")));
    assertThat(daemon.states).containsEntry("activity", "Initialized");
  }

  @Test
  void anActivityWhoseEndIsToldFirstIsNotBegun() throws Exception {
    sign("agreement", demand());
    daemon.activity("DestroyActivity", "agreement", "late");
    daemon.activity("CreateActivity", "agreement", "late");
    activity("agreement", "activity");
    assertThat(daemon.states).doesNotContainKey("late");
  }

  /** The daemon knows what was approved, also if its answer did not come through. */
  @Test
  void anActivityShowsThatTheAgreementWasApproved() throws Exception {
    daemon.losesApprovals = true;
    work("agreement", "activity");
    daemon.until(() -> events.stream().anyMatch(ProviderEvent.AgreementApproved.class::isInstance));
    daemon.terminated("agreement");
    billed("agreement", "activity");
  }

  /** It says only that it does not know whether it did. */
  @Test
  void anApprovalWithoutAnAnswerIsLookedUp() throws Exception {
    daemon.unansweredApprovals = Optional.of("Approved");
    sign("agreement", demand());
    daemon.until(() -> events.stream().anyMatch(ProviderEvent.AgreementApproved.class::isInstance));
    activity("agreement", "activity");
    daemon.terminated("agreement");
    billed("agreement", "activity");
  }

  @Test
  void anApprovalThatCameTooLateIsGivenUp() throws Exception {
    daemon.unansweredApprovals = Optional.of("Cancelled");
    sign("agreement", demand());
    daemon.until(() -> events.stream().anyMatch(ProviderEvent.AgreementRejected.class::isInstance));
    daemon.unansweredApprovals = Optional.empty();
    work("another", "activity");
  }

  /** It would bring requestors to somebody who has gone. */
  @Test
  void anOfferThatIsOnItsWayIsWithdrawnToo() throws Exception {
    turnAway();
    daemon.holdsOffers = true;
    daemon.terminated("agreement");
    untilPublished(2);
    closeBeforeOffersAreAnswered();
    assertThat(daemon.offers).isEmpty();
  }

  /** The daemon forgot the offer, and there is room for those who were turned away. */
  @Test
  void thereIsOneOfferAtATime() throws Exception {
    turnAway();
    daemon.holdsOffers = true;
    daemon.forgetOffers();
    untilPublished(2);
    daemon.terminated("agreement");
    billed("agreement", "activity");
    closeBeforeOffersAreAnswered();
    assertThat(published()).isEqualTo(2);
    assertThat(daemon.offers).isEmpty();
  }

  private void turnAway() throws Exception {
    work("agreement", "activity");
    daemon.propose("R-second", demand());
    daemon.until(() -> daemon.answers.size() == 2);
  }

  private long published() {
    return daemon.requests.stream().filter("POST /market-api/v1/offers"::equals).count();
  }

  private void untilPublished(int times) throws Exception {
    daemon.until(() -> published() == times);
  }

  private void closeBeforeOffersAreAnswered() throws Exception {
    var closing = new Thread(() -> provider.close());
    closing.start();
    // It waits for what the desk does before it hears any answer.
    while (closing.isAlive() && closing.getState() != Thread.State.TIMED_WAITING) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Thread.onSpinWait();
    }
    daemon.answerOffers();
    closing.join();
  }

  @Test
  void isFullAndFreeAgain() throws Exception {
    turnAway();
    assertThat(daemon.answers.get(1).get("message").asText())
        .isEqualTo("No capacity available. Reached Agreements limit: 1");
    daemon.terminated("agreement");
    untilPublished(2);
  }

  @Test
  void aLostBusIsJoinedAgain() throws Exception {
    work("agreement", "activity");
    daemon.bus.cut();
    daemon.until(() -> daemon.bus.serves(UNIT + "activity"));
    assertThat(
            call("activity", "GetActivityState", JsonNodeFactory.instance.objectNode())
                .at("/Ok/state/0")
                .asText())
        .isEqualTo("Initialized");
    assertThat(events).anyMatch(each -> each.text().contains("is lost"));
  }

  @Test
  void endsInGoodOrder() throws Exception {
    work("agreement", "activity");
    provider.close();
    assertThat(daemon.states).containsEntry("activity", "Terminated");
    assertThat(daemon.agreements.get("agreement").get("state").asText()).isEqualTo("Terminated");
    billed("agreement", "activity");
  }

  @Test
  void theNextStartBillsWhatTheLastOneLeft() throws Exception {
    work("agreement", "activity");
    Path journal = folder.resolve(FakeDaemon.IDENTITY).resolve("journal.ndjson");
    // What a killed process leaves is its journal; a copy of it stands for one.
    String left = Files.readString(journal);
    provider.close();
    daemon.notes.clear();
    daemon.invoices.clear();
    daemon.agreements.get("agreement").put("state", "Approved");
    daemon.states.put("activity", "Ready");
    Files.writeString(journal, left);
    provider = start();
    billed("agreement", "activity");
    assertThat(daemon.states).containsEntry("activity", "Terminated");
    assertThat(daemon.agreements.get("agreement").get("state").asText()).isEqualTo("Terminated");
    provider.close();
    provider = start();
    assertThat(daemon.invoices).hasSize(1);
    assertThat(Files.size(journal)).isZero();
  }

  @Test
  void anAgreementWithoutAnActivityIsEnded() throws Exception {
    hasten(1000);
    sign("agreement", demand());
    assertEnded("No activity created within 90s.");
    daemon.until(() -> daemon.invoices.size() == 1);
    assertThat(daemon.invoices.get(0).get("amount").asText()).isEqualTo("0");
  }

  @Test
  void notesMustBeAcceptedInTime() throws Exception {
    hasten(10);
    daemon.acceptsNotes = false;
    work("agreement", "activity", demand(5, 5));
    assertEnded("Requestor did not accept a debit note in time.");
  }

  @Test
  void aRejectedNoteEndsTheAgreementAtOnce() throws Exception {
    daemon.acceptsNotes = false;
    work("agreement", "activity", demand(240, 1));
    daemon.until(() -> !daemon.notes.isEmpty());
    daemon.answer("note-of-another", "Rejected");
    daemon.answer(daemon.notes.get(0).get("debitNoteId").asText(), "Rejected");
    assertEnded("Requestor rejected a debit note.");
    daemon.until(() -> daemon.invoices.size() == 1);
  }

  @Test
  void anAgreementEndsWhenItExpires() throws Exception {
    hasten(60);
    long end = Instant.now().plusSeconds(320).toEpochMilli();
    work("agreement", "activity", with(demand(), "golem.srv.comp.expiration", end));
    assertEnded("Agreement expired.", "Expired");
    billed("agreement", "activity");
    assertEndedAndFree();
  }

  @Test
  void aNoteThatIsNotPaidEndsTheAgreement() throws Exception {
    work("agreement", "activity", payable());
    assertEnded("Requestor did not pay a debit note in time.", "DebitNoteNotPaid");
    billed("agreement", "activity");
    assertThat(daemon.notes).anyMatch(note -> note.hasNonNull("paymentDueDate"));
    assertEndedAndFree();
  }

  @Test
  void notesThatArePaidLetTheAgreementGoOn() throws Exception {
    daemon.paysNotes = true;
    work("agreement", "activity", payable());
    daemon.until(() -> daemon.notes.size() == 4);
    assertThat(daemon.agreements.get("agreement").get("state").asText()).isEqualTo("Approved");
    assertThat(daemon.reasons).isEmpty();
  }

  @Test
  void aRequestorThatIsAwayTooLongLosesItsPlaceAndIsBilledWhenItIsBack() throws Exception {
    hasten(10);
    daemon.lostNotes = Integer.MAX_VALUE;
    work("agreement", "activity", demand(5, 1));
    assertEnded("Requestor can not be reached.", "RequestorUnreachable");
    assertThat(daemon.notes).isEmpty();
    assertEndedAndFree();
    assertThat(daemon.invoices).isEmpty();
    daemon.lostNotes = 0;
    billed("agreement", "activity");
  }

  /** It was quiet for longer than a note may take to be accepted, and then one is lost. */
  @Test
  void aNoteThatIsLostAfterAQuietTimeIsNobodysAbsence() throws Exception {
    daemon.lostNotes = 1;
    sign("agreement", demand(240, 1));
    clock.pass(Duration.ofMinutes(5));
    activity("agreement", "activity");
    daemon.until(() -> daemon.notes.size() == 1);
    assertThat(daemon.lostNotes).isZero();
    assertThat(daemon.reasons).isEmpty();
    assertThat(daemon.agreements.get("agreement").get("state").asText()).isEqualTo("Approved");
  }

  /** A daemon that dies in the middle of a start knows nothing of the activity. */
  @Test
  void anActivityThatTheRequestorDoesNotKnowIsNotNamed() throws Exception {
    daemon.unknownActivities.add("activity");
    work("agreement", "activity");
    daemon.terminated("agreement");
    daemon.until(() -> daemon.invoices.size() == 1);
    assertThat(daemon.invoices.get(0).get("activityIds")).isEmpty();
    assertThat(new BigDecimal(daemon.invoices.get(0).get("amount").asText()))
        .isGreaterThanOrEqualTo(BigDecimal.ONE);
  }

  @Test
  void anInvoiceIsSentUntilItArrives() throws Exception {
    hasten(1000);
    daemon.brokenSends = 7;
    sign("agreement", demand());
    daemon.until(() -> daemon.invoices.size() == 1);
    assertThat(daemon.brokenSends).isZero();
    assertThat(daemon.requests).filteredOn("POST /payment-api/v1/invoices"::equals).hasSize(1);
  }

  private void assertEnded(String reason, String code) throws Exception {
    assertEnded(reason);
    assertThat(daemon.reasons.get("agreement"))
        .isEqualTo(
            JsonNodeFactory.instance
                .objectNode()
                .put("message", reason)
                .put("golem.provider.code", code));
  }

  /** Nothing of it runs, and there is a place for the next one. */
  private void assertEndedAndFree() throws Exception {
    daemon.until(() -> "Terminated".equals(daemon.states.get("activity")));
    daemon.until(() -> !daemon.bus.serves(UNIT + "activity"));
    sign("next", demand());
    assertThat(daemon.agreements.get("next").get("state").asText()).isEqualTo("Approved");
  }

  private void assertEnded(String reason) throws Exception {
    daemon.until(
        () -> daemon.agreements.get("agreement").get("state").asText().equals("Terminated"));
    assertThat(events)
        .filteredOn(ProviderEvent.AgreementEnded.class::isInstance)
        .containsExactly(new ProviderEvent.AgreementEnded("agreement", "Provider", reason));
  }

  @Test
  void oneProviderUsesAFolder() {
    assertThatThrownBy(this::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another provider uses the folder");
  }
}
