package org.golempipeline.provider;

import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.DebitNote;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Invoice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one agreement is billed: debit notes while activities run, one when each has ended, and one
 * invoice. Amounts are reckoned from the usage that the daemon knows, which is what the requestor
 * sees. On the desk's thread.
 */
final class Bills {
  private static final Logger LOG = LoggerFactory.getLogger(Bills.class);
  private static final String PAYMENT = "/payment-api/v1";
  private static final String ACCEPTED = "ACCEPTED";
  private static final String SETTLED = "SETTLED";
  private static final String REJECTED = "REJECTED";
  private static final Duration SEND_WAIT = Duration.ofSeconds(15);
  private static final Duration NOTE_PAUSE = Duration.ofSeconds(3);
  private static final Duration ISSUE_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(5);
  private static final Duration PAYABLE_WITHIN = Duration.ofDays(1);

  private final Desk desk;
  private final Agreement agreement;
  private final Costs costs;
  private final Consumer<EndCode> broken;
  private final Optional<Duration> acceptTimeout;
  private final Optional<Duration> paymentTimeout;

  /** The last cost of each activity that is billed to its end. */
  private final Map<String, BigDecimal> finals = new LinkedHashMap<>();

  /** Those of which the requestor's daemon knows. */
  private final Set<String> known = new LinkedHashSet<>();

  /** Notes that the requestor accepted, as far as we were told. */
  private final Set<String> accepted = new HashSet<>();

  /** Notes that arrived. */
  private final Set<String> notes = new HashSet<>();

  private Instant lastPayable;

  /** When the first of the notes was sent that did not arrive since one did. */
  private @Nullable Instant awaySince;

  private @Nullable String lastNote;

  /**
   * @param broken told what the requestor did not keep
   */
  Bills(Desk desk, Agreement agreement, Consumer<EndCode> broken) {
    this.desk = desk;
    this.agreement = agreement;
    this.broken = broken;
    costs = Costs.of(agreement.offer().properties());
    acceptTimeout = seconds(ACCEPT_TIMEOUT);
    paymentTimeout = seconds(PAYMENT_TIMEOUT);
    lastPayable = desk.now();
  }

  private Optional<Duration> seconds(String key) {
    return agreement.offer().properties().get(key) instanceof Number value
        ? Optional.of(Duration.ofMillis((long) (value.doubleValue() * 1000)))
        : Optional.empty();
  }

  /** The total of an activity so far. */
  private record Claim(
      String activityId,
      BigDecimal totalAmountDue,
      List<Double> usageCounterVector,
      @Nullable Instant paymentDueDate) {}

  /** The bill of an agreement. */
  private record Total(
      String agreementId, List<String> activityIds, BigDecimal amount, Instant paymentDueDate) {}

  /** A debit note for an activity that runs; one that does not arrive is not sent again. */
  void interim(String activityId) {
    desk.then(
        issue(activityId, false),
        note -> desk.then(send(note), sent -> sent(note), this::notSent),
        problem -> LOG.debug("our own daemon makes no debit note", problem));
  }

  /** Only of a requestor that was away all the time do we know that it is: not of the first try. */
  private void notSent(CallFailure problem) {
    LOG.debug("a debit note did not arrive", problem);
    if (problem.arrival() == CallFailure.Arrival.NOT_ARRIVED) {
      return;
    }
    if (awaySince == null) {
      awaySince = desk.now();
    }
    Instant since = awaySince;
    if (acceptTimeout.filter(limit -> desk.now().isAfter(since.plus(limit))).isPresent()) {
      broken.accept(EndCode.REQUESTOR_UNREACHABLE);
    }
  }

  /** The last debit note of an activity; completes when it has arrived, with the cost. */
  CompletableFuture<BigDecimal> last(String activityId) {
    return desk.insist(NOTE_PAUSE, LONGEST_PAUSE, Bills::isFinal, () -> issue(activityId, true))
        .thenCompose(
            note -> {
              finals.put(activityId, note.totalAmountDue());
              return desk.insist(NOTE_PAUSE, LONGEST_PAUSE, Bills::isFinal, () -> send(note))
                  .thenApply(sent -> note);
            })
        .thenApply(
            note -> {
              known.add(activityId);
              desk.run(() -> sent(note));
              return note.totalAmountDue();
            });
  }

  /** The daemon will say the same again. */
  private static boolean isFinal(CallFailure problem) {
    return problem.status() == 400 || problem.isGone();
  }

  private CompletableFuture<DebitNote> issue(String activityId, boolean last) {
    return desk.here(
            desk.calls.get(
                "read the usage",
                "/activity-api/v1/activity/" + activityId + "/usage",
                ActivityUsage.class))
        .thenCompose(
            usage -> {
              List<Double> used = usage.currentUsage() == null ? List.of() : usage.currentUsage();
              return desk.calls.post(
                  "issue a debit note",
                  PAYMENT + "/debitNotes",
                  new Claim(activityId, costs.of(used), used, dueDate(last)),
                  DebitNote.class);
            });
  }

