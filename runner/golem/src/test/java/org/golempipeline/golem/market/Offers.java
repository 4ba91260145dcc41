package org.golempipeline.golem.market;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Proposal;

/** Proposals and terms for tests. */
public final class Offers {
  static final String PLATFORM = "erc20-hoodi-tglm";
  static final String PROVIDER = "0xDAEEB975729fae923d5a4fd12aabfe228f219e9c";

  private Offers() {}

  public static Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(PropertyNames.PRICING_MODEL, "linear");
    properties.put(
        PropertyNames.USAGE_VECTOR, List.of("golem.usage.cpu_sec", "golem.usage.duration_sec"));
    properties.put(PropertyNames.COEFFICIENTS, List.of(2.777e-05, 5.555e-06, 0.0));
    properties.put(PropertyNames.address(PLATFORM), "0xwallet");
    properties.put(PropertyNames.NODE_NAME, "brick-12");
    properties.put(PropertyNames.THREADS, 8);
    return properties;
  }

  static Proposal proposal(Map<String, Object> properties) {
    return new Proposal(properties, "(&)", "R-1", PROVIDER, "Initial", null, null);
  }

  public static Offered offered() {
    try {
      return Offered.of(proposal(properties()), PLATFORM);
    } catch (Offered.Unsuitable e) {
      throw new AssertionError(e);
    }
  }

  public static RentalTerms terms(Instant expiration) {
    return new RentalTerms(
        "041dff02cee737443e210471948d33296c87009e8a7f770d9106fd28",
        "http://registry/download/7db7",
        1,
        512L << 20,
        2L << 30,
        List.of(),
        expiration,
        null,
        null,
        null,
        Set.of(),
        Set.of(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5));
  }

  public static RentalTerms priced(BigDecimal start, BigDecimal cpu, BigDecimal env) {
    RentalTerms terms = terms(Instant.EPOCH);
    return new RentalTerms(
        terms.imageHash(),
        terms.imageUrl(),
        1,
        1,
        1,
        List.of(),
        Instant.EPOCH,
        start,
        cpu,
        env,
        Set.of(),
        Set.of(),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1));
  }

  static RentalTerms among(Set<String> allow, Set<String> deny) {
    RentalTerms terms = terms(Instant.EPOCH);
    return new RentalTerms(
        terms.imageHash(),
        terms.imageUrl(),
        1,
        1,
        1,
        List.of(),
        Instant.EPOCH,
        null,
        null,
        null,
        allow,
        deny,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1));
  }

  public static SessionTerms session() {
    return new SessionTerms(
        "a12f3a94",
        "run-1",
        BigDecimal.ONE,
        Instant.parse("2030-01-01T00:00:00.123Z"),
        PLATFORM,
        "public");
  }
}
