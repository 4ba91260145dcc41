package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.wire.Acceptance;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.DebitNote;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Invoice;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.Reason;
import org.golempipeline.golem.wire.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the accounts of all agreements; checks and accepts debit notes and invoices as they come,
 * and notices agreements that end. Used on the loop only.
 */
final class Ledger {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final String REJECTED = "REJECTED";

  /** Of an earlier session there may be thousands of documents: so many are read at a time. */
  private static final int READERS = 8;

  private final Session session;
  private final Ending ending;
  private final boolean afterwards;
  private final Map<String, Account> accounts = new LinkedHashMap<>();
  private final Set<String> documents = new HashSet<>();
  private BigDecimal accepted = BigDecimal.ZERO;
  private boolean stopped;

  /** The last event of a debit note that was handled, and the notes that are being fetched. */
  private Instant notesSeen;

  private CompletableFuture<?> notes = CompletableFuture.completedFuture(null);

  /** The invoices that wait for notes, or are being fetched. */
  private CompletableFuture<?> invoices = CompletableFuture.completedFuture(null);

  /** The last listing of debit notes that was asked for, which begins when the one before ends. */
  private CompletableFuture<?> listing = CompletableFuture.completedFuture(null);

  /** That listing as long as it has not begun: whoever comes until then shares it. */
  private @Nullable CompletableFuture<Void> nextListing;

  /**
   * @param begin when the session began, by the daemon's clock
   */
  Ledger(Session session, Ending ending, Instant begin) {
    this(session, ending, begin, false);
  }

  /**
   * @param afterwards whether documents may be much older than their arrival, because nobody
   *     listened when they came
   */
  Ledger(Session session, Ending ending, Instant begin, boolean afterwards) {
    this.session = session;
    this.ending = ending;
    this.notesSeen = begin;
    this.afterwards = afterwards;
  }

  /** From now on documents for this agreement are expected. */
  Account open(String agreementId, Offered offered) {
    return open(agreementId, offered, session.billedNanos());
  }

  /** The same for an agreement that was made earlier. */
  Account open(String agreementId, Offered offered, long openedNanos) {
    assert session.isOnLoop();
    Account account =
        new Account(agreementId, offered, openedNanos, more -> accepted = accepted.add(more));
    accounts.put(agreementId, account);
    return account;
  }

  /** The provider said yes; told once. */
  void approve(Account account) {
    if (!account.isApproved()) {
      account.approve();
      Provider provider = account.offered.provider();
      session.emit(
          new GolemEvent.AgreementApproved(account.agreementId, provider.id(), provider.name()));
    }
  }

  /** The agreements that were approved. */
  List<Account> approved() {
    return accounts.values().stream().filter(Account::isApproved).toList();
  }

  /** GLM of all accepted documents. */
  BigDecimal accepted() {
    return accepted;
  }

  void on(AgreementEvent event) {
    on(event, session.billedNanos());
  }

  /** The same, if it is known when the agreement ended. */
  void on(AgreementEvent event, long endedNanos) {
    assert session.isOnLoop();
    Account account = accounts.get(event.agreementId());
    if (account == null || !event.eventType().equals(AgreementEvent.TERMINATED)) {
      return;
    }
    // Only what was approved can end: this may be heard before the answer to who waits for that.
    approve(account);
    account.over(endedNanos);
    boolean byProvider = "Provider".equals(event.terminator());
    String reason = words(event.reason());
    if (account.ended.complete(true)) {
      session.emit(new GolemEvent.AgreementTerminated(account.agreementId, byProvider, reason));
    }
    if (!account.isClosing()) {
      account.lost.complete(
          (byProvider ? account.offered.provider().name() : "someone with our key")
              + " ended the agreement: "
              + reason);
    }
  }

  void on(DebitNoteEvent event) {
    assert session.isOnLoop();
    notesSeen = event.eventDate().isAfter(notesSeen) ? event.eventDate() : notesSeen;
    if (event.eventType().equals(DebitNoteEvent.RECEIVED) && documents.add(event.debitNoteId())) {
      CompletableFuture<?> queued =
          read(Calls.debitNote(event.debitNoteId()))
              .thenAccept(note -> inTurn(note.agreementId(), account -> take(account, note)));
      notes = CompletableFuture.allOf(notes.exceptionally(error -> null), queued);
    }
  }

  void on(InvoiceEvent event) {
    assert session.isOnLoop();
    if (event.eventType().equals(InvoiceEvent.RECEIVED) && documents.add(event.invoiceId())) {
      CompletableFuture<?> queued =
          notesBefore()
              .thenCompose(ready -> read(Calls.invoice(event.invoiceId())))
              .thenAccept(
                  invoice -> inTurn(invoice.agreementId(), account -> take(account, invoice)));
      invoices = CompletableFuture.allOf(invoices.exceptionally(error -> null), queued);
    }
  }

