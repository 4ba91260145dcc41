package org.golempipeline.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.Offer;
import org.golempipeline.golem.wire.Proposal;
import org.golempipeline.golem.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Demands, offers and the proposals between them. Events of a demand are a queue that reading
 * empties. A provider that is busy offers nothing; once it is free it offers again to every demand.
 * All methods take the context's lock.
 */
final class Market {
  private static final int MAX_EVENTS = 100;

  private final NodeContext context;
  private final List<LocalProvider> providers = new ArrayList<>();
  private final Map<String, Subscription> demands = new LinkedHashMap<>();
  private final Map<String, Negotiation> proposals = new HashMap<>();

  Market(NodeContext context) {
    this.context = context;
    for (int i = 0; i < context.options.providers(); i++) {
      providers.add(new LocalProvider(context, i));
    }
  }

  /** A demand that is published. */
  private final class Subscription {
    final Demand demand;
    final Constraints constraints;
    final Topic topic = new Topic(context);
    final Deque<MarketEvent> others = new ArrayDeque<>();
    final List<MarketEvent> offers = new ArrayList<>();
    final Future<?> end;

    Subscription(Demand demand) {
      this.demand = demand;
      constraints = Constraints.parse(demand.constraints());
      end = context.after(context.timings.demandLife(), () -> remove(demand.demandId()));
    }

    private @Nullable Reply page(int limit) {
      if (demands.get(demand.demandId()) != this) {
        throw unknownDemand(demand.demandId());
      }
      List<MarketEvent> page = new ArrayList<>();
      while (page.size() < limit && !others.isEmpty()) {
        page.add(others.remove());
      }
      while (page.size() < limit && !offers.isEmpty()) {
        page.add(offers.remove(context.random.nextInt(offers.size())));
      }
      return page.isEmpty() ? null : Reply.json(200, page);
    }
  }

  /** A proposal and where it stands; ours or a provider's. */
  static final class Negotiation {
    final Proposal proposal;
    final Demand demand;
    final LocalProvider provider;
    final boolean ours;
    boolean countered;
    boolean used;
    boolean rejected;

    Negotiation(Proposal proposal, Demand demand, LocalProvider provider, boolean ours) {
      this.proposal = proposal;
      this.demand = demand;
      this.provider = provider;
      this.ours = ours;
    }

    Proposal toWire() {
      String state = used ? "Accepted" : rejected ? "Rejected" : proposal.state();
      return new Proposal(
          proposal.properties(),
          proposal.constraints(),
          proposal.proposalId(),
          proposal.issuerId(),
          state,
          proposal.timestamp(),
          proposal.prevProposalId());
    }
  }

  String subscribe(DemandRequest request) {
    synchronized (context.lock) {
      String id = context.hex(32) + "-" + context.hex(64);
      Demand demand =
          new Demand(
              FlatProperties.of(request.properties()),
              request.constraints(),
              id,
              context.identity,
              context.moment());
      Subscription subscription = new Subscription(demand);
      demands.put(id, subscription);
      for (LocalProvider provider : providers) {
        if (provider.running == null) {
          offer(provider, subscription);
        }
      }
      return id;
    }
  }

  List<Demand> demands() {
    synchronized (context.lock) {
      return demands.values().stream().map(each -> each.demand).toList();
    }
  }

  void unsubscribe(String id) {
    synchronized (context.lock) {
      if (!remove(id)) {
        throw unknownDemand(id);
      }
    }
  }

  private boolean remove(String id) {
    Subscription subscription = demands.remove(id);
    if (subscription == null) {
      return false;
    }
    subscription.end.cancel(false);
    subscription.topic.changed();
    return true;
  }

  /** Takes events out of the queue, at most {@code limit}, as soon as there are any. */
  CompletableFuture<Reply> events(String id, Duration timeout, int limit) {
    if (limit < 1 || limit > MAX_EVENTS) {
      throw badMaxEvents(limit);
    }
    synchronized (context.lock) {
      Subscription subscription = demands.get(id);
      if (subscription == null) {
        throw unknownDemand(id);
      }
      return subscription.topic.await(
          timeout, () -> subscription.page(limit), () -> Reply.json(200, List.of()));
    }
  }

  /** Answers a provider's proposal; the provider answers at once. */
  String counter(String demandId, String proposalId, DemandRequest request) {
    synchronized (context.lock) {
      Negotiation old = proposal(demandId, proposalId);
      Subscription subscription = demands.get(demandId);
      if (subscription == null) {
        throw new ApiException(400, "Demand [" + demandId + "] unsubscribed");
      }
      if (old.ours) {
        throw new ApiException(400, "Can't react to own Proposal [" + proposalId + "]");
      }
      if (old.countered || old.used) {
        throw new ApiException(410, "Proposal [" + proposalId + "] was already countered");
      }
      LocalProvider provider = old.provider;
      Map<String, Object> properties = FlatProperties.of(request.properties());
      requireMatch(proposalId, properties, request.constraints(), old.proposal);
      provider.requireReachable();
      old.countered = true;
      old.rejected = false;
      Proposal ours =
          new Proposal(
              properties,
              request.constraints(),
              proposalId(),
              context.identity,
              "Draft",
              context.moment(),
              proposalId);
      proposals.put(ours.proposalId(), new Negotiation(ours, subscription.demand, provider, true));
      answer(subscription, ours, provider);
      return ours.proposalId();
    }
  }

