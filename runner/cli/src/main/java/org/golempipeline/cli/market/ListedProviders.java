package org.golempipeline.cli.market;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.golem.ProviderPattern;
import org.golempipeline.golem.market.MarketOffer;
import org.golempipeline.report.Words;
import org.golempipeline.spec.GolemTerms;

/** Finds what {@code golem.providers} lists and nobody who made an offer is. */
public final class ListedProviders implements EventSink {
  private final GolemTerms terms;

  /** Names by id of those whose offers came in a run. */
  private final Map<String, String> seen = new LinkedHashMap<>();

  public ListedProviders(GolemTerms terms) {
    this.terms = terms;
  }

  @Override
  public void accept(StampedEvent stamped) {
    if (stamped.event() instanceof RunEvent.ProposalReceived proposal) {
      seen.put(proposal.providerId(), proposal.providerName());
    }
  }

  /** A sentence for each, going by the run; none if nobody was seen at all. */
  public List<String> unmatched() {
    return unmatched(seen);
  }

  /** A sentence for each. */
  List<String> unmatched(List<MarketOffer> offers) {
    var names = new LinkedHashMap<String, String>();
    offers.forEach(offer -> names.put(offer.providerId(), offer.name()));
    return unmatched(names);
  }

  private List<String> unmatched(Map<String, String> names) {
    var lines = new ArrayList<String>();
    if (!names.isEmpty()) {
      add(lines, "allow", terms.allow(), names);
      add(lines, "deny", terms.deny(), names);
    }
    return lines;
  }

  private static void add(
      List<String> lines, String key, List<String> listed, Map<String, String> names) {
    for (var text : listed) {
      var pattern = new ProviderPattern(text);
      if (names.entrySet().stream()
          .noneMatch(each -> pattern.means(each.getKey(), each.getValue()))) {
        lines.add(
            "`golem.providers.%s`: `%s` is none of the %s that made an offer"
                .formatted(key, text, Words.count(names.size(), "provider")));
      }
    }
  }
}
