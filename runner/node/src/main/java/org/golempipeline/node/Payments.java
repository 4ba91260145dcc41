package org.golempipeline.node;

import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.golem.wire.Acceptance;
import org.golempipeline.golem.wire.DebitNote;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Invoice;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.jspecify.annotations.Nullable;

/**
 * Debit notes and invoices: the provider's side, which issues them from usage and agreed prices,
 * and the requestor's, which accepts them. All methods take the context's lock.
 */
final class Payments {
  static final String RECEIVED = "RECEIVED";
  static final String ACCEPTED = "ACCEPTED";
  static final String REJECTED = "REJECTED";
  static final String SETTLED = "SETTLED";

  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(2);
  private static final BigDecimal OVERBILLING = BigDecimal.valueOf(3);

  private final NodeContext context;
  private final Allocations allocations;
  private final Map<String, Note> notes = new LinkedHashMap<>();
  private final Map<String, Bill> bills = new LinkedHashMap<>();

  /** What was accepted so far, by agreement. */
  private final Map<String, Account> accounts = new HashMap<>();

  private final EventLog<DebitNoteEvent> noteLog;
  private final EventLog<InvoiceEvent> billLog;

  Payments(NodeContext context, Allocations allocations) {
    this.context = context;
    this.allocations = allocations;
    noteLog = new EventLog<>(context);
    billLog = new EventLog<>(context);
  }

  private static final class Account {
    BigDecimal accepted = BigDecimal.ZERO;
    final Map<String, BigDecimal> acceptedByActivity = new HashMap<>();
    boolean invoiced;
    boolean closed;
  }

  private record Note(AgreementEntry agreement, DebitNote document) {
    Note with(String status) {
      DebitNote d = document;
      return new Note(
          agreement,
          new DebitNote(
              d.debitNoteId(),
              d.issuerId(),
              d.recipientId(),
              d.payeeAddr(),
              d.payerAddr(),
              d.paymentPlatform(),
              d.previousDebitNoteId(),
              d.timestamp(),
              d.agreementId(),
              d.activityId(),
              d.totalAmountDue(),
              d.usageCounterVector(),
              d.paymentDueDate(),
              status));
    }
  }

  private record Bill(AgreementEntry agreement, Invoice document) {
    Bill with(String status) {
      Invoice d = document;
      return new Bill(
          agreement,
          new Invoice(
              d.invoiceId(),
              d.issuerId(),
              d.recipientId(),
              d.payeeAddr(),
              d.payerAddr(),
              d.paymentPlatform(),
              d.timestamp(),
              d.agreementId(),
              d.activityIds(),
              d.amount(),
              d.paymentDueDate(),
              status));
    }
  }

  private Account account(AgreementEntry agreement) {
    return accounts.computeIfAbsent(agreement.id, id -> new Account());
  }

  EventLog<DebitNoteEvent> noteLog() {
    return noteLog;
  }

  EventLog<InvoiceEvent> billLog() {
    return billLog;
  }

  /** From now on debit notes come at the agreed interval, counted from the approval. */
  void activityCreated(Activity activity) {
    Duration interval =
        activity.agreement.agreedSeconds(DEBIT_NOTE_INTERVAL).orElse(DEFAULT_INTERVAL);
    Instant approved = Objects.requireNonNull(activity.agreement.approved);
    long passed = Duration.between(approved, context.now()).toNanos();
    long untilNext = interval.toNanos() - passed % interval.toNanos();
    context.later(Duration.ofNanos(untilNext), () -> tick(activity, interval));
  }

  private void tick(Activity activity, Duration interval) {
    if (!activity.over() && activity.agreement.is(AgreementEntry.APPROVED)) {
      issueNote(activity);
      context.later(interval, () -> tick(activity, interval));
    }
  }

  /** The last debit note of an activity. */
  void activityEnded(Activity activity) {
    issueNote(activity);
  }

