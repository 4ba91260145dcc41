package org.golempipeline.node;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.AgreementListEntry;
import org.golempipeline.golem.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Agreements from creation to termination, and the log of their events. All methods take the
 * context's lock.
 */
final class Agreements {
  private static final String REQUESTOR = "Requestor";
  private static final String PROVIDER = "Provider";

  private final NodeContext context;
  private final Market market;
  private final Consumer<AgreementEntry> onApproved;
  private final Consumer<AgreementEntry> onTerminated;
  private final Map<String, AgreementEntry> agreements = new LinkedHashMap<>();
  private final Map<String, AgreementEvent> terminations = new LinkedHashMap<>();
  private final EventLog<AgreementEvent> log;

  /** Both listeners are called under the lock. */
  Agreements(
      NodeContext context,
      Market market,
      Consumer<AgreementEntry> onApproved,
      Consumer<AgreementEntry> onTerminated) {
    this.context = context;
    this.market = market;
    this.onApproved = onApproved;
    this.onTerminated = onTerminated;
    log = new EventLog<>(context);
  }

  String create(String proposalId, Instant validTo) {
    synchronized (context.lock) {
      Market.Negotiation draft = market.use(proposalId);
      AgreementEntry agreement =
          new AgreementEntry(
              this,
              context.hex(64),
              market.lastDemand(draft),
              market.lastOffer(draft),
              draft.provider,
              validTo,
              context.moment(),
              new Topic(context));
      agreements.put(agreement.id, agreement);
      return agreement.id;
    }
  }

  /** Looks an agreement up; expiry is noticed here. */
  AgreementEntry get(String id) {
    synchronized (context.lock) {
      AgreementEntry agreement = agreements.get(id);
      if (agreement == null) {
        throw new ApiException(404, "Agreement [" + id + "] not found");
      }
      expire(agreement);
      return agreement;
    }
  }

  private void expire(AgreementEntry agreement) {
    boolean open = agreement.is(AgreementEntry.PROPOSAL) || agreement.is(AgreementEntry.PENDING);
    if (open && context.now().isAfter(agreement.validTo)) {
      agreement.state = AgreementEntry.EXPIRED;
    }
  }

  Agreement wire(String id) {
    synchronized (context.lock) {
      return get(id).toWire();
    }
  }

  List<AgreementListEntry> list(
      @Nullable String state,
      @Nullable Instant before,
      @Nullable Instant after,
      @Nullable String session) {
    synchronized (context.lock) {
      agreements.values().forEach(this::expire);
      return agreements.values().stream()
          .filter(each -> state == null || each.is(state))
          .filter(each -> before == null || each.created.isBefore(before))
          .filter(each -> after == null || each.created.isAfter(after))
          .filter(each -> session == null || session.equals(each.session))
          .map(each -> new AgreementListEntry(each.id, each.created, each.approved, REQUESTOR))
          .toList();
    }
  }

  /** Sends it to the provider, which decides at once unless it ignores agreements. */
  void confirm(String id, @Nullable String session) {
    synchronized (context.lock) {
      AgreementEntry agreement = get(id);
      if (!agreement.is(AgreementEntry.PROPOSAL)) {
        throw new ApiException(
            410, "Agreement [" + id + "] can't be confirmed in state " + agreement.state);
      }
      agreement.provider.requireReachable();
      agreement.state = AgreementEntry.PENDING;
      agreement.session = session;
      if (!agreement.provider.has(ProviderFault.IGNORES_AGREEMENTS)) {
        decide(agreement);
      }
    }
  }

  private void decide(AgreementEntry agreement) {
    String refusal = agreement.provider.refusal(agreement.toWire());
    if (refusal != null) {
      agreement.state = AgreementEntry.REJECTED;
      append(agreement, AgreementEvent.REJECTED, null, Reason.of(refusal));
    } else {
      agreement.state = AgreementEntry.APPROVED;
      agreement.approved = context.moment();
      agreement.provider.running = agreement;
      append(agreement, AgreementEvent.APPROVED, null, null);
      agreement
          .expiration()
          .ifPresent(end -> context.later(Duration.between(context.now(), end), expiry(agreement)));
      onApproved.accept(agreement);
    }
    agreement.topic.changed();
  }