  /**
   * Completes once the debit notes that came before now are in turn, if they can be listed:
   * providers send the last one ahead of the invoice, but it is another poll that brings it.
   */
  private CompletableFuture<Void> notesBefore() {
    CompletableFuture<Void> next = nextListing;
    if (next == null) {
      next =
          listing
              .handleAsync((done, error) -> listNotes(), session.threads().loop())
              .thenCompose(listed -> listed);
      nextListing = next;
      listing = next;
    }
    return next.handle((seen, error) -> notes)
        .thenCompose(before -> before.<Void>handle((done, error) -> null));
  }

  private CompletableFuture<Void> listNotes() {
    nextListing = null;
    return read(Calls.debitNoteEvents(session.terms().sessionId(), notesSeen, Duration.ZERO))
        .thenAcceptAsync(events -> events.forEach(this::on), session.threads().loop());
  }

  /**
   * Takes all documents that came before now, the accepted ones first: of two invoices for one
   * agreement the one that is accepted counts, and the budget is checked against all that is spent.
   * Completes when each is accepted or refused.
   */
  CompletableFuture<Void> recall() {
    String id = session.terms().sessionId();
    Instant begin = notesSeen;
    CompletableFuture<List<DebitNote>> earlierNotes =
        read(Calls.debitNoteEvents(id, begin, Duration.ZERO))
            .thenCompose(
                events ->
                    readAll(
                        events.stream()
                            .filter(event -> event.eventType().equals(DebitNoteEvent.RECEIVED))
                            .map(DebitNoteEvent::debitNoteId)
                            .filter(documents::add)
                            .toList(),
                        Calls::debitNote));
    CompletableFuture<List<Invoice>> earlierInvoices =
        read(Calls.invoiceEvents(id, begin, Duration.ZERO))
            .thenCompose(
                events ->
                    readAll(
                        events.stream()
                            .filter(event -> event.eventType().equals(InvoiceEvent.RECEIVED))
                            .map(InvoiceEvent::invoiceId)
                            .filter(documents::add)
                            .toList(),
                        Calls::invoice));
    return earlierNotes.thenCompose(
        found -> earlierInvoices.thenCompose(invoices -> takeAll(found, invoices)));
  }

  private CompletableFuture<Void> takeAll(List<DebitNote> found, List<Invoice> invoices) {
    for (boolean accepted : new boolean[] {true, false}) {
      for (DebitNote note : found) {
        if (isAccepted(note.status()) == accepted) {
          inTurn(note.agreementId(), account -> take(account, note));
        }
      }
      for (Invoice invoice : invoices) {
        if (isAccepted(invoice.status()) == accepted) {
          inTurn(invoice.agreementId(), account -> take(account, invoice));
        }
      }
    }
    return CompletableFuture.allOf(
        accounts.values().stream()
            .map(account -> account.documents)
            .toArray(CompletableFuture[]::new));
  }