  /** Payable notes come at most as often as the payment timeout, and at the end. */
  private @Nullable Instant dueDate(boolean last) {
    assert desk.isHere();
    Instant now = desk.now();
    if (paymentTimeout.isEmpty() || !last && now.isBefore(lastPayable.plus(paymentTimeout.get()))) {
      return null;
    }
    lastPayable = now;
    return now.plus(paymentTimeout.get());
  }

  private CompletableFuture<Boolean> send(DebitNote note) {
    return desk.calls.post(
        "send a debit note",
        PAYMENT + "/debitNotes/" + note.debitNoteId() + "/send",
        null,
        SEND_WAIT);
  }

  private void sent(DebitNote note) {
    assert desk.isHere();
    awaySince = null;
    lastNote = note.debitNoteId();
    notes.add(note.debitNoteId());
    desk.say(new ProviderEvent.DebitNoteSent(note.activityId(), note.totalAmountDue()));
    acceptTimeout.ifPresent(limit -> check(limit, note, accepted, this::requireAccepted));
    Instant due = note.paymentDueDate();
    if (due != null && note.totalAmountDue().signum() > 0) {
      check(Duration.between(desk.now(), due), note, Set.of(), this::requirePaid);
    }
  }

  /** The requestor said something to a note, perhaps to one of this agreement. */
  void answered(DebitNoteEvent event) {
    if (!notes.contains(event.debitNoteId())) {
      return;
    }
    switch (event.eventType()) {
      case DebitNoteEvent.ACCEPTED, DebitNoteEvent.SETTLED -> accepted.add(event.debitNoteId());
      case DebitNoteEvent.REJECTED -> broken.accept(EndCode.DEBIT_NOTE_REJECTED);
      default -> {
        // Nothing that we were promised depends on it.
      }
    }
  }

  /**
   * @param answered notes of which all is known that is required
   */
  private void check(
      Duration pause, DebitNote note, Set<String> answered, Consumer<DebitNote> requirement) {
    var unused =
        desk.after(
            pause,
            () -> {
              if (answered.contains(note.debitNoteId())) {
                return;
              }
              desk.then(
                  desk.calls.get(
                      "read a debit note",
                      PAYMENT + "/debitNotes/" + note.debitNoteId(),
                      DebitNote.class),
                  requirement,
                  problem -> {
                    // Without an answer nobody can be blamed.
                  });
            });
  }

  /** A later note stands for all before it. */
  private void requireAccepted(DebitNote note) {
    if (note.status().equals(REJECTED)) {
      broken.accept(EndCode.DEBIT_NOTE_REJECTED);
    } else if (!isAccepted(note) && note.debitNoteId().equals(lastNote)) {
      broken.accept(EndCode.DEBIT_NOTES_DEADLINE);
    } else if (!isAccepted(note) && lastNote != null) {
      desk.then(
          desk.calls.get("read a debit note", PAYMENT + "/debitNotes/" + lastNote, DebitNote.class),
          latest -> {
            if (!isAccepted(latest)) {
              broken.accept(EndCode.DEBIT_NOTES_DEADLINE);
            }
          },
          problem -> {});
    }
  }

  private static boolean isAccepted(DebitNote note) {
    return note.status().equals(ACCEPTED) || note.status().equals(SETTLED);
  }

  private void requirePaid(DebitNote note) {
    if (!note.status().equals(SETTLED)) {
      broken.accept(EndCode.DEBIT_NOTE_NOT_PAID);
    }
  }

  /**
   * The invoice, after all activities are billed; completes when it has arrived, however long that
   * takes. An activity that the requestor's daemon knows nothing of, since it died while that was
   * created, is not named: the daemon would not take the invoice.
   */
  CompletableFuture<Boolean> invoice() {
    assert desk.isHere();
    BigDecimal amount = finals.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return desk.insist(
            ISSUE_PAUSE,
            ISSUE_PAUSE,
            Bills::isFinal,
            () ->
                desk.calls.post(
                    "issue an invoice",
                    PAYMENT + "/invoices",
                    new Total(
                        agreement.agreementId(),
                        List.copyOf(known),
                        amount,
                        desk.now().plus(paymentTimeout.orElse(PAYABLE_WITHIN))),
                    Invoice.class))
        .thenCompose(
            invoice -> {
              desk.journal.issued(agreement.agreementId(), invoice.invoiceId());
              return send(invoice.invoiceId(), amount);
            });
  }

  /** Sends an invoice that an earlier start issued. */
  CompletableFuture<Boolean> send(String invoiceId) {
    return desk.insist(
            ISSUE_PAUSE,
            LONGEST_PAUSE,
            Bills::isFinal,
            () ->
                desk.calls.get(
                    "read an invoice", PAYMENT + "/invoices/" + invoiceId, Invoice.class))
        .thenCompose(invoice -> send(invoiceId, invoice.amount()));
  }

  private CompletableFuture<Boolean> send(String invoiceId, BigDecimal amount) {
    return desk.insist(
            ISSUE_PAUSE,
            LONGEST_PAUSE,
            Bills::isFinal,
            () ->
                desk.calls.post(
                    "send an invoice",
                    PAYMENT + "/invoices/" + invoiceId + "/send",
                    null,
                    SEND_WAIT))
        .thenApply(
            sent -> {
              desk.say(new ProviderEvent.InvoiceSent(agreement.agreementId(), invoiceId, amount));
              return sent;
            });
  }
}