  private void issueNote(Activity activity) {
    AgreementEntry agreement = activity.agreement;
    LocalProvider provider = agreement.provider;
    List<Double> usage = activity.usage();
    BigDecimal amount = due(agreement, usage);
    activity.billed = amount;
    String id = context.uuid();
    DebitNote document =
        new DebitNote(
            id,
            provider.id,
            context.identity,
            agreement.payeeAddress(),
            agreement.payerAddress(),
            agreement.platform(),
            activity.lastNote,
            context.moment(),
            agreement.id,
            activity.id,
            amount,
            usage,
            dueDate(activity),
            RECEIVED);
    activity.lastNote = id;
    Note note = new Note(agreement, document);
    notes.put(id, note);
    log(note, DebitNoteEvent.RECEIVED);
    agreement
        .agreedSeconds(ACCEPT_TIMEOUT)
        .ifPresent(limit -> context.later(limit, () -> requireAccepted(id)));
  }

  private static BigDecimal due(AgreementEntry agreement, List<Double> usage) {
    BigDecimal cost = agreement.cost(usage);
    return agreement.provider.has(ProviderFault.OVERBILLS) ? cost.multiply(OVERBILLING) : cost;
  }

  /** Payable notes come at most as often as the payment timeout. */
  private @Nullable Instant dueDate(Activity activity) {
    Duration timeout = activity.agreement.agreedSeconds(PAYMENT_TIMEOUT).orElse(null);
    if (timeout == null) {
      return null;
    }
    Instant now = context.now();
    Instant since =
        activity.lastPayable == null
            ? Objects.requireNonNull(activity.agreement.approved)
            : activity.lastPayable;
    if (!activity.over() && since.plus(timeout).isAfter(now)) {
      return null;
    }
    activity.lastPayable = now;
    return now.plus(timeout);
  }

  private void requireAccepted(String noteId) {
    Note note = notes.get(noteId);
    if (note != null && note.document.status().equals(RECEIVED)) {
      note.agreement.endByProvider(
          "DebitNotesDeadline", "Debit note " + noteId + " was not accepted in time.");
    }
  }

  /** The agreement and its activities are over: the invoice. */
  void agreementEnded(AgreementEntry agreement) {
    Account account = account(agreement);
    LocalProvider provider = agreement.provider;
    if (account.invoiced || provider.has(ProviderFault.NEVER_INVOICES)) {
      return;
    }
    account.invoiced = true;
    if (provider.has(ProviderFault.INVOICES_LATE)) {
      context.later(context.timings.lateInvoice(), () -> issueInvoice(agreement));
      return;
    }
    issueInvoice(agreement);
    if (provider.has(ProviderFault.INVOICES_TWICE)) {
      issueInvoice(agreement);
    }
  }

  private void issueInvoice(AgreementEntry agreement) {
    BigDecimal amount =
        agreement.activities.stream()
            .map(each -> each.billed)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    String id = context.uuid();
    Duration payable = agreement.agreedSeconds(PAYMENT_TIMEOUT).orElse(Duration.ofDays(1));
    Invoice document =
        new Invoice(
            id,
            agreement.provider.id,
            context.identity,
            agreement.payeeAddress(),
            agreement.payerAddress(),
            agreement.platform(),
            context.moment(),
            agreement.id,
            agreement.activities.stream().map(each -> each.id).toList(),
            amount,
            context.now().plus(payable),
            RECEIVED);
    Bill bill = new Bill(agreement, document);
    bills.put(id, bill);
    log(bill, InvoiceEvent.RECEIVED);
  }

  List<DebitNote> notes(Instant after) {
    synchronized (context.lock) {
      return notes.values().stream()
          .map(Note::document)
          .filter(each -> each.timestamp() != null && each.timestamp().isAfter(after))
          .toList();
    }
  }

  List<Invoice> invoices(Instant after) {
    synchronized (context.lock) {
      return bills.values().stream()
          .map(Bill::document)
          .filter(each -> each.timestamp() != null && each.timestamp().isAfter(after))
          .toList();
    }
  }

  DebitNote note(String id) {
    synchronized (context.lock) {
      return findNote(id).document;
    }
  }

  Invoice invoice(String id) {
    synchronized (context.lock) {
      return findBill(id).document;
    }
  }