  private Runnable expiry(AgreementEntry agreement) {
    return () -> terminateByProvider(agreement, "Expired", "Agreement expired.");
  }

  CompletableFuture<Reply> await(String id, Duration timeout) {
    synchronized (context.lock) {
      AgreementEntry agreement = get(id);
      return agreement.topic.await(
          timeout,
          () -> {
            expire(agreement);
            return outcome(agreement);
          },
          () -> {
            throw ApiException.timeout();
          });
    }
  }

  private static @Nullable Reply outcome(AgreementEntry agreement) {
    return switch (agreement.state) {
      case AgreementEntry.PENDING -> null;
      case AgreementEntry.APPROVED -> Reply.empty(204);
      case AgreementEntry.REJECTED, AgreementEntry.CANCELLED, AgreementEntry.EXPIRED ->
          throw new ApiException(410, agreement.state);
      default ->
          throw new ApiException(
              400, "Agreement [" + agreement.id + "] in state " + agreement.state);
    };
  }

  void cancel(String id, @Nullable Reason reason) {
    synchronized (context.lock) {
      AgreementEntry agreement = get(id);
      if (!agreement.is(AgreementEntry.PROPOSAL) && !agreement.is(AgreementEntry.PENDING)) {
        throw new ApiException(
            410, "Agreement [" + id + "] can't be cancelled in state " + agreement.state);
      }
      agreement.state = AgreementEntry.CANCELLED;
      append(agreement, AgreementEvent.CANCELLED, null, reason);
      agreement.topic.changed();
    }
  }

  void terminate(String id, @Nullable Reason reason) {
    synchronized (context.lock) {
      AgreementEntry agreement = get(id);
      if (!agreement.is(AgreementEntry.APPROVED)) {
        throw new ApiException(
            agreement.is(AgreementEntry.PROPOSAL) ? 409 : 410,
            "Agreement [" + id + "] can't be terminated in state " + agreement.state);
      }
      agreement.provider.requireReachable();
      end(agreement, REQUESTOR, reason == null ? Reason.of("Terminated") : reason);
    }
  }

  /** Ends an agreement from the provider's side, if it still stands. */
  void terminateByProvider(AgreementEntry agreement, String code, String message) {
    synchronized (context.lock) {
      if (agreement.is(AgreementEntry.APPROVED)) {
        end(agreement, PROVIDER, Reason.of(message).with(Reason.PROVIDER_CODE, code));
      }
    }
  }

  private void end(AgreementEntry agreement, String terminator, Reason reason) {
    agreement.state = AgreementEntry.TERMINATED;
    append(agreement, AgreementEvent.TERMINATED, terminator, reason);
    agreement.topic.changed();
    onTerminated.accept(agreement);
    if (agreement.provider.running == agreement) {
      market.free(agreement.provider);
    }
  }

  AgreementEvent termination(String id) {
    synchronized (context.lock) {
      get(id);
      AgreementEvent event = terminations.get(id);
      if (event == null) {
        throw new ApiException(400, "Agreement [" + id + "] is not terminated");
      }
      return event;
    }
  }

  /** Events after {@code after}; they stay in the log. */
  CompletableFuture<Reply> events(
      Duration timeout, int limit, Instant after, @Nullable String session) {
    if (limit < 1 || limit > 100) {
      throw Market.badMaxEvents(limit);
    }
    return log.poll(timeout, limit, after, session, each -> true);
  }

  private void append(
      AgreementEntry agreement, String type, @Nullable String terminator, @Nullable Reason reason) {
    AgreementEvent event =
        new AgreementEvent(
            type,
            context.moment(),
            agreement.id,
            terminator,
            terminator == null ? null : "",
            reason);
    if (type.equals(AgreementEvent.TERMINATED)) {
      terminations.put(agreement.id, event);
    }
    log.append(event.eventDate(), agreement.session, event);
  }
}
