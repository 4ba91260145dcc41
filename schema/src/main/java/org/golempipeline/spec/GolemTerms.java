package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.List;
import org.golempipeline.diagnostic.Range;
import org.jspecify.annotations.Nullable;

/**
 * The {@code golem} block: on which terms providers are rented. Prices are in GLM; {@code cpu} for
 * an hour of one thread, {@code env} for an hour of the agreement, null where anything goes.
 *
 * @param allow names or ids of the only providers to use; empty for all
 * @param deny names or ids of providers never to use; in names {@code *} stands for any characters
 * @param outbound hosts that fragments may reach
 * @param outboundAt where the file says so, null if it does not
 */
public record GolemTerms(
    String subnet,
    String network,
    String driver,
    @Nullable BigDecimal startPrice,
    @Nullable BigDecimal cpuPrice,
    @Nullable BigDecimal envPrice,
    List<String> allow,
    List<String> deny,
    List<String> outbound,
    @Nullable Range outboundAt) {
  /** The public test network. */
  public static final GolemTerms DEFAULT =
      new GolemTerms(
          "public", "hoodi", "erc20", null, null, null, List.of(), List.of(), List.of(), null);

  public GolemTerms {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    outbound = List.copyOf(outbound);
  }

  /** The same on another network. */
  public GolemTerms on(String otherNetwork) {
    return new GolemTerms(
        subnet,
        otherNetwork,
        driver,
        startPrice,
        cpuPrice,
        envPrice,
        allow,
        deny,
        outbound,
        outboundAt);
  }

  /** Whether GLM has no value on the network. */
  public boolean isTest() {
    return !List.of("mainnet", "polygon").contains(network);
  }

  /** What the daemon calls the way they are paid: {@code erc20-hoodi-tglm}. */
  public String platform() {
    return driver + "-" + network + "-" + (isTest() ? "tglm" : "glm");
  }
}
