package org.golempipeline.golem.market;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.http.Handshake;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * What providers offer at the moment, without renting anything: a demand is published for a while,
 * the offers it brings are read, and none is answered. Nothing is spent: there is no allocation and
 * no agreement.
 */
public final class MarketView {
  /** How long the daemon may take for one answer, or to withdraw the demand. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Of offers with several runtimes one that would do, else the newest. */
  private static final Comparator<Seen> BETTER_LAST =
      Comparator.comparing((Seen seen) -> seen.offer().isSuitable())
          .thenComparing(Seen::at, Comparator.nullsFirst(Comparator.naturalOrder()));

  /**
   * What is looked for.
   *
   * @param runId put into the demand as a property of our own, by which it is found again if an
   *     answer is lost; nobody else may use it
   * @param platform payment platform: {@code erc20-hoodi-tglm}
   * @param subnet only offers in it are seen
   * @param machine what a run would ask for; only its runtime limits what is seen, the rest is
   *     compared with every offer
   */
  public record Terms(String runId, String platform, String subnet, RentalTerms machine) {
    public Terms {
      Objects.requireNonNull(runId);
      Objects.requireNonNull(platform);
      Objects.requireNonNull(subnet);
      Objects.requireNonNull(machine);
    }
  }

  /**
   * @param at when the daemon heard of it
   */
  private record Seen(MarketOffer offer, @Nullable Instant at) {}

  private final Terms terms;
  private final Map<String, Seen> newest = new LinkedHashMap<>();

  private MarketView(Terms terms) {
    this.terms = terms;
  }

  /**
   * Looks for as long as {@code limit} and answers what was offered, each provider once with its
   * newest offer: first what a run with these terms would answer, the cheapest first. Blocks. The
   * demand is withdrawn before this method ends, however it ends; after an interruption that takes
   * a moment.
   *
   * @throws GolemException of kind YAGNA if the daemon cannot be talked to, fails until the limit
   *     is over or does not withdraw the demand, MARKET if no demand can be made of the terms
   */
  public static List<MarketOffer> look(GolemConnection connection, Terms terms, Duration limit)
      throws InterruptedException {
    return look(connection, terms, limit, PATIENCE);
  }

  static List<MarketOffer> look(
      GolemConnection connection, Terms terms, Duration limit, Duration patience)
      throws InterruptedException {
    MarketView view = new MarketView(terms);
    try (Threads threads = new Threads()) {
      Retrier retrier = new Retrier(threads::after, terms.runId().hashCode());
      Caller caller = new Caller(connection, threads, retrier);
      Identity identity =
          DemandWatch.await("ask the daemon who we are", Handshake.identity(caller), patience);
      DemandRequest demand = view.demand(identity.identity());
      try (DemandWatch watch = new DemandWatch(caller, threads, retrier, demand, patience)) {
        watch.watch(limit, view::take);
      }
    } catch (CallFailure e) {
      throw Failures.of(e, GolemException.Kind.YAGNA, connection.url());
    }
    return view.newest.values().stream()
        .map(Seen::offer)
        .sorted(MarketOffer.bestFirst(terms.machine().threads()))
        .toList();
  }

  /** Says of payment what the daemon says for an allocation, which we do not want to make. */
  private DemandRequest demand(String wallet) {
    Decorations payment =
        new Decorations(
            List.of(
                new Decorations.Property(PropertyNames.address(terms.platform()), wallet),
                new Decorations.Property(PropertyNames.PROTOCOL_VERSION, "3")),
            List.of());
    try {
      return DemandKey.of(terms.machine()).survey(terms.subnet(), terms.runId(), payment);
    } catch (IllegalArgumentException e) {
      throw new GolemException(
          GolemException.Kind.MARKET,
          Failures.sentence("publish the demand", CallFailure.text(e)),
          null,
          e);
    }
  }

  private void take(MarketEvent event) {
    if (event instanceof MarketEvent.ProposalEvent proposed) {
      Proposal proposal = proposed.proposal();
      if (proposal.state().equals("Initial")) {
        Seen seen = new Seen(MarketOffer.of(proposal, terms), proposal.timestamp());
        newest.merge(
            seen.offer().providerId(),
            seen,
            (old, next) -> BETTER_LAST.compare(old, next) > 0 ? old : next);
      }
    }
  }
}
