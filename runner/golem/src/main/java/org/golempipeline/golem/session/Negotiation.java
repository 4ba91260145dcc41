package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.market.DemandKey;
import org.golempipeline.golem.market.Offered;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.Proposal;
import org.golempipeline.golem.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Finds providers for all requests that share a demand. Offers come in as events, each suitable one
 * is answered once, cheap ones first, a few more than are wanted at the moment; what becomes a
 * draft is handed to whoever waits. Lives on the loop.
 */
final class Negotiation {
  private static final Duration MUTE_AFTER = Duration.ofSeconds(30);
  private static final Duration DRAFT_LIFE = Duration.ofMinutes(5);

  /** Offers that the daemon knows come at once; who waits for a cheaper one waits no longer. */
  private static final Duration CHEAPER_WITHIN = Duration.ofSeconds(3);

  private static final Duration HOUR = Duration.ofHours(1);

  /** Answers on their way at once: with thousands, each takes a connection and all are late. */
  private static final int ASKING_AT_ONCE = 64;

  /**
   * An offer that may be answered, or a draft that may be signed.
   *
   * @param number in the order in which they came
   * @param cost of an hour of the threads asked for
   */
  private record Option(
      String proposalId, Offered offered, long number, BigDecimal cost, long since) {
    static final Comparator<Option> CHEAPEST_FIRST =
        Comparator.comparing(Option::cost).thenComparing(Option::number);

    String providerId() {
      return offered.provider().id();
    }
  }

  /** A draft, or a refusal with its reason. */
  private record Answer(@Nullable String refusal) {}

  /** Takes over a request with its draft; {@link #back} or {@link #settled} follows. */
  interface Hirer {
    void hire(Negotiation from, RentRequest request, String draftId, Offered offered);

    /** Whatever is offered costs more than the request may: it is not waiting any more. */
    void beyondBudget(Negotiation from, RentRequest request);
  }

  private final Session session;
  private final Penalties penalties;
  private final Hirer hirer;
  private final Publication publication;

  private final int threads;
  private final DemandRequest counter;
  private final Funnel funnel = new Funnel();
  private final List<RentRequest> waiting = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final NavigableSet<Option> offers = new TreeSet<>(Option.CHEAPEST_FIRST);
  private final NavigableSet<Option> drafts = new TreeSet<>(Option.CHEAPEST_FIRST);

  /** By counter-proposal, in the order in which they were made. */
  private final Map<String, Option> asked = new LinkedHashMap<>();

  /** Counter-proposals that were answered, perhaps before we heard their ids, and how. */
  private final Map<String, Answer> answers = new HashMap<>();

  private long options;
  private int asking;
  private int hiring;
  private boolean stopped;
  private @Nullable CompletableFuture<Void> wakeUp;

  Negotiation(Session session, DemandKey key, Penalties penalties, Hirer hirer) {
    this.session = session;
    this.penalties = penalties;
    this.hirer = hirer;
    this.threads = key.threads();
    DemandRequest demand = key.demand(session.terms(), session.decorations());
    this.counter = DemandKey.counter(demand, session.terms().platform());
    this.publication = new Publication(session, demand, key.taskPackage(), this);
  }

  Funnel funnel() {
    return funnel;
  }

  void add(RentRequest request) {
    assert session.isOnLoop();
    waiting.add(request);
    publication.publish();
    pump();
  }

  /** The request failed with its draft but still wants a machine. */
  void back(RentRequest request) {
    hiring--;
    if (!request.isOver() && !stopped) {
      waiting.add(0, request);
    }
    publication.publish();
    pump();
  }

  /** The request needs nothing more. */
  void settled() {
    hiring--;
  }

  void remove(RentRequest request) {
    assert session.isOnLoop();
    waiting.remove(request);
  }

  boolean isWanted() {
    return !waiting.isEmpty();
  }

  /** Whether somebody is wanted and nothing is going on that could lead to an agreement. */
  boolean isStarved() {
    return isWanted()
        && asking == 0
        && hiring == 0
        && asked.isEmpty()
        && drafts.isEmpty()
        && offers.isEmpty();
  }

  /** Fails whoever waits, and withdraws the demand. */
  CompletableFuture<Boolean> stop(GolemException failure) {
    stopped = true;
    failAll(failure);
    return publication.withdraw();
  }

