package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.market.Offers;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class LedgerTest {
  private final BlockingQueue<GolemEvent> events = new LinkedBlockingQueue<>();
  private final Threads threads = new Threads();
  private FakeYagna yagna;
  private Session session;
  private Ledger ledger;
  private Account account;

  @BeforeEach
  void open() throws Exception {
    yagna = new FakeYagna();
    session = Sessions.open(yagna, threads, events::add);
    ledger = new Ledger(session, new Ending(session), Instant.EPOCH);
    account = onLoop(() -> ledger.open("agr", Offers.offered()));
    onLoop(
        () -> {
          account.approve();
          account.activityBegan("act", session.billedNanos());
          return true;
        });
    yagna.on("POST /market-api/v1/agreements/agr/terminate", Answer.ok(""));
    yagna.on("POST /payment-api/v1/invoices/inv/reject", Answer.ok("null"));
    yagna.on("GET /payment-api/v1/debitNoteEvents", Answer.ok("[]"));
  }

  @AfterEach
  void close() {
    session.closed().set(true);
    threads.close();
    yagna.close();
  }

  @Test
  void acceptsADebitNoteForItsAmount() throws Exception {
    note("note", "0.0000240", "[0.5,2.0]");
    yagna.on("POST /payment-api/v1/debitNotes/note/accept", new Answer(504, ""), Answer.ok("null"));
    receiveNote("note");
    assertThat(next())
        .isEqualTo(new GolemEvent.DebitNoteAccepted("note", "agr", new BigDecimal("0.0000240")));
    assertThat(yagna.requests("POST /payment-api/v1/debitNotes/note/accept"))
        .hasSize(2)
        .allMatch(
            request ->
                request.endsWith(
                    "{\"totalAmountAccepted\":\"0.0000240\",\"allocationId\":\"al\"}"));
    assertThat(onLoop(ledger::accepted)).isEqualByComparingTo("0.000024");
  }

  @Test
  void endsTheAgreementForADebitNoteThatDoesNotAddUp() throws Exception {
    note("note", "0.5", "[0.5,2.0]");
    receiveNote("note");
    GolemEvent first = next();
    assertThat(first).isInstanceOf(GolemEvent.DocumentRefused.class);
    assertThat(((GolemEvent.DocumentRefused) first).reason()).startsWith("0.5 GLM is more than");
    assertThat(next()).isInstanceOf(GolemEvent.AgreementTerminated.class);
    assertThat(account.lost.get(1, TimeUnit.SECONDS)).contains("brick-12 asks for too much");
    assertThat(yagna.requests("POST /market-api/v1/agreements/agr/terminate").get(0))
        .contains("\"golem.requestor.code\":\"Cancelled\"")
        .contains("debit note refused");
    assertThat(yagna.requests("POST /payment-api/v1/debitNotes")).isEmpty();
  }

  @Test
  void anInvoiceAfterARefusedNoteIsHeldToTheNotesUsage() throws Exception {
    note("note", "0.000072", "[0.5,2.0]");
    receiveNote("note");
    assertThat(next()).isInstanceOf(GolemEvent.DocumentRefused.class);
    assertThat(next()).isInstanceOf(GolemEvent.AgreementTerminated.class);
    invoice("inv", "0.000072");
    receiveInvoice("inv");
    assertThat(((GolemEvent.DocumentRefused) next()).reason())
        .isEqualTo("0.000072 GLM is more than 0.0000249950 = 0.0000249950");
  }

  /** A daemon that was away could tell nobody to end it. */
  @Test
  void anActivityThatCouldNotBeEndedCostsUntilItsAgreementEnds() throws Exception {
    String terminate = "POST /market-api/v1/agreements/agr/terminate";
    yagna.on("DELETE /activity-api/v1/activity/act", new Answer(500, "{}"));
    yagna.on(terminate, new Answer(500, "{}"));
    Ending ending = new Ending(session);
    end(ending);
    assertThat(hoursLater()).isGreaterThan(Duration.ofHours(2));

    yagna.on(terminate, Answer.ok(""));
    end(ending);
    assertThat(hoursLater()).isLessThan(Duration.ofHours(1));
  }

  private void end(Ending ending) throws Exception {
    onLoop(() -> ending.end(account, "act", EndReason.success("done"))).get(120, TimeUnit.SECONDS);
  }

  /** How long the activity has lived if it is asked for in three hours. */
  private Duration hoursLater() throws Exception {
    long then = session.billedNanos() + Duration.ofHours(3).toNanos();
    return onLoop(() -> account.wall("act", then));
  }

  @Test
  void refusesTimeThatDidNotPass() throws Exception {
    note("note", "0.01", "[0.0,3600.0]");
    receiveNote("note");
    assertThat(((GolemEvent.DocumentRefused) next()).reason())
        .startsWith("golem.usage.duration_sec is 3600.0, but cannot be more than");
  }

  @Test
  void acceptsOneInvoiceAndRefusesTheSecond() throws Exception {
    invoice("inv", "0.00002");
    invoice("inv2", "0.00002");
    yagna.on("POST /payment-api/v1/invoices/inv/accept", Answer.ok("null"));
    receiveInvoice("inv");
    assertThat(next())
        .isEqualTo(new GolemEvent.InvoiceAccepted("inv", "agr", new BigDecimal("0.00002")));
    receiveInvoice("inv");
    receiveInvoice("inv2");
    assertThat(((GolemEvent.DocumentRefused) next()).documentId()).isEqualTo("inv2");
    assertThat(account.invoiced.getNow(false)).isTrue();
    assertThat(yagna.requests("POST /payment-api/v1/invoices/inv/accept")).hasSize(1);
  }

  @Test
  void invoicesThatComeTogetherLookForEarlierNotesOnce() throws Exception {
    String listing = "GET /payment-api/v1/debitNoteEvents";
    yagna.on(
        listing,
        Answer.ok(
            "[{\"debitNoteId\":\"note\",\"eventDate\":\"2026-01-01T00:00:00Z\","
                + "\"eventType\":\"DebitNoteReceivedEvent\"}]"),
        Answer.ok("[]"));
    note("note", "0.0000240", "[0.5,2.0]");
    yagna.on("POST /payment-api/v1/debitNotes/note/accept", Answer.ok("null"));
    yagna.on("POST /payment-api/v1/invoices/inv/accept", Answer.ok("null"));
    invoice("inv", "0.0000240");
    invoice("inv2", "0.0000240");
    onLoop(
        () -> {
          ledger.on(new InvoiceEvent("inv", Instant.EPOCH, InvoiceEvent.RECEIVED));
          ledger.on(new InvoiceEvent("inv2", Instant.EPOCH, InvoiceEvent.RECEIVED));
          return true;
        });
    assertThat(next()).isInstanceOf(GolemEvent.DebitNoteAccepted.class);
    assertThat(List.of(next(), next()))
        .hasAtLeastOneElementOfType(GolemEvent.InvoiceAccepted.class)
        .hasAtLeastOneElementOfType(GolemEvent.DocumentRefused.class);
    assertThat(yagna.requests(listing)).hasSize(1);
    receiveInvoice("inv3");
    while (yagna.requests(listing).size() < 2) {
      Thread.onSpinWait();
    }
    assertThat(onLoop(ledger::accepted)).isEqualByComparingTo("0.000024");
  }

  /**
   * The first try arrived, its answer did not, and of the second the daemon wants to hear nothing.
   */
  @Test
  void believesTheInvoiceWhenTheAnswerToItsAcceptanceWasLost() throws Exception {
    yagna.on(
        "GET /payment-api/v1/invoices/inv",
        Answer.ok(invoiceJson("inv", "0.00002", "RECEIVED")),
        Answer.ok(invoiceJson("inv", "0.00002", "ACCEPTED")));
    invoice("inv2", "0.00002");
    yagna.on(
        "POST /payment-api/v1/invoices/inv/accept",
        new Answer(504, ""),
        new Answer(400, "{\"message\":\"Allocation al not found\"}"));
    receiveInvoice("inv");
    while (yagna.requests("POST /payment-api/v1/invoices/inv/accept").isEmpty()) {
      Thread.onSpinWait();
    }
    receiveInvoice("inv2");
    assertThat(next())
        .isEqualTo(new GolemEvent.InvoiceAccepted("inv", "agr", new BigDecimal("0.00002")));
    assertThat(((GolemEvent.DocumentRefused) next()).documentId()).isEqualTo("inv2");
    assertThat(yagna.requests("POST /payment-api/v1/invoices/inv2/accept")).isEmpty();
  }

  @Test
  void rejectsAnInvoiceThatIsTooHigh() throws Exception {
    invoice("inv", "0.9");
    receiveInvoice("inv");
    assertThat(((GolemEvent.DocumentRefused) next()).reason()).startsWith("0.9 GLM is more than");
    onLoop(
        () -> {
          account.ended.complete(true);
          return true;
        });
    assertThat(onLoop(ledger::outstanding))
        .containsExactly("The invoice for the agreement agr with brick-12 was refused.");
  }

  @Test
  void neverAcceptsMoreThanIsAllocated() throws Exception {
    onLoop(
        () -> {
          Account other = ledger.open("other", Offers.offered());
          other.acceptedNote("x", new BigDecimal("0.99999"));
          return true;
        });
    invoice("inv", "0.00002");
    receiveInvoice("inv");
    assertThat(((GolemEvent.DocumentRefused) next()).reason())
        .isEqualTo("all accepted documents would be 1.00001 GLM, but 1 GLM are allocated");
  }

  @Test
  void noticesThatAProviderEndsTheAgreement() throws Exception {
    AgreementEvent event =
        new AgreementEvent(
            AgreementEvent.TERMINATED,
            Instant.EPOCH,
            "agr",
            "Provider",
            "",
            Reason.of("Going home").with(Reason.PROVIDER_CODE, "Shutdown"));
    onLoop(
        () -> {
          ledger.on(event);
          return true;
        });
    assertThat(next())
        .isEqualTo(new GolemEvent.AgreementTerminated("agr", true, "Going home (Shutdown)"));
    assertThat(account.lost.get(1, TimeUnit.SECONDS))
        .isEqualTo("brick-12 ended the agreement: Going home (Shutdown)");
  }

  @Test
  void terminationIsRepeatedInTheBackground() throws Exception {
    yagna.on(
        "POST /market-api/v1/agreements/agr/terminate",
        new Answer(500, "{\"message\":\"GSB error: endpoint address not found\"}"),
        new Answer(500, "{\"message\":\"GSB error: endpoint address not found\"}"),
        Answer.ok(""));
    CompletableFuture<Boolean> first =
        onLoop(() -> new Ending(session).terminate(account, EndReason.success("Done")));
    assertThat(first.get(120, TimeUnit.SECONDS)).isFalse();
    assertThat(account.ended.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(next()).isEqualTo(new GolemEvent.AgreementTerminated("agr", false, "Done"));
    assertThat(yagna.requests("POST /market-api/v1/agreements/agr/terminate")).hasSize(3);
  }

  private void note(String id, String amount, String usage) {
    yagna.on(
        "GET /payment-api/v1/debitNotes/" + id,
        Answer.ok(
            "{\"debitNoteId\":\""
                + id
                + "\",\"issuerId\":\"0x1\",\"recipientId\":\"0x2\","
                + "\"agreementId\":\"agr\",\"activityId\":\"act\",\"totalAmountDue\":\""
                + amount
                + "\",\"usageCounterVector\":"
                + usage
                + ",\"status\":\"RECEIVED\"}"));
  }

  private void invoice(String id, String amount) {
    yagna.on("GET /payment-api/v1/invoices/" + id, Answer.ok(invoiceJson(id, amount, "RECEIVED")));
  }

  private static String invoiceJson(String id, String amount, String status) {
    return "{\"invoiceId\":\""
        + id
        + "\",\"issuerId\":\"0x1\",\"recipientId\":\"0x2\","
        + "\"agreementId\":\"agr\",\"activityIds\":[\"act\"],\"amount\":\""
        + amount
        + "\",\"status\":\""
        + status
        + "\"}";
  }

  private void receiveNote(String id) throws Exception {
    onLoop(
        () -> {
          ledger.on(new DebitNoteEvent(id, Instant.EPOCH, DebitNoteEvent.RECEIVED));
          return true;
        });
  }

  private void receiveInvoice(String id) throws Exception {
    onLoop(
        () -> {
          ledger.on(new InvoiceEvent(id, Instant.EPOCH, InvoiceEvent.RECEIVED));
          return true;
        });
  }

  private GolemEvent next() throws InterruptedException {
    return events.poll(120, TimeUnit.SECONDS);
  }

  private <T> T onLoop(Supplier<T> work) throws Exception {
    return CompletableFuture.supplyAsync(work, threads.loop())
        .get(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
  }
}
