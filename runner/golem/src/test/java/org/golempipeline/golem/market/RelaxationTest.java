package org.golempipeline.golem.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.market.Relaxation.Term;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.junit.jupiter.api.Test;

class RelaxationTest {
  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);

  /** What the demand says, in the units of the terms. */
  private static MarketView.Terms terms(Map<Term, BigDecimal> said) {
    RentalTerms machine =
        new RentalTerms(
            "0",
            "",
            said.get(Term.THREADS).intValueExact(),
            bytes(said.get(Term.MEMORY)),
            bytes(said.get(Term.STORAGE)),
            List.of(),
            Instant.EPOCH,
            said.get(Term.START_PRICE),
            said.get(Term.CPU_PRICE).divide(HOUR, MathContext.DECIMAL128),
            said.get(Term.ENV_PRICE).divide(HOUR, MathContext.DECIMAL128),
            Set.of(),
            Set.of(),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    return new MarketView.Terms("view-1", Offers.PLATFORM, "public", machine);
  }

  private static long bytes(BigDecimal gib) {
    return gib.multiply(BigDecimal.valueOf(1L << 30)).longValueExact();
  }

  private static List<MarketOffer> offers(List<Proposal> proposals, Map<Term, BigDecimal> said) {
    return proposals.stream().map(each -> MarketOffer.of(each, terms(said))).toList();
  }

  private static int suitable(List<Proposal> proposals, Map<Term, BigDecimal> said) {
    return (int) offers(proposals, said).stream().filter(MarketOffer::isSuitable).count();
  }

  private static Proposal proposal(Random random) {
    Map<String, Object> properties = Offers.properties();
    properties.put(PropertyNames.RUNTIME_NAME, "vm");
    properties.put(PropertyNames.PROTOCOL_VERSION, random.nextInt(20) == 0 ? 1 : 3);
    properties.put(PropertyNames.THREADS, 1 + random.nextInt(8));
    properties.put(PropertyNames.MEMORY, 0.5 * random.nextInt(8));
    properties.put(PropertyNames.STORAGE, random.nextInt(20) == 0 ? "?" : random.nextInt(5));
    properties.put(
        PropertyNames.COEFFICIENTS,
        List.of(random.nextInt(4) / 36e5, random.nextInt(4) / 7e5, random.nextInt(3) / 10.0));
    return Offers.proposal(properties);
  }

  /** Each is tried for real, and so is a little less than it. */
  @Test
  void bringWhatTheySayAndNoLessWouldDo() {
    int tried = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<Proposal> proposals = new ArrayList<>();
      while (proposals.size() < 30) {
        proposals.add(proposal(random));
      }
      Map<Term, BigDecimal> said = new EnumMap<>(Term.class);
      said.put(Term.THREADS, BigDecimal.valueOf(1 + random.nextInt(8)));
      said.put(Term.MEMORY, BigDecimal.valueOf(random.nextInt(4)));
      said.put(Term.STORAGE, BigDecimal.valueOf(random.nextInt(4)));
      said.put(Term.START_PRICE, new BigDecimal("0.1"));
      said.put(Term.CPU_PRICE, new BigDecimal("0.002"));
      said.put(Term.ENV_PRICE, new BigDecimal("0.01"));
      int before = suitable(proposals, said);
      int wanted = before + random.nextInt(6);
      List<Relaxation> all = Relaxation.of(offers(proposals, said), wanted);
      for (Relaxation each : all) {
        int after = before + each.offers();
        assertThat(suitable(proposals, with(said, each.term(), each.value()))).isEqualTo(after);
        BigDecimal unbounded =
            each.term().ordinal() < 3 ? BigDecimal.ZERO : BigDecimal.valueOf(1000);
        int most = suitable(proposals, with(said, each.term(), unbounded));
        assertThat(after).isGreaterThanOrEqualTo(Math.min(wanted, most));
        BigDecimal step = new BigDecimal(each.term() == Term.THREADS ? "1" : "0.0000152587890625");
        BigDecimal less =
            each.term().ordinal() < 3 ? each.value().add(step) : each.value().subtract(step);
        assertThat(suitable(proposals, with(said, each.term(), less)))
            .as("less of %s", each)
            .isLessThan(Math.min(wanted, after));
        tried++;
      }
      if (wanted == before) {
        assertThat(all).isEmpty();
      }
    }
    assertThat(tried).isGreaterThan(500);
  }

  private static Map<Term, BigDecimal> with(
      Map<Term, BigDecimal> said, Term term, BigDecimal value) {
    Map<Term, BigDecimal> changed = new EnumMap<>(said);
    changed.put(term, value);
    return changed;
  }

  @Test
  void theMostUsefulComesFirst() {
    List<MarketOffer> offers =
        List.of(
            offer(1, "8", "too little memory"),
            offer(1, "7", "too little memory"),
            offer(1, "1", "too little memory", "too expensive to start"),
            offer(2, "16", "too few threads"),
            offer(4, "16"));
    assertThat(Relaxation.of(offers, 5))
        .containsExactly(
            new Relaxation(Term.MEMORY, new BigDecimal("7"), 2),
            new Relaxation(Term.THREADS, new BigDecimal("2"), 1));
    assertThat(Relaxation.of(offers, 2))
        .containsExactly(
            new Relaxation(Term.THREADS, new BigDecimal("2"), 1),
            new Relaxation(Term.MEMORY, new BigDecimal("8"), 1));
    assertThat(Relaxation.of(offers, 1)).isEmpty();
  }

  private static MarketOffer offer(int threads, String memory, String... objections) {
    return new MarketOffer(
        "0x1",
        "brick",
        threads,
        new BigDecimal(memory),
        BigDecimal.TEN,
        BigDecimal.ZERO,
        BigDecimal.ZERO,
        BigDecimal.ZERO,
        "vm",
        "0.5",
        List.of(objections));
  }
}