  /** In the order of {@code ids}, without those that the daemon does not have. */
  private <T> CompletableFuture<List<T>> readAll(List<String> ids, Function<String, Call<T>> call) {
    Map<String, T> found = new HashMap<>();
    Iterator<String> next = ids.iterator();
    List<CompletableFuture<?>> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(readOn(next, call, found));
    }
    return CompletableFuture.allOf(readers.toArray(CompletableFuture[]::new))
        .thenApply(done -> ids.stream().map(found::get).filter(Objects::nonNull).toList());
  }

  private <T> CompletableFuture<Void> readOn(
      Iterator<String> ids, Function<String, Call<T>> call, Map<String, T> found) {
    if (!ids.hasNext()) {
      return CompletableFuture.completedFuture(null);
    }
    String id = ids.next();
    return read(call.apply(id))
        .handle((document, error) -> error == null ? found.put(id, document) : null)
        .thenCompose(read -> readOn(ids, call, found));
  }

  /** A step in the work on one document. */
  private interface Step {
    CompletableFuture<Boolean> take(@Nullable Account account);
  }

  private <T> CompletableFuture<T> read(Call<T> call) {
    return session
        .send(call)
        .handle(
            (value, error) -> {
              if (error == null) {
                return CompletableFuture.completedFuture(value);
              }
              CallFailure failure = CallFailure.of(call.action(), error);
              Caller.LOG.debug("a document cannot be read", failure);
              return isPassing(failure)
                  ? session.threads().after(PAUSE).thenCompose(waited -> read(call))
                  : CompletableFuture.<T>failedFuture(failure);
            })
        .thenCompose(next -> next);
  }

  private void inTurn(String agreementId, Step step) {
    assert session.isOnLoop();
    Account account = accounts.get(agreementId);
    if (account == null) {
      if (!stopped) {
        step.take(null);
      }
      return;
    }
    account.documents =
        account
            .documents
            .handle((done, error) -> true)
            .thenCompose(
                ready -> stopped ? CompletableFuture.completedFuture(false) : step.take(account));
  }

  private CompletableFuture<Boolean> take(@Nullable Account account, DebitNote note) {
    if (account == null) {
      return refuse(note.debitNoteId(), note.agreementId(), "it is for no agreement of this run");
    }
    if (account.hasInvoice()) {
      return CompletableFuture.completedFuture(true);
    }
    if (isAccepted(note.status())) {
      used(account, note);
      account.acceptedNote(note.activityId(), note.totalAmountDue());
      return CompletableFuture.completedFuture(true);
    }
    if (isOver(note.status())) {
      return CompletableFuture.completedFuture(false);
    }
    Duration wall = account.wall(note.activityId(), session.billedNanos());
    String objection =
        account.bill.objection(note.totalAmountDue(), note.usageCounterVector(), wall);
    if (objection == null) {
      objection =
          overBudget(account, account.acceptedWith(note.activityId(), note.totalAmountDue()));
    }
    if (objection != null) {
      if (note.usageCounterVector() != null) {
        used(account, note);
        account.distrust();
      }
      String reason = "debit note refused: " + objection;
      account.lost.complete(account.offered.provider().name() + " asks for too much: " + objection);
      ending.terminate(account, EndReason.cancelled("Your " + reason));
      return refuse(note.debitNoteId(), note.agreementId(), objection);
    }
    Acceptance acceptance =
        new Acceptance(note.totalAmountDue(), session.allocation().allocationId());
    return accept(
        Calls.acceptDebitNote(note.debitNoteId(), acceptance),
        note.debitNoteId(),
        () -> read(Calls.debitNote(note.debitNoteId())).thenApply(DebitNote::status),
        account,
        () -> {
          used(account, note);
          account.acceptedNote(note.activityId(), note.totalAmountDue());
          session.emit(
              new GolemEvent.DebitNoteAccepted(
                  note.debitNoteId(), note.agreementId(), note.totalAmountDue()));
        });
  }

  private void used(Account account, DebitNote note) {
    if (note.usageCounterVector() == null) {
      return;
    }
    long stated = session.billedNanos();
    if (afterwards && note.timestamp() != null) {
      stated = Math.min(stated, session.billedNanos(note.timestamp()));
    }
    account.activityUsed(note.activityId(), note.usageCounterVector(), stated);
  }

  private CompletableFuture<Boolean> take(@Nullable Account account, Invoice invoice) {
    if (account == null) {
      return refuse(
          invoice.invoiceId(), invoice.agreementId(), "it is for no agreement of this run");
    }
    if (isAccepted(invoice.status())) {
      account.choose(invoice.invoiceId());
      account.acceptedInvoice(invoice.amount());
      account.invoiced.complete(true);
      return CompletableFuture.completedFuture(true);
    }
    if (account.choseAnother(invoice.invoiceId())) {
      return refuse(
          invoice.invoiceId(), invoice.agreementId(), "it is the second for its agreement");
    }
    if (isOver(invoice.status())) {
      // A cancelled one may be followed by another; a refused one is the provider's last word.
      if (invoice.status().equals(REJECTED)) {
        account.invoiced.complete(false);
      }
      return CompletableFuture.completedFuture(false);
    }
    String objection =
        Bill.invoiceObjection(invoice.amount(), account.limits(session.billedNanos()));
    if (objection == null) {
      objection = overBudget(account, account.accepted().max(invoice.amount()));
    }
    if (objection != null) {
      session
          .send(
              Calls.rejectInvoice(
                  invoice.invoiceId(),
                  new Rejection("INCORRECT_AMOUNT", BigDecimal.ZERO, objection)))
          .exceptionally(error -> false);
      account.invoiced.complete(false);
      return refuse(invoice.invoiceId(), invoice.agreementId(), objection);
    }
    Acceptance acceptance = new Acceptance(invoice.amount(), session.allocation().allocationId());
    account.choose(invoice.invoiceId());
    return accept(
            Calls.acceptInvoice(invoice.invoiceId(), acceptance),
            invoice.invoiceId(),
            () -> read(Calls.invoice(invoice.invoiceId())).thenApply(Invoice::status),
            account,
            () -> {
              account.acceptedInvoice(invoice.amount());
              session.emit(
                  new GolemEvent.InvoiceAccepted(
                      invoice.invoiceId(), invoice.agreementId(), invoice.amount()));
              account.invoiced.complete(true);
            })
        .thenApply(
            done -> {
              if (!done) {
                account.choose(null);
              }
              return done;
            });
  }

  /**
   * Until the daemon says yes or no; accepting twice does no harm. A no may be about the second try
   * while the answer to the first was lost, so it is the document that is believed.
   */
  private CompletableFuture<Boolean> accept(
      Call<Boolean> call,
      String documentId,
      Supplier<CompletableFuture<String>> status,
      Account account,
      Runnable accepted) {
    return session
        .send(call)
        .handle(
            (done, error) -> {
              if (error == null) {
                accepted.run();
                return CompletableFuture.completedFuture(true);
              }
              if (stopped) {
                return CompletableFuture.completedFuture(false);
              }
              CallFailure failure = CallFailure.of(call.action(), error);
              if (isPassing(failure)) {
                return session
                    .threads()
                    .after(PAUSE)
                    .thenCompose(waited -> accept(call, documentId, status, account, accepted));
              }
              return status
                  .get()
                  .handle((now, unknown) -> now != null && isAccepted(now))
                  .thenCompose(
                      after -> {
                        if (after) {
                          accepted.run();
                          return CompletableFuture.completedFuture(true);
                        }
                        return refuse(documentId, account.agreementId, failure.reason());
                      });
            })
        .thenCompose(next -> next);
  }

  /** By an earlier session, or by somebody else who has our key. */
  static boolean isAccepted(String status) {
    return status.equals("ACCEPTED") || status.equals("SETTLED");
  }

  private static boolean isOver(String status) {
    return status.equals(REJECTED) || status.equals("CANCELLED");
  }

  private static boolean isPassing(CallFailure failure) {
    return Retrier.mayRepeat(failure, Retrier.Repeat.ALWAYS) || failure.isOurs();
  }

  private CompletableFuture<Boolean> refuse(String documentId, String agreementId, String reason) {
    session.emit(new GolemEvent.DocumentRefused(documentId, agreementId, reason));
    return CompletableFuture.completedFuture(false);
  }

  private @Nullable String overBudget(Account account, BigDecimal becomes) {
    BigDecimal sum = accepted().subtract(account.accepted()).add(becomes);
    BigDecimal allocated = session.terms().budget();
    return sum.compareTo(allocated) <= 0
        ? null
        : "all accepted documents would be "
            + sum.toPlainString()
            + " GLM, but "
            + allocated.toPlainString()
            + " GLM are allocated";
  }

  /** Completes when no document is being read, or accepted with the allocation. */
  CompletableFuture<Boolean> idle() {
    assert session.isOnLoop();
    List<CompletableFuture<?>> work = new ArrayList<>(List.of(notes, invoices));
    accounts.values().forEach(account -> work.add(account.documents));
    CompletableFuture<Void> done = CompletableFuture.allOf(work.toArray(CompletableFuture[]::new));
    // What is read is queued for its account, and more may have come.
    return done.isDone()
        ? CompletableFuture.completedFuture(true)
        : done.handleAsync((value, error) -> idle(), session.threads().loop())
            .thenCompose(next -> next);
  }

  /**
   * The allocation goes: nothing more is accepted with it. What cannot be read for hours would keep
   * the GLM for as long; who settles later has another allocation.
   */
  void stop() {
    assert session.isOnLoop();
    stopped = true;
  }

  /** What is still open, a sentence each. */
  List<String> outstanding() {
    assert session.isOnLoop();
    List<String> open = new ArrayList<>();
    for (Account account : approved()) {
      String who = account.offered.provider().name();
      if (!account.ended.isDone()) {
        open.add("The agreement " + account.agreementId + " with " + who + " is not ended yet.");
      }
      if (!account.invoiced.isDone()) {
        open.add(
            "The invoice for the agreement "
                + account.agreementId
                + " with "
                + who
                + " is not accepted yet.");
      } else if (!account.invoiced.getNow(true)) {
        open.add(
            "The invoice for the agreement "
                + account.agreementId
                + " with "
                + who
                + " was refused.");
      }
    }
    return open;
  }

  private static String words(@Nullable Reason reason) {
    if (reason == null) {
      return "no reason given";
    }
    Object code = reason.fields().get(Reason.PROVIDER_CODE);
    String message = reason.message().isBlank() ? "no reason given" : reason.message();
    return code == null ? message : message + " (" + code + ")";
  }
}
