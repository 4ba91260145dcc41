package org.golempipeline.golem.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Ends activities and agreements, in this order. What cannot be done at once, because the provider
 * is not reachable, is repeated in the background until the session is closed.
 */
final class Ending {
  private static final Duration USAGE_POLL = Duration.ofSeconds(2);
  private static final Duration DESTROY_POLL = Duration.ofSeconds(10);

  private final Session session;

  Ending(Session session) {
    this.session = session;
  }

  /** Completes after the first try to end all of it; never fails. */
  CompletableFuture<Boolean> end(Account account, @Nullable String activityId, EndReason reason) {
    account.close();
    if (activityId == null) {
      return terminate(account, reason);
    }
    return lastUsage(account, activityId)
        .thenCompose(known -> destroy(account, activityId))
        .thenCompose(gone -> terminate(account, reason));
  }

  /** The same for an agreement that may have several activities. */
  CompletableFuture<Boolean> end(Account account, List<String> activityIds, EndReason reason) {
    account.close();
    CompletableFuture<Boolean> ended = CompletableFuture.completedFuture(true);
    for (String activityId : activityIds) {
      ended =
          ended
              .thenCompose(before -> lastUsage(account, activityId))
              .thenCompose(known -> destroy(account, activityId));
    }
    return ended.thenCompose(gone -> terminate(account, reason));
  }

  /** Ends the agreement only. */
  CompletableFuture<Boolean> terminate(Account account, EndReason reason) {
    assert session.isOnLoop();
    account.close();
    return account.ended.isDone()
        ? CompletableFuture.completedFuture(true)
        : terminate(account, reason, 1);
  }

  /** Asked for the sake of the invoice's check; costs a round trip only where money is at stake. */
  private CompletableFuture<Boolean> lastUsage(Account account, String activityId) {
    boolean free = account.offered.coefficients().stream().allMatch(price -> price.signum() == 0);
    if (free || account.ended.isDone()) {
      return CompletableFuture.completedFuture(false);
    }
    return session
        .send(Calls.activityUsage(activityId, USAGE_POLL))
        .handle(
            (usage, error) -> {
              List<Double> counters = usage == null ? null : usage.currentUsage();
              if (counters != null) {
                account.activityUsed(activityId, counters, session.billedNanos());
              }
              return counters != null;
            });
  }

  private CompletableFuture<Boolean> destroy(Account account, String activityId) {
    if (account.ended.isDone()) {
      account.activityEnded(activityId, session.billedNanos());
      return CompletableFuture.completedFuture(true);
    }
    return session
        .send(Calls.destroyActivity(activityId, DESTROY_POLL))
        .handle(
            (done, error) -> {
              if (error == null || CallFailure.of("end the activity", error).isGone()) {
                account.activityEnded(activityId, session.billedNanos());
                session.emit(new GolemEvent.ActivityDestroyed(activityId, account.agreementId));
                return true;
              }
              // It lives, and costs, until the agreement ends.
              Caller.LOG.debug("activity {} not destroyed", activityId, error);
              return false;
            });
  }

  private CompletableFuture<Boolean> terminate(Account account, EndReason reason, int attempt) {
    Reason wire = Reason.of(reason.message()).with(Reason.REQUESTOR_CODE, reason.code());
    return session
        .send(Calls.terminateAgreement(account.agreementId, wire))
        .handle(
            (done, error) -> {
              if (error == null || isFinal(CallFailure.of("end the agreement", error))) {
                terminated(account, reason);
                return true;
              }
              if (!session.closed().get()) {
                Caller.LOG.debug("agreement {} not ended yet", account.agreementId, error);
                session
                    .threads()
                    .after(session.retrier().pause(attempt))
                    .thenCompose(
                        waited ->
                            account.ended.isDone()
                                ? account.ended
                                : terminate(account, reason, attempt + 1));
              }
              return false;
            });
  }

  private void terminated(Account account, EndReason reason) {
    account.over(session.billedNanos());
    if (account.ended.complete(true)) {
      session.emit(
          new GolemEvent.AgreementTerminated(account.agreementId, false, reason.message()));
    }
  }

  /** The daemon will never do it: it is over already, or it never was. */
  private static boolean isFinal(CallFailure failure) {
    return failure.isGone() || failure.status() == 400;
  }
}