  void failAll(GolemException failure) {
    List<RentRequest> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(request -> request.fail(failure));
  }

  /** Proposals die with their demand; a new one begins with the same offers again. */
  void forget() {
    seen.clear();
    offers.clear();
    drafts.clear();
    asked.clear();
    answers.clear();
  }

  void on(MarketEvent event) {
    assert session.isOnLoop();
    if (event instanceof MarketEvent.ProposalEvent proposal) {
      on(proposal.proposal());
    } else if (event instanceof MarketEvent.ProposalRejectedEvent rejected) {
      refused(rejected.proposalId(), rejected.reason());
    } else if (!(event instanceof MarketEvent.Other)) {
      throw new AssertionError(event);
    }
  }

  private void on(Proposal proposal) {
    if (!seen.add(proposal.proposalId())) {
      return;
    }
    boolean draft = proposal.state().equals("Draft");
    if (!draft && !proposal.state().equals("Initial")) {
      return;
    }
    String previous = proposal.prevProposalId();
    if (draft && previous != null) {
      asked.remove(previous);
      answers.put(previous, new Answer(null));
    }
    funnel.seen(proposal.issuerId());
    try {
      Offered offered = Offered.of(proposal, session.terms().platform());
      Provider provider = offered.provider();
      session.emit(new GolemEvent.ProposalReceived(provider.id(), provider.name(), draft));
      if (draft) {
        funnel.draft();
      }
      String objection = objection(offered);
      if (objection != null) {
        session.emit(new GolemEvent.ProposalRejected(provider.id(), false, objection));
      }
      (draft ? drafts : offers).add(option(proposal.proposalId(), offered));
    } catch (Offered.Unsuitable unsuitable) {
      funnel.unsuitable(proposal.issuerId(), unsuitable.reason());
      session.emit(
          new GolemEvent.ProposalRejected(proposal.issuerId(), false, unsuitable.reason()));
    }
  }

  private Option option(String proposalId, Offered offered) {
    return new Option(proposalId, offered, options++, offered.cost(threads, HOUR), session.nanos());
  }

  private void refused(String counterId, @Nullable Reason reason) {
    String words = reason == null ? "no reason given" : reason.message();
    answers.put(counterId, new Answer(words));
    Option option = asked.remove(counterId);
    if (option != null) {
      refused(option, words);
    }
  }

  private void refused(Option option, String words) {
    funnel.refused(option.providerId());
    session.emit(new GolemEvent.ProposalRejected(option.providerId(), true, words));
    penalties.punish(option.providerId(), session.nanos());
  }

  /** Why nobody was found for this request, as a part of a sentence. */
  String explain(RentRequest request) {
    return funnel.summary(objections(request));
  }

  /** The cheapest that would be asked if the budget were larger, and nobody else would. */
  Optional<Offered> beyondBudget(RentRequest request) {
    if (offers.stream().anyMatch(option -> objection(request, option.offered()) == null)) {
      return Optional.empty();
    }
    return offers.stream()
        .filter(option -> Offered.BEYOND_BUDGET.equals(objection(request, option.offered())))
        .findFirst()
        .map(Option::offered);
  }

  /** Where nobody was asked yet, somebody cheaper had to come very soon. */
  private void endBeyondBudget() {
    if (funnel.hasAsked() || offers.isEmpty()) {
      return;
    }
    for (RentRequest request : List.copyOf(waiting)) {
      if (beyondBudget(request).isPresent()
          && request.beyondBudgetFor().compareTo(CHEAPER_WITHIN) >= 0) {
        waiting.remove(request);
        hirer.beyondBudget(this, request);
      }
    }
  }

  /** Whose offers are not taken, by the first reason. */
  private Map<String, Set<String>> objections(RentRequest request) {
    Map<String, Set<String>> objections = new TreeMap<>();
    for (Option option : offers) {
      String objection = objection(request, option.offered());
      if (objection != null) {
        objections.computeIfAbsent(objection, key -> new HashSet<>()).add(option.providerId());
      }
    }
    return objections;
  }

  /** Why none of those who wait can take this, or null if one can. */
  private @Nullable String objection(Offered offered) {
    String first = null;
    for (RentRequest request : waiting) {
      String objection = objection(request, offered);
      if (objection == null) {
        return null;
      }
      first = first == null ? objection : first;
    }
    return first;
  }

