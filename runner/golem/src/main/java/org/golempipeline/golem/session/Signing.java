package org.golempipeline.golem.session;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.wire.AgreementRequest;
import org.golempipeline.golem.wire.Reason;

/** Makes an agreement of a provider's draft, or withdraws from it when it takes too long. */
final class Signing {
  private static final Duration VALID = Duration.ofMinutes(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofSeconds(5);

  private final Session session;
  private final Ledger ledger;
  private final Ending ending;

  Signing(Session session, Ledger ledger, Ending ending) {
    this.session = session;
    this.ledger = ledger;
    this.ending = ending;
  }

  /**
   * Gives the account of the approved agreement; fails with {@link CallFailure}. Withdraws soon
   * after {@code over} is done.
   */
  CompletableFuture<Account> sign(String draftId, Offered offered, CompletableFuture<?> over) {
    AgreementRequest request =
        new AgreementRequest(draftId, session.now().plus(VALID).truncatedTo(ChronoUnit.MILLIS));
    return session
        .send(Calls.createAgreement(request))
        .thenCompose(
            id -> {
              session.emit(new GolemEvent.AgreementCreated(id, offered.provider().id()));
              return confirm(ledger.open(id, offered), over);
            });
  }

  private CompletableFuture<Account> confirm(Account account, CompletableFuture<?> over) {
    long begin = session.nanos();
    return session
        .send(Calls.confirm(account.agreementId, session.terms().sessionId()))
        .handle(
            (done, error) -> {
              // A lost answer may have been a yes: waiting tells.
              CallFailure failure =
                  error == null ? null : CallFailure.of("sign the agreement", error);
              return failure == null || failure.arrival() == CallFailure.Arrival.UNKNOWN
                  ? await(account, begin, over)
                  : rejected(account, failure, false);
            })
        .thenCompose(next -> next);
  }

  private CompletableFuture<Account> await(Account account, long begin, CompletableFuture<?> over) {
    CompletableFuture<Boolean> waiting =
        session.caller().send(Calls.awaitApproval(account.agreementId, POLL));
    over.whenComplete((value, error) -> waiting.cancel(true));
    return waiting
        .handleAsync(
            (done, error) -> {
              if (error == null) {
                return CompletableFuture.completedFuture(approved(account));
              }
              CallFailure failure = CallFailure.of("wait for the provider's approval", error);
              boolean answeredNo =
                  failure.arrival() == CallFailure.Arrival.ANSWERED
                      && failure.status() != 408
                      && failure.status() < 500;
              boolean again =
                  !answeredNo && !over.isDone() && session.since(begin).compareTo(LIMIT) < 0;
              if (!again) {
                return rejected(account, failure, !answeredNo);
              }
              return failure.status() == 408
                  ? await(account, begin, over)
                  : session
                      .threads()
                      .after(session.retrier().pause(2))
                      .thenCompose(waited -> await(account, begin, over));
            },
            session.threads().loop())
        .thenCompose(next -> next);
  }

  private Account approved(Account account) {
    ledger.approve(account);
    return account;
  }

  /** When it is still open, the provider may say yes any moment, so it is withdrawn first. */
  private CompletableFuture<Account> rejected(Account account, CallFailure failure, boolean open) {
    String reason = failure.status() == 408 ? "no answer in time" : failure.reason();
    if (!account.isApproved()) {
      session.emit(new GolemEvent.AgreementRejected(account.agreementId, reason));
    }
    CallFailure shown =
        new CallFailure(
            failure.action(), failure.status(), reason, failure.arrival(), failure.body(), failure);
    if (!open) {
      return CompletableFuture.failedFuture(shown);
    }
    Reason words = Reason.of("No answer in time").with(Reason.REQUESTOR_CODE, "Cancelled");
    return session
        .send(Calls.cancelAgreement(account.agreementId, words))
        .handle(
            (done, error) ->
                error == null ? CompletableFuture.completedFuture(true) : endIfApproved(account))
        .thenCompose(next -> next)
        .thenCompose(done -> CompletableFuture.failedFuture(shown));
  }

  /** It may have been approved in the last moment: then it is ended, and its invoice expected. */
  private CompletableFuture<Boolean> endIfApproved(Account account) {
    return session
        .send(Calls.agreement(account.agreementId))
        .handle(
            (agreement, error) -> {
              boolean over = agreement != null && !agreement.state().equals("Approved");
              if (!over) {
                account.approve();
                ending.terminate(account, EndReason.cancelled("Not needed any more"));
              }
              return !over;
            });
  }
}
