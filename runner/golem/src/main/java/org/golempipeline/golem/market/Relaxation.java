package org.golempipeline.golem.market;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A term of a demand that alone keeps offers away, and how far it would have to give way.
 *
 * @param value just enough for {@code offers} more, in the unit of the term
 */
public record Relaxation(Term term, BigDecimal value, int offers) {
  /** Terms that say how much. */
  public enum Term {
    /** At least so many threads. */
    THREADS("too few threads", MarketOffer::threadCount, true),
    /** At least so many GiB of memory. */
    MEMORY("too little memory", MarketOffer::memory, true),
    /** At least so many GiB of storage. */
    STORAGE("too little storage", MarketOffer::storage, true),
    /** At most so many GLM for a start. */
    START_PRICE("too expensive to start", MarketOffer::startPrice, false),
    /** At most so many GLM for an hour of one thread. */
    CPU_PRICE("too expensive per processor second", MarketOffer::cpuHourPrice, false),
    /** At most so many GLM for an hour of the agreement. */
    ENV_PRICE("too expensive per second", MarketOffer::envHourPrice, false);

    /** Why a run does not answer an offer that is beyond the term. */
    final String objection;

    private final Function<MarketOffer, @Nullable BigDecimal> offered;
    private final Comparator<BigDecimal> nearestFirst;

    Term(String objection, Function<MarketOffer, @Nullable BigDecimal> offered, boolean isLeast) {
      this.objection = objection;
      this.offered = offered;
      this.nearestFirst = isLeast ? Comparator.reverseOrder() : Comparator.naturalOrder();
    }
  }

  /**
   * For each term that alone keeps some of {@code offers} away, the smallest step that makes {@code
   * wanted} of them suitable, or the step that brings all it can; the most useful first. Empty if
   * there are as many already, or none would come.
   */
  public static List<Relaxation> of(List<MarketOffer> offers, int wanted) {
    var missing = wanted - (int) offers.stream().filter(MarketOffer::isSuitable).count();
    var found = new ArrayList<Relaxation>();
    for (var term : missing > 0 ? Term.values() : new Term[0]) {
      var near =
          offers.stream()
              .filter(offer -> offer.objections().equals(List.of(term.objection)))
              .map(term.offered)
              .filter(value -> value != null)
              .sorted(term.nearestFirst)
              .toList();
      if (!near.isEmpty()) {
        var value = near.get(Math.min(missing, near.size()) - 1);
        var more = near.stream().filter(each -> term.nearestFirst.compare(each, value) <= 0);
        found.add(new Relaxation(term, value, (int) more.count()));
      }
    }
    found.sort(Comparator.comparing(Relaxation::offers).reversed());
    return found;
  }
}