  private @Nullable String objection(RentRequest request, Offered offered) {
    if (penalties.isBanned(offered.provider().id())) {
      return "banned in this run";
    }
    List<String> objections = offered.objections(request.terms);
    return objections.isEmpty() ? null : objections.get(0);
  }

  /** Hands out drafts and asks for more, as many as are needed now. */
  void pump() {
    assert session.isOnLoop();
    if (stopped) {
      return;
    }
    dropOld();
    handOut();
    askMore();
    endBeyondBudget();
    wakeUpLater();
  }

  /** Who waits longest chooses first. */
  private void handOut() {
    for (RentRequest request : List.copyOf(waiting)) {
      if (drafts.isEmpty()) {
        return;
      }
      Option draft = cheapest(drafts, offered -> objection(request, offered) == null);
      if (draft != null) {
        drafts.remove(draft);
        waiting.remove(request);
        hiring++;
        hirer.hire(this, request, draft.proposalId(), draft.offered());
      }
    }
  }

  private void askMore() {
    int wanted = waiting.size();
    int most = wanted == 0 ? 0 : wanted + wanted / 4 + 1;
    while (asked.size() + asking < most && asking < ASKING_AT_ONCE) {
      Option offer = cheapest(offers, offered -> objection(offered) == null && isFree(offered));
      if (offer == null) {
        break;
      }
      offers.remove(offer);
      ask(offer);
    }
  }

  private interface Condition {
    boolean holds(Offered offered);
  }

  private static @Nullable Option cheapest(NavigableSet<Option> options, Condition condition) {
    for (Option option : options) {
      if (condition.holds(option.offered())) {
        return option;
      }
    }
    return null;
  }

  private boolean isFree(Offered offered) {
    return penalties.remaining(offered.provider().id(), session.nanos()).isZero();
  }

  private void ask(Option offer) {
    String demandId = publication.demandId();
    if (demandId == null) {
      return;
    }
    asking++;
    funnel.countered();
    session
        .send(Calls.counter(demandId, offer.proposalId(), counter))
        .whenComplete(
            (counterId, error) -> {
              asking--;
              if (counterId == null) {
                CallFailure failure = CallFailure.of("answer an offer", error);
                funnel.unsigned(failure.reason());
                if (failure.status() == 0 || failure.status() >= 500) {
                  penalties.punish(offer.providerId(), session.nanos());
                }
              } else if (demandId.equals(publication.demandId())) {
                asked(counterId, offer);
              }
              pump();
            });
  }

  private void asked(String counterId, Option offer) {
    Answer answer = answers.get(counterId);
    if (answer == null) {
      asked.put(counterId, option(offer.proposalId(), offer.offered()));
    } else if (answer.refusal() != null) {
      refused(offer, answer.refusal());
    }
  }

  private void dropOld() {
    for (Iterator<Option> all = asked.values().iterator(); all.hasNext(); ) {
      Option option = all.next();
      if (session.since(option.since()).compareTo(MUTE_AFTER) <= 0) {
        break; // those behind it were asked later
      }
      all.remove();
      funnel.mute(option.providerId());
      penalties.punish(option.providerId(), session.nanos());
    }
    drafts.removeIf(draft -> session.since(draft.since()).compareTo(DRAFT_LIFE) > 0);
  }

  /** When the next penalty ends, a provider counts as mute, or nobody cheaper is waited for. */
  private void wakeUpLater() {
    if (wakeUp != null) {
      wakeUp.cancel(false);
      wakeUp = null;
    }
    if (!isWanted()) {
      return;
    }
    boolean soon = !asked.isEmpty() || waiting.stream().anyMatch(RentRequest::isBeyondBudget);
    Duration next = soon ? Duration.ofSeconds(1) : firstPenaltyOver();
    if (next != null) {
      CompletableFuture<Void> timer = session.threads().after(next.plusMillis(5));
      wakeUp = timer;
      timer.thenRun(this::pump);
    }
  }

  /** Of those who made an offer; null if none of them has to wait. */
  private @Nullable Duration firstPenaltyOver() {
    long now = session.nanos();
    return offers.stream()
        .map(offer -> penalties.remaining(offer.providerId(), now))
        .filter(pause -> !pause.isZero())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }
}
