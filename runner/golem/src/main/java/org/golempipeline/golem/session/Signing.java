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
                  : rejected(account, failure);
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
                return (answeredNo ? endIfApproved(account, false) : withdraw(account))
                    .thenCompose(known -> rejected(account, failure));
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

  /** Only when it is known that it was never approved, or is ended. */
  private CompletableFuture<Account> rejected(Account account, CallFailure failure) {
    String reason = failure.status() == 408 ? "no answer in time" : failure.reason();
    if (!account.isApproved()) {
      session.emit(new GolemEvent.AgreementRejected(account.agreementId, reason));
    }
    return CompletableFuture.failedFuture(
        new CallFailure(
            failure.action(),
            failure.status(),
            reason,
            failure.arrival(),
            failure.body(),
            failure));
  }

  /** The provider may say yes any moment, until it is withdrawn. */
  private CompletableFuture<Boolean> withdraw(Account account) {
    Reason words = Reason.of("No answer in time").with(Reason.REQUESTOR_CODE, "Cancelled");
    return session
        .send(Calls.cancelAgreement(account.agreementId, words))
        .handle(
            (done, error) ->
                error == null
                    ? CompletableFuture.completedFuture(true)
                    : endIfApproved(account, true))
        .thenCompose(next -> next);
  }

  /**
   * It may have been approved in the last moment, and even ended by the provider since: then it is
   * ended, and its invoice expected.
   *
   * @param likely whether it counts as approved if that cannot be found out
   */
  private CompletableFuture<Boolean> endIfApproved(Account account, boolean likely) {
    if (account.ended.isDone()) {
      return CompletableFuture.completedFuture(true);
    }
    return session
        .send(Calls.agreement(account.agreementId))
        .handle(
            (agreement, error) -> {
              boolean ended = agreement != null && agreement.state().equals("Terminated");
              boolean open = agreement == null ? likely : agreement.state().equals("Approved");
              if (ended || open) {
                ledger.approve(account);
              }
              if (open) {
                ending.terminate(account, EndReason.cancelled("Not needed any more"));
              }
              return ended || open;
            });
  }
}
