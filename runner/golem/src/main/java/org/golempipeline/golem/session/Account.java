package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.golem.market.Offered;
import org.jspecify.annotations.Nullable;

/**
 * What we know of one agreement, for checking what its provider asks for. Used on the loop only,
 * but for the futures.
 */
final class Account {
  /** When an activity began and ended by our clock, and what it said to have used. */
  private static final class Span {
    final long begin;
    long end;
    boolean ended;
    @Nullable List<Double> usage;
    long usageAt;

    Span(long begin) {
      this.begin = begin;
    }
  }

  final String agreementId;
  final Offered offered;
  final Bill bill;

  /** Completes when the provider ends the agreement, with its words. */
  final CompletableFuture<String> lost = new CompletableFuture<>();

  /** Completes when the agreement is known to be over, by whomever. */
  final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  /** Completes when its invoice is accepted or refused. */
  final CompletableFuture<Boolean> invoiced = new CompletableFuture<>();

  /** Documents are worked on one after the other. */
  CompletableFuture<?> documents = CompletableFuture.completedFuture(true);

  private final Consumer<BigDecimal> more;
  private final long openedAt;
  private final Map<String, Span> activities = new LinkedHashMap<>();
  private final Map<String, BigDecimal> acceptedNotes = new HashMap<>();
  private @Nullable String invoice;
  private @Nullable BigDecimal acceptedInvoice;
  private BigDecimal accepted = BigDecimal.ZERO;
  private boolean distrusted;
  private boolean approved;
  private boolean closing;

  /**
   * @param more is told by how much what was accepted grows
   */
  Account(String agreementId, Offered offered, long nowNanos, Consumer<BigDecimal> more) {
    this.more = more;
    this.agreementId = agreementId;
    this.offered = offered;
    this.bill = new Bill(offered);
    this.openedAt = nowNanos;
  }

  long openedNanos() {
    return openedAt;
  }

  void approve() {
    approved = true;
  }

  boolean isApproved() {
    return approved;
  }

  /** We are ending it: what the other side does now is no loss. */
  void close() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  void activityBegan(String activityId, long askedNanos) {
    activities.put(activityId, new Span(askedNanos));
  }

  void activityEnded(String activityId, long nowNanos) {
    Span span = activities.get(activityId);
    if (span != null && !span.ended) {
      span.ended = true;
      span.end = nowNanos;
    }
  }

  /** The agreement ended, and all activities with it. */
  void over(long nowNanos) {
    activities.keySet().forEach(id -> activityEnded(id, nowNanos));
  }

  void activityUsed(String activityId, List<Double> usage, long nowNanos) {
    Span span = activities.get(activityId);
    if (span != null) {
      span.usage = usage;
      span.usageAt = nowNanos;
    }
  }

  /** How long an activity lives; one we never heard of cannot be older than the agreement. */
  Duration wall(String activityId, long nowNanos) {
    Span span = activities.get(activityId);
    long begin = span == null ? openedAt : span.begin;
    return Duration.ofNanos((span != null && span.ended ? span.end : nowNanos) - begin);
  }

  /** It asked for more than it said to have used: from now on it is taken at its word. */
  void distrust() {
    distrusted = true;
  }

  /** What each activity may have cost at most until now. */
  List<BigDecimal> limits(long nowNanos) {
    List<BigDecimal> limits = new ArrayList<>();
    for (Span span : activities.values()) {
      long end = span.ended ? span.end : nowNanos;
      Duration unseen = distrusted ? null : Duration.ofNanos(Math.max(0, end - span.usageAt));
      limits.add(bill.limit(Duration.ofNanos(end - span.begin), span.usage, unseen));
    }
    return limits;
  }

  void acceptedNote(String activityId, BigDecimal amount) {
    acceptedNotes.merge(activityId, amount, BigDecimal::max);
    count();
  }

  /**
   * This invoice is the one that counts: it is accepted, or we said so and have no answer yet. Null
   * if it turns out that it is not.
   */
  void choose(@Nullable String invoiceId) {
    invoice = invoiceId;
  }

  boolean choseAnother(String invoiceId) {
    return invoice != null && !invoice.equals(invoiceId);
  }

  void acceptedInvoice(BigDecimal amount) {
    acceptedInvoice = acceptedInvoice == null ? amount : acceptedInvoice.max(amount);
    count();
  }

  boolean hasInvoice() {
    return acceptedInvoice != null;
  }

  private void count() {
    BigDecimal notes = acceptedNotes.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal now = acceptedInvoice == null ? notes : notes.max(acceptedInvoice);
    more.accept(now.subtract(accepted));
    accepted = now;
  }

  /** GLM we owe or paid for this agreement. */
  BigDecimal accepted() {
    return accepted;
  }

  /** What {@link #accepted} becomes with this note. */
  BigDecimal acceptedWith(String activityId, BigDecimal amount) {
    BigDecimal old = acceptedNotes.getOrDefault(activityId, BigDecimal.ZERO);
    return accepted().subtract(old).add(old.max(amount));
  }
}
