package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.files.FileSlot;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.market.DemandKey;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.market.Offers;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes in another order than it usually does, or after the end. */
@Timeout(240)
final class OrderTest {
  private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");
  private static final String DEMANDS = "POST /market-api/v1/demands";
  private static final String EXEC = "POST /activity-api/v1/activity/act/exec";
  private static final String RESULTS = "GET /activity-api/v1/activity/act/exec/b1";
  private static final String NOTES = "GET /payment-api/v1/debitNoteEvents";
  private static final String INVOICE = "GET /payment-api/v1/invoices/inv";
  private static final String WAIT = "POST /market-api/v1/agreements/agr/wait";
  private static final String AGREEMENT = "GET /market-api/v1/agreements/agr";
  private static final String SERVICES = "POST /gsb-api/v1/services";

  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();
  private final Threads threads = new Threads();
  private final HeldDaemon daemon = new HeldDaemon();
  private Session session;
  private Ledger ledger;

  @BeforeEach
  void open() throws Exception {
    session = Sessions.open(daemon.connection(), threads, events::add);
  }

  @AfterEach
  void close() {
    session.closed().set(true);
    threads.close();
  }

  /** It would be left at the daemon for its hour, with nobody to say so. */
  @Test
  void aDemandThatIsOnItsWayIsWithdrawnToo() throws Exception {
    var negotiation =
        new Negotiation(session, DemandKey.of(Offers.terms(LATER)), new Penalties(), new Nobody());
    onLoop(
        () -> {
          negotiation.add(new RentRequest(session, Offers.terms(LATER)));
          return true;
        });
    var subscription = daemon.next(DEMANDS);
    var stopped =
        onLoop(
            () ->
                negotiation.stop(
                    new GolemException(GolemException.Kind.CANCELLED, "over", null, null)));
    assertThat(onLoop(stopped::isDone)).isFalse();
    subscription.complete(HeldDaemon.json(201, "\"demand-1\""));
    daemon.answer("DELETE /market-api/v1/demands/demand-1", 204, "");
    assertThat(stopped.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(events)
        .containsExactly(
            new GolemEvent.DemandSubscribed("demand-1"),
            new GolemEvent.DemandUnsubscribed("demand-1"));
  }

  /** Its acceptance needs the allocation, which goes when the ledger is not busy. */
  @Test
  void anInvoiceThatIsBeingReadIsWaitedFor() throws Exception {
    var ledger = new Ledger(session, new Ending(session), Instant.EPOCH);
    receiveInvoice(ledger);
    var idle = onLoop(ledger::idle);
    daemon.answer(NOTES, 200, "[]");
    var invoice = daemon.next(INVOICE);
    assertThat(idle).isNotDone();
    invoice.complete(HeldDaemon.json(404, "{}"));
    assertThat(idle.get(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anInvoiceIsReadAlsoIfNotesCannotBeListed() throws Exception {
    var ledger = new Ledger(session, new Ending(session), Instant.EPOCH);
    receiveInvoice(ledger);
    daemon.answer(NOTES, 400, "{}");
    assertThat(daemon.next(INVOICE)).isNotDone();
  }

  private void receiveInvoice(Ledger ledger) throws Exception {
    onLoop(
        () -> {
          ledger.on(new InvoiceEvent("inv", Instant.EPOCH, InvoiceEvent.RECEIVED));
          return true;
        });
  }

  /** Who signs and leaves at once may be heard to leave first. */
  @Test
  void whatEndsWasApprovedBefore() throws Exception {
    var signing = sign(new CompletableFuture<>());
    var waiting = daemon.next(WAIT);
    leaves();
    waiting.complete(HeldDaemon.json(400, "{\"message\":\"in state Terminated\"}"));
    assertThat(catchThrowable(() -> signing.get(120, TimeUnit.SECONDS))).isNotNull();
    assertSaid("AgreementCreated", "AgreementApproved", "AgreementTerminated");
    assertThat(onLoop(ledger::approved)).hasSize(1);
  }

  /** Or it is told to who waits for the signature, before its end is heard of. */
  @Test
  void whatWasApprovedIsNotRejected() throws Exception {
    var signing = sign(new CompletableFuture<>());
    daemon.answer(WAIT, 400, "{\"message\":\"in state Terminated\"}");
    daemon.answer(AGREEMENT, 200, agreement("Terminated"));
    assertThat(catchThrowable(() -> signing.get(120, TimeUnit.SECONDS))).isNotNull();
    leaves();
    assertSaid("AgreementCreated", "AgreementApproved", "AgreementTerminated");
    assertThat(onLoop(ledger::approved)).hasSize(1);
  }

  @Test
  void whatTheProviderRefusedIsRejected() throws Exception {
    var signing = sign(new CompletableFuture<>());
    daemon.answer(WAIT, 400, "{\"message\":\"in state Rejected\"}");
    daemon.answer(AGREEMENT, 200, agreement("Rejected"));
    assertThat(catchThrowable(() -> signing.get(120, TimeUnit.SECONDS))).isNotNull();
    assertSaid("AgreementCreated", "AgreementRejected");
    assertThat(onLoop(ledger::approved)).isEmpty();
  }

  @Test
  void whatIsApprovedWhileItIsWithdrawnIsEnded() throws Exception {
    var over = new CompletableFuture<Boolean>();
    var signing = sign(over);
    assertThat(daemon.next(WAIT)).isNotDone();
    over.complete(true);
    daemon.answer("POST /market-api/v1/agreements/agr/cancel", 410, "{}");
    daemon.answer(AGREEMENT, 200, agreement("Approved"));
    daemon.answer("POST /market-api/v1/agreements/agr/terminate", 200, "");
    assertThat(catchThrowable(() -> signing.get(120, TimeUnit.SECONDS))).isNotNull();
    onLoop(() -> ledger.approved().get(0)).ended.get(120, TimeUnit.SECONDS);
    onLoop(() -> true);
    assertSaid("AgreementCreated", "AgreementApproved", "AgreementTerminated");
  }

  private CompletableFuture<Account> sign(CompletableFuture<?> over) throws Exception {
    var ending = new Ending(session);
    ledger = new Ledger(session, ending, Instant.EPOCH);
    var signing =
        onLoop(() -> new Signing(session, ledger, ending).sign("R-1", Offers.offered(), over));
    daemon.answer("POST /market-api/v1/agreements", 200, "\"agr\"");
    daemon.answer("POST /market-api/v1/agreements/agr/confirm", 204, "");
    return signing;
  }

  private void leaves() throws Exception {
    onLoop(
        () -> {
          ledger.on(
              new AgreementEvent(
                  AgreementEvent.TERMINATED, Instant.EPOCH, "agr", "Provider", "", null));
          return true;
        });
  }

  private void assertSaid(String... names) {
    assertThat(events).extracting(event -> event.getClass().getSimpleName()).containsExactly(names);
  }

  private static String agreement(String state) {
    return "{\"agreementId\":\"agr\",\"state\":\"%s\"}".formatted(state);
  }

  /** A connection may break in two ways at once; lines of a second stream would come twice. */
  @Test
  void aStreamIsOpenedAgainOnceForEachThatBroke() throws Exception {
    var running = start();
    daemon.answer(RESULTS, 200, "[]");
    var first = daemon.stream();
    first.onError(new IOException("broken"));
    daemon.answer(RESULTS, 200, "[]");
    var second = daemon.stream();
    var cancelled = new CompletableFuture<Boolean>();
    second.onSubscribe(onCancel(() -> cancelled.complete(true)));
    first.onError(new IOException("broken, as was said"));
    daemon.answer(RESULTS, 200, "[]");
    daemon.answer(RESULTS, 200, "[{\"index\":0,\"result\":\"Ok\",\"isBatchFinished\":true}]");
    assertThat(running.get(120, TimeUnit.SECONDS)).hasSize(1);
    assertThat(cancelled.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.moreStreams()).isZero();
  }

  /** Its clocks stop then, and nobody else would end it. */
  @Test
  void aBatchEndsWithItsSession() throws Exception {
    var running = start();
    assertThat(daemon.next(RESULTS)).isNotDone();
    threads.close();
    assertThat(failure(running).kind()).isEqualTo(GolemException.Kind.CANCELLED);
  }

  private CompletableFuture<List<CommandResult>> start() throws Exception {
    var script = new ExeScript(List.of(new ExeCommand.Run("/bin/true", List.of(), null)));
    var limit = Duration.ofSeconds(20);
    var batch = new Batch(session, "brick-12", "act", script, limit, limit, line -> {});
    var running = onLoop(() -> batch.start(new CompletableFuture<>()));
    daemon.answer(EXEC, 200, "\"b1\"");
    return running;
  }

  /** Addresses that are made while a rental ends are given back as the others are. */
  @Test
  void aScriptThatComesWithTheEndOfItsRentalIsNotSent() throws Exception {
    var opening = FileSlot.open(session.files());
    daemon.answer(SERVICES, 201, service("one"));
    var slot = opening.get(120, TimeUnit.SECONDS);
    var machine =
        onLoop(
            () -> {
              var ledger = new Ledger(session, new Ending(session), Instant.EPOCH);
              var account = ledger.open("agr", Offers.offered());
              return new RentedMachine(
                  session, new Ending(session), account, "act", "/golem/work", slot);
            });
    var outcome = machine.execute(twoUploads());
    var second = daemon.next(SERVICES);
    var closed = machine.close(EndReason.success("done"));
    daemon.answer("GET /activity-api/v1/activity/act/usage", 404, "{}");
    daemon.answer("DELETE /activity-api/v1/activity/act", 200, "null");
    daemon.answer("POST /market-api/v1/agreements/agr/terminate", 200, "");
    daemon.answer("DELETE /gsb-api/v1/services/one", 200, "null");
    closed.get(120, TimeUnit.SECONDS);
    second.complete(HeldDaemon.json(201, service("two")));
    daemon.answer("DELETE /gsb-api/v1/services/two", 200, "null");
    assertThat(failure(outcome).kind()).isEqualTo(GolemException.Kind.CANCELLED);
    var late =
        machine.execute(
            new Script(
                List.of(new Script.Run("/bin/true", List.of())),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                line -> {}));
    assertThat(failure(late).kind()).isEqualTo(GolemException.Kind.CANCELLED);
    assertThat(daemon.more(EXEC)).isZero();
  }

  private static String service(String id) {
    return "{\"listen\":{\"on\":\"/public/x\",\"components\":[]},\"servicesId\":\"%s\"}"
        .formatted(id);
  }

  private static Script twoUploads() {
    ByteSource nothing =
        new ByteSource() {
          @Override
          public long size() {
            return 0;
          }

          @Override
          public void read(long offset, ByteBuffer target) {}
        };
    var limit = Duration.ofSeconds(20);
    return new Script(
        List.of(
            new Script.Upload(nothing, "/golem/work/a"),
            new Script.Upload(nothing, "/golem/work/b")),
        limit,
        limit,
        line -> {});
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return task.call();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            threads.loop())
        .get(120, TimeUnit.SECONDS);
  }

  private static GolemException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> future.get(120, TimeUnit.SECONDS));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }

  private static Flow.Subscription onCancel(Runnable task) {
    return new Flow.Subscription() {
      @Override
      public void request(long count) {}

      @Override
      public void cancel() {
        task.run();
      }
    };
  }

  /** For demands that bring nothing. */
  private static final class Nobody implements Negotiation.Hirer {
    @Override
    public void hire(Negotiation from, RentRequest request, String draftId, Offered offered) {
      throw new AssertionError(draftId);
    }

    @Override
    public void beyondBudget(Negotiation from, RentRequest request) {
      throw new AssertionError(request);
    }
  }
}
