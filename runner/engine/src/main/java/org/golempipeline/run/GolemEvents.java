package org.golempipeline.run;

import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.jspecify.annotations.Nullable;

/** The Golem client's events and failures in the words of a run. */
public final class GolemEvents {
  private GolemEvents() {}

  public static RunEvent toRunEvent(GolemEvent event) {
    if (event instanceof GolemEvent.AllocationCreated e) {
      return new RunEvent.AllocationCreated(e.allocationId(), e.amount(), e.platform());
    } else if (event instanceof GolemEvent.AllocationReleased e) {
      return new RunEvent.AllocationReleased(e.allocationId());
    } else if (event instanceof GolemEvent.DemandSubscribed e) {
      return new RunEvent.DemandSubscribed(e.demandId());
    } else if (event instanceof GolemEvent.DemandUnsubscribed e) {
      return new RunEvent.DemandUnsubscribed(e.demandId());
    } else if (event instanceof GolemEvent.ProposalReceived e) {
      return new RunEvent.ProposalReceived(e.providerId(), e.providerName(), e.draft());
    } else if (event instanceof GolemEvent.ProposalRejected e) {
      return new RunEvent.ProposalRejected(e.providerId(), e.byProvider(), e.reason());
    } else if (event instanceof GolemEvent.AgreementCreated e) {
      return new RunEvent.AgreementCreated(e.agreementId(), e.providerId());
    } else if (event instanceof GolemEvent.AgreementApproved e) {
      return new RunEvent.AgreementApproved(e.agreementId(), e.providerId(), e.providerName());
    } else if (event instanceof GolemEvent.AgreementRejected e) {
      return new RunEvent.AgreementRejected(e.agreementId(), e.reason());
    } else if (event instanceof GolemEvent.StartFailed e) {
      return new RunEvent.StartFailed(
          e.providerId(), e.providerName(), e.image(), e.byImage(), e.reason());
    } else if (event instanceof GolemEvent.AgreementTerminated e) {
      return new RunEvent.AgreementTerminated(e.agreementId(), e.byProvider(), e.reason());
    } else if (event instanceof GolemEvent.ActivityCreated e) {
      return new RunEvent.ActivityCreated(e.activityId(), e.agreementId());
    } else if (event instanceof GolemEvent.ImageArriving e) {
      return new RunEvent.ImageArriving(e.agreementId(), e.bytes(), e.size());
    } else if (event instanceof GolemEvent.ActivityDestroyed e) {
      return new RunEvent.ActivityDestroyed(e.activityId(), e.agreementId());
    } else if (event instanceof GolemEvent.FilesServed e) {
      return new RunEvent.FilesServed(e.bytes(), e.time().toMillis());
    } else if (event instanceof GolemEvent.DebitNoteAccepted e) {
      return new RunEvent.DebitNoteAccepted(e.debitNoteId(), e.agreementId(), e.totalAmount());
    } else if (event instanceof GolemEvent.InvoiceAccepted e) {
      return new RunEvent.InvoiceAccepted(e.invoiceId(), e.agreementId(), e.amount());
    } else if (event instanceof GolemEvent.DocumentRefused e) {
      return new RunEvent.DocumentRefused(e.documentId(), e.agreementId(), e.reason());
    }
    throw new AssertionError(event);
  }

  /** What an asynchronous call failed with. */
  static Failure toFailure(Throwable thrown) {
    return toFailure(thrown, "timeout.idle");
  }

  /**
   * What a script failed with.
   *
   * @param silence the key of the clock that says how long it may be silent
   */
  static Failure toFailure(Throwable thrown, String silence) {
    var cause = thrown;
    while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof GolemException golem) {
      var message = String.valueOf(golem.getMessage());
      var hint = golem.hint().orElse(null);
      return golem
          .clock()
          .map(clock -> ranOut(clock, kind(golem.kind()), message, hint, silence))
          .orElseGet(() -> new Failure(kind(golem.kind()), message, hint));
    }
    if (cause instanceof java.util.concurrent.CancellationException) {
      return Failure.of(FailureKind.CANCELLED, "It was cancelled.");
    }
    if (cause instanceof Error) {
      // Not thrown: whoever waits for an answer of the network would wait for ever.
      return new Failure(
          FailureKind.COMMAND,
          "golem-pipeline itself failed: %s.".formatted(cause),
          "If its files are whole, this is a bug in it: please report this line.");
    }
    return Failure.of(FailureKind.PROVIDER, "A transfer failed: " + Trouble.reason(cause) + ".");
  }

  private static Failure ranOut(
      GolemException.Clock clock,
      FailureKind kind,
      String message,
      @Nullable String hint,
      String silence) {
    return switch (clock) {
      case NEGOTIATE -> new Failure(kind, message + " The clock is `timeout.negotiate`.", hint);
      case SCRIPT ->
          new Failure(
              kind,
              message
                  + " The clocks are `timeout.run` for each of its fragments and `timeout.transfer`"
                  + " each way, or what the budget pays for.",
              "Raise `timeout: { run: …, transfer: … }`, or make the fragments smaller.");
      case IDLE ->
          new Failure(
              kind,
              "%s The clock is `%s`.".formatted(message, silence),
              silence.equals("timeout.transfer")
                  ? "Raise `timeout: { transfer: … }` if what providers fetch is large."
                  : "A machine that works says so every ten seconds: `timeout: { idle: … }` below"
                      + " `30s` is too short, and above it the machine or the way to it is dead.");
    };
  }

  private static FailureKind kind(GolemException.Kind kind) {
    return switch (kind) {
      case PROVIDER, IMAGE -> FailureKind.PROVIDER;
      case DEADLINE -> FailureKind.DEADLINE;
      case MARKET -> FailureKind.MARKET;
      case BUDGET -> FailureKind.BUDGET;
      case PAYMENT -> FailureKind.PAYMENT;
      case YAGNA -> FailureKind.YAGNA;
      case CANCELLED -> FailureKind.CANCELLED;
    };
  }
}