  private static void requireMatch(
      String id, Map<String, Object> properties, String constraints, Proposal offer) {
    boolean offerFits = Constraints.parse(constraints).matches(offer.properties());
    boolean demandFits = Constraints.parse(offer.constraints()).matches(properties);
    if (!offerFits || !demandFits) {
      throw new ApiException(
          400,
          "Proposal [%s] validation error: NotMatching: Mismatched constraints - Offer: [%s], Demand: [%s]"
              .formatted(id, demandFits ? "" : offer.constraints(), offerFits ? "" : constraints));
    }
  }

  private void answer(Subscription subscription, Proposal ours, LocalProvider provider) {
    LocalProvider.Answer answer = provider.negotiate(ours.properties());
    if (answer.rejection() != null) {
      Reason reason =
          Reason.of("Rejected because: " + answer.rejection())
              .with("golem.proposal.rejection.is-final", false);
      subscription.others.add(
          new MarketEvent.ProposalRejectedEvent(context.moment(), ours.proposalId(), reason));
      subscription.topic.changed();
      return;
    }
    propose(subscription, provider, answer.offer(), "Draft", ours.proposalId());
  }

  private void propose(
      Subscription subscription,
      LocalProvider provider,
      Map<String, Object> properties,
      String state,
      @Nullable String previous) {
    Proposal proposal =
        new Proposal(
            properties,
            provider.constraintsFor(subscription.demand.properties()),
            proposalId(),
            provider.id,
            state,
            context.moment(),
            previous);
    proposals.put(
        proposal.proposalId(), new Negotiation(proposal, subscription.demand, provider, false));
    subscription.offers.add(new MarketEvent.ProposalEvent(context.moment(), proposal));
    subscription.topic.changed();
  }

  private void offer(LocalProvider provider, Subscription subscription) {
    Map<String, Object> demand = subscription.demand.properties();
    Map<String, Object> offer = provider.offerFor(demand);
    if (subscription.constraints.matches(offer)
        && Constraints.parse(provider.constraintsFor(demand)).matches(demand)) {
      propose(subscription, provider, offer, "Initial", null);
    }
  }

  /** The provider has time again. */
  void free(LocalProvider provider) {
    synchronized (context.lock) {
      provider.running = null;
      for (Subscription subscription : List.copyOf(demands.values())) {
        dropOffersOf(provider, subscription);
        offer(provider, subscription);
      }
    }
  }

  /** An offer that nobody read is replaced by the new one. */
  private void dropOffersOf(LocalProvider provider, Subscription subscription) {
    for (Iterator<MarketEvent> each = subscription.offers.iterator(); each.hasNext(); ) {
      if (each.next() instanceof MarketEvent.ProposalEvent event
          && event.proposal().issuerId().equals(provider.id)) {
        proposals.remove(event.proposal().proposalId());
        each.remove();
      }
    }
  }

  void reject(String demandId, String proposalId) {
    synchronized (context.lock) {
      Negotiation negotiation = proposals.get(proposalId);
      if (negotiation == null || !negotiation.demand.demandId().equals(demandId)) {
        throw new ApiException(500, "Proposal [" + proposalId + "] not found");
      }
      negotiation.provider.requireReachable();
      negotiation.rejected = true;
    }
  }

  Negotiation proposal(String demandId, String proposalId) {
    synchronized (context.lock) {
      Negotiation negotiation = proposals.get(proposalId);
      if (negotiation == null || !negotiation.demand.demandId().equals(demandId)) {
        throw new ApiException(404, "Proposal [" + proposalId + "] not found");
      }
      return negotiation;
    }
  }

  /** The provider's draft that an agreement may be made from; it can be used once. */
  Negotiation use(String proposalId) {
    synchronized (context.lock) {
      Negotiation negotiation = proposals.get(proposalId);
      if (negotiation == null) {
        throw new ApiException(404, "Proposal [" + proposalId + "] not found");
      }
      if (negotiation.used) {
        throw new ApiException(409, "Agreement for Proposal [" + proposalId + "] already exists");
      }
      if (negotiation.ours
          || negotiation.countered
          || negotiation.rejected
          || negotiation.proposal.prevProposalId() == null) {
        throw new ApiException(
            400, "Proposal [" + proposalId + "] can't be turned into an agreement");
      }
      negotiation.used = true;
      return negotiation;
    }
  }

  /** The demand side of an agreement: what we last proposed. */
  Demand lastDemand(Negotiation draft) {
    synchronized (context.lock) {
      Negotiation ours = proposals.get(draft.proposal.prevProposalId());
      Proposal last = ours == null ? draft.proposal : ours.proposal;
      return new Demand(
          last.properties(),
          last.constraints(),
          draft.demand.demandId(),
          context.identity,
          last.timestamp());
    }
  }

  Offer lastOffer(Negotiation draft) {
    return new Offer(
        draft.proposal.properties(),
        draft.proposal.constraints(),
        draft.provider.offerId,
        draft.provider.id,
        draft.proposal.timestamp());
  }

  /** All offers, for a scan. */
  List<Offer> offers(Constraints constraints) {
    synchronized (context.lock) {
      return providers.stream()
          .map(
              each ->
                  new Offer(
                      each.offerFor(Map.of()),
                      each.constraintsFor(Map.of()),
                      each.offerId,
                      each.id,
                      each.published))
          .filter(each -> constraints.matches(each.properties()))
          .toList();
    }
  }

  private String proposalId() {
    return "R-" + context.hex(64);
  }

  private static ApiException unknownDemand(String id) {
    return new ApiException(404, "Subscription [" + id + "] not found");
  }

  static ApiException badMaxEvents(int limit) {
    return new ApiException(
        400, "Invalid maxEvents '" + limit + "', should be between 1 and " + MAX_EVENTS);
  }
}
