package org.golempipeline.golem.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.jspecify.annotations.Nullable;

/**
 * Someone waits for a machine. The future is completed on the threads for answers, so that nobody's
 * callbacks hold up the loop.
 */
final class RentRequest {
  final RentalTerms terms;
  final CompletableFuture<Rental> future = new CompletableFuture<>();
  private final Session session;
  private final long begin;

  /** Set once an agreement is approved: then the clock for deploying counts. */
  private boolean starting;

  /** Somebody was to be had, but did not come to the start. */
  private boolean letDown;

  /** When all that was offered was found to be too dear for the budget; null before. */
  private @Nullable Long beyondBudgetSince;

  RentRequest(Session session, RentalTerms terms) {
    this.session = session;
    this.terms = terms;
    this.begin = session.nanos();
  }

  boolean isOver() {
    return future.isDone();
  }

  boolean isStarting() {
    return starting;
  }

  void starting() {
    starting = true;
  }

  /** A provider could not be hired or started. */
  void letDown() {
    starting = false;
    letDown = true;
  }

  boolean wasLetDown() {
    return letDown;
  }

  boolean isBeyondBudget() {
    return beyondBudgetSince != null;
  }

  /** How long it has been so; from now on if it was not. */
  Duration beyondBudgetFor() {
    if (beyondBudgetSince == null) {
      beyondBudgetSince = session.nanos();
    }
    return session.since(beyondBudgetSince);
  }

  /** A provider failed to start: is there time for another one? */
  boolean hasTimeLeft() {
    return session.since(begin).compareTo(terms.negotiateLimit()) < 0;
  }

  void succeed(RentedMachine machine) {
    session
        .threads()
        .answers()
        .execute(
            () -> {
              if (!future.complete(machine)) {
                machine.close(EndReason.cancelled("Not needed any more"));
              }
            });
  }

  void fail(GolemException failure) {
    session.threads().answers().execute(() -> future.completeExceptionally(failure));
  }
}
