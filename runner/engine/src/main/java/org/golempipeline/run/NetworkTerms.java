package org.golempipeline.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.market.MarketView;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Resources;
import org.golempipeline.spec.StageSpec;
import org.jspecify.annotations.Nullable;

/** The terms of a pipeline file in the words of the network. */
public final class NetworkTerms {
  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);

  /** No image is fetched for a look. */
  private static final String NO_IMAGE = "0".repeat(56);

  private static final Duration LOOK = Duration.ofHours(1);

  private NetworkTerms() {}

  /**
   * For a look at what providers offer for a machine that can run every stage.
   *
   * @param runId that no other look or run has
   * @param banned ids of providers that are not rented from
   */
  public static MarketView.Terms toLook(
      PipelineSpec spec, String runId, Set<String> banned, Clock clock) {
    var golem = spec.golem();
    var all = spec.stages().stream().map(StageSpec::resources).toList();
    var deny = new HashSet<>(golem.deny());
    deny.addAll(banned);
    return new MarketView.Terms(
        runId,
        golem.platform(),
        golem.subnet(),
        new RentalTerms(
            NO_IMAGE,
            "",
            all.stream().mapToInt(Resources::threads).max().orElse(1),
            all.stream().mapToLong(Resources::memory).max().orElse(0),
            all.stream().mapToLong(Resources::storage).max().orElse(0),
            capabilities(all),
            clock.instant().plus(LOOK),
            golem.startPrice(),
            perSecond(golem.cpuPrice()),
            perSecond(golem.envPrice()),
            Set.copyOf(golem.allow()),
            deny,
            LOOK,
            LOOK));
  }

  private static List<String> capabilities(List<Resources> all) {
    return all.stream().flatMap(each -> each.capabilities().stream()).distinct().toList();
  }

  /** A price in GLM for an hour, for a second. */
  static @Nullable BigDecimal perSecond(@Nullable BigDecimal perHour) {
    return perHour == null ? null : perHour.divide(HOUR, MathContext.DECIMAL128);
  }
}