  private Note findNote(String id) {
    Note note = notes.get(id);
    if (note == null) {
      throw new ApiException(404, null);
    }
    return note;
  }

  private Bill findBill(String id) {
    Bill bill = bills.get(id);
    if (bill == null) {
      throw new ApiException(404, null);
    }
    return bill;
  }

  void acceptNote(String id, Acceptance acceptance) {
    synchronized (context.lock) {
      Note note = findNote(id);
      DebitNote document = note.document;
      Account account = account(note.agreement);
      if (alreadyPaid(document.status()) || account.closed) {
        return;
      }
      requireWhole(document.totalAmountDue(), acceptance);
      String activity = document.activityId();
      BigDecimal before = account.acceptedByActivity.getOrDefault(activity, BigDecimal.ZERO);
      BigDecimal more = document.totalAmountDue().subtract(before).max(BigDecimal.ZERO);
      allocations.spend(acceptance.allocationId(), more);
      account.acceptedByActivity.put(activity, before.add(more));
      account.accepted = account.accepted.add(more);
      boolean zero = document.totalAmountDue().signum() == 0;
      setNote(note, ACCEPTED, DebitNoteEvent.ACCEPTED);
      if (zero) {
        settleNote(id);
      } else if (document.paymentDueDate() != null) {
        context.later(context.timings.settling(), () -> settleNote(id));
      }
    }
  }

  void acceptInvoice(String id, Acceptance acceptance) {
    synchronized (context.lock) {
      Bill bill = findBill(id);
      Invoice document = bill.document;
      if (alreadyPaid(document.status())) {
        return;
      }
      requireWhole(document.amount(), acceptance);
      Account account = account(bill.agreement);
      BigDecimal more = document.amount().subtract(account.accepted);
      if (more.signum() < 0) {
        throw new ApiException(
            400,
            "Invoice amount is lower than what was accepted in debit notes: " + account.accepted);
      }
      allocations.spend(acceptance.allocationId(), more);
      account.accepted = account.accepted.add(more);
      account.closed = true;
      setBill(bill, ACCEPTED, InvoiceEvent.ACCEPTED);
      if (document.amount().signum() == 0) {
        settleBill(id);
      } else {
        context.later(context.timings.settling(), () -> settleBill(id));
      }
    }
  }

  void rejectInvoice(String id) {
    synchronized (context.lock) {
      Bill bill = findBill(id);
      if (alreadyPaid(bill.document.status())) {
        throw new ApiException(400, "Invoice " + id + " was accepted");
      }
      setBill(bill, REJECTED, "InvoiceRejectedEvent");
    }
  }

  private static boolean alreadyPaid(String status) {
    return status.equals(ACCEPTED) || status.equals(SETTLED);
  }

  private static void requireWhole(BigDecimal amount, Acceptance acceptance) {
    if (acceptance.totalAmountAccepted().compareTo(amount) != 0) {
      throw new ApiException(
          400,
          "Invalid amount accepted. Expected: %s Actual: %s"
              .formatted(amount.toPlainString(), acceptance.totalAmountAccepted().toPlainString()));
    }
  }

  private void settleNote(String id) {
    setNote(findNote(id), SETTLED, DebitNoteEvent.SETTLED);
  }

  private void settleBill(String id) {
    setBill(findBill(id), SETTLED, InvoiceEvent.SETTLED);
  }

  private void setNote(Note note, String status, String event) {
    notes.put(note.document.debitNoteId(), note.with(status));
    log(note, event);
  }

  private void setBill(Bill bill, String status, String event) {
    bills.put(bill.document.invoiceId(), bill.with(status));
    log(bill, event);
  }

  private void log(Note note, String type) {
    Instant date = context.moment();
    noteLog.append(
        date, note.agreement.session, new DebitNoteEvent(note.document.debitNoteId(), date, type));
  }

  private void log(Bill bill, String type) {
    Instant date = context.moment();
    billLog.append(
        date, bill.agreement.session, new InvoiceEvent(bill.document.invoiceId(), date, type));
  }
}
