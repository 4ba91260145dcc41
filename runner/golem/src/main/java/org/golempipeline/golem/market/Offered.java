package org.golempipeline.golem.market;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.ProviderPattern;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * What a proposal of a provider says that matters to us.
 *
 * @param counters names of what is counted, in the order of the coefficients
 * @param coefficients GLM for one of each; the start price is not among them
 * @param tellsProgress whether it may be asked to tell how much of its image is there
 */
public record Offered(
    Provider provider,
    Pricing pricing,
    List<String> counters,
    List<BigDecimal> coefficients,
    boolean tellsProgress) {

  /** Good enough otherwise: only the budget is too small for it. */
  public static final String BEYOND_BUDGET = "too expensive for what is left of the budget";

  /** More digits than any price has: with more, a sum could fill the memory. */
  private static final int MOST_DIGITS = 400;

  /** An offer we do not take, and why: a phrase that is the same for many offers. */
  public static final class Unsuitable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unsuitable(String reason) {
      super(reason, null, false, false);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  public Offered {
    counters = List.copyOf(counters);
    coefficients = List.copyOf(coefficients);
  }

  public static Offered of(Proposal proposal, String platform) throws Unsuitable {
    Offered offered = priced(proposal, platform);
    offered.requireWallet(platform);
    return offered;
  }

  /** Like {@link #of}, but also without a wallet, which is empty then: to be looked at. */
  static Offered priced(Proposal proposal, String platform) throws Unsuitable {
    Map<String, Object> properties = proposal.properties();
    if (!"linear".equals(properties.get(PropertyNames.PRICING_MODEL))) {
      throw new Unsuitable("without a linear price");
    }
    if (!(properties.get(PropertyNames.USAGE_VECTOR) instanceof List<?> names)
        || !(properties.get(PropertyNames.COEFFICIENTS) instanceof List<?> prices)
        || prices.size() != names.size() + 1) {
      throw new Unsuitable("without a usable price");
    }
    List<String> counters = names.stream().map(String::valueOf).toList();
    List<BigDecimal> coefficients = new ArrayList<>();
    for (Object price : prices) {
      coefficients.add(price(price));
    }
    BigDecimal start = coefficients.remove(coefficients.size() - 1);
    Pricing pricing = pricing(start, counters, coefficients);
    Object wallet = properties.get(PropertyNames.address(platform));
    String id = proposal.issuerId().toLowerCase(Locale.ROOT);
    Object name = properties.get(PropertyNames.NODE_NAME);
    int threads =
        properties.get(PropertyNames.THREADS) instanceof Number number
            ? Math.max(1, number.intValue())
            : 1;
    return new Offered(
        new Provider(
            id,
            name == null ? id : name.toString(),
            wallet == null ? "" : wallet.toString(),
            threads),
        pricing,
        counters,
        coefficients,
        Boolean.TRUE.equals(properties.get(PropertyNames.DEPLOY_PROGRESS)));
  }

  void requireWallet(String platform) throws Unsuitable {
    if (provider.wallet().isEmpty()) {
      throw new Unsuitable("without a wallet on " + platform);
    }
  }

  /** Why {@code terms} exclude this offer; empty if they do not. */
  public List<String> objections(RentalTerms terms) {
    List<String> objections = new ArrayList<>();
    if (!terms.allow().isEmpty() && !isAmong(terms.allow())) {
      objections.add("not on the allow list");
    }
    if (isAmong(terms.deny())) {
      objections.add("excluded");
    }
    if (above(pricing.start(), terms.maxStartPrice())) {
      objections.add(Relaxation.Term.START_PRICE.objection);
    }
    if (above(pricing.cpuSecond(), terms.maxCpuPrice())) {
      objections.add(Relaxation.Term.CPU_PRICE.objection);
    }
    if (above(pricing.envSecond(), terms.maxEnvPrice())) {
      objections.add(Relaxation.Term.ENV_PRICE.objection);
    }
    RentalTerms.Ceiling ceiling = terms.ceiling();
    if (ceiling != null
        && (above(pricing.start(), ceiling.start())
            || above(cost(terms.threads(), ceiling.time()), ceiling.most()))) {
      objections.add(BEYOND_BUDGET);
    }
    return objections;
  }

  /** What a start and {@code time} cost with so many threads busy, or as many as there are. */
  public BigDecimal cost(int threads, Duration time) {
    return pricing.cost(Math.min(threads, provider.threads()), time);
  }

  /** What it asks for, beside what there is. */
  public String arithmetic(int threads, RentalTerms.Ceiling ceiling) {
    int busy = Math.min(threads, provider.threads());
    BigDecimal time = cost(threads, ceiling.time()).subtract(pricing.start());
    return "`%s` asks %s GLM to start and %s GLM for %d s with %d %s busy, where at most %s GLM of the budget may go into a start and %s GLM into both"
        .formatted(
            provider.name(),
            glm(pricing.start(), RoundingMode.UP),
            glm(time, RoundingMode.UP),
            ceiling.time().toSeconds(),
            busy,
            busy == 1 ? "thread" : "threads",
            glm(ceiling.start(), RoundingMode.DOWN),
            glm(ceiling.most(), RoundingMode.DOWN));
  }

  private static String glm(BigDecimal amount, RoundingMode direction) {
    BigDecimal rounded = amount.round(new MathContext(6, direction));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private boolean isAmong(Set<String> idsOrNames) {
    return idsOrNames.stream()
        .anyMatch(each -> new ProviderPattern(each).means(provider.id(), provider.name()));
  }

  private static boolean above(BigDecimal price, @Nullable BigDecimal limit) {
    return limit != null && price.compareTo(limit) > 0;
  }

  private static Pricing pricing(
      BigDecimal start, List<String> counters, List<BigDecimal> coefficients) throws Unsuitable {
    BigDecimal cpu = BigDecimal.ZERO;
    BigDecimal env = BigDecimal.ZERO;
    for (int i = 0; i < counters.size(); i++) {
      if (counters.get(i).equals(PropertyNames.USAGE_CPU)) {
        cpu = cpu.add(coefficients.get(i));
      } else if (counters.get(i).equals(PropertyNames.USAGE_DURATION)) {
        env = env.add(coefficients.get(i));
      } else if (coefficients.get(i).signum() != 0) {
        throw new Unsuitable("priced by what cannot be checked");
      }
    }
    return new Pricing(start, cpu, env);
  }

  private static BigDecimal price(@Nullable Object value) throws Unsuitable {
    BigDecimal price = amount(value);
    if (price == null) {
      throw new Unsuitable("without a usable price");
    }
    return price;
  }

  /** Not below zero; null for all that is no such number, or one that is hard to compute with. */
  static @Nullable BigDecimal amount(@Nullable Object value) {
    String text = String.valueOf(value);
    if (text.length() > MOST_DIGITS) {
      return null;
    }
    try {
      BigDecimal amount = new BigDecimal(text);
      boolean usable = amount.signum() >= 0 && Math.abs((long) amount.scale()) <= MOST_DIGITS;
      return usable ? amount : null;
    } catch (NumberFormatException notANumber) {
      return null; // like NaN and infinities
    }
  }
}
