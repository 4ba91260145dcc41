package org.golempipeline.provider;

import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.PropertyNames;

/** The offer of a provider, from which every counter-proposal is made. */
final class OfferTemplate {
  static final long LONGEST_ACCEPT_TIMEOUT = 240;

  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);
  private static final long USUAL_INTERVAL = 120;
  private static final String RUNTIME = "vm";
  private static final String RUNTIME_VERSION = "0.5.3";

  private final Map<String, Object> properties;
  private final String subnet;

  private OfferTemplate(Map<String, Object> properties, String subnet) {
    this.properties = properties;
    this.subnet = subnet;
  }

  /**
   * @param wallet of our identity, to which money goes on all platforms
   * @param architecture of the processor, as requestors name it
   */
  static OfferTemplate of(ProviderOptions options, String wallet, String architecture) {
    ProviderOptions.Hardware hardware = options.hardware();
    Map<String, Object> offer = new LinkedHashMap<>();
    offer.put(PropertyNames.NODE_NAME, options.name());
    offer.put(PropertyNames.SUBNET, options.subnet());
    offer.put("golem.node.net.is-public", false);
    offer.put(PropertyNames.RUNTIME_NAME, RUNTIME);
    offer.put(PropertyNames.RUNTIME_VERSION, RUNTIME_VERSION);
    offer.put(PropertyNames.RUNTIME_CAPABILITIES, List.of());
    offer.put("golem.inf.cpu.architecture", architecture);
    offer.put(PropertyNames.CORES, hardware.threads());
    offer.put(PropertyNames.THREADS, hardware.threads());
    offer.put(PropertyNames.MEMORY, hardware.memory());
    offer.put(PropertyNames.STORAGE, hardware.storage());
    offer.put(PropertyNames.MULTI_ACTIVITY, true);
    offer.put("golem.srv.caps.payload-manifest", false);
    offer.put("golem.activity.caps.transfer.protocol", List.of("gftp", "http", "https"));
    offer.put("golem.activity.caps.transfer.report-progress", true);
    offer.put(PropertyNames.DEPLOY_PROGRESS, true);
    offer.put(PropertyNames.SCHEME, "payu");
    offer.put(DEBIT_NOTE_INTERVAL, USUAL_INTERVAL);
    offer.put(PAYMENT_TIMEOUT, USUAL_INTERVAL);
    offer.put(ACCEPT_TIMEOUT, LONGEST_ACCEPT_TIMEOUT);
    options.platforms().forEach(each -> offer.put(PropertyNames.address(each), wallet));
    offer.put(PropertyNames.PROTOCOL_VERSION, 3);
    offer.put(PropertyNames.PRICING_MODEL, "linear");
    offer.put(
        PropertyNames.USAGE_VECTOR, List.of(PropertyNames.USAGE_CPU, PropertyNames.USAGE_DURATION));
    ProviderOptions.Prices prices = options.prices();
    offer.put(
        PropertyNames.COEFFICIENTS,
        List.of(perSecond(prices.cpu()), perSecond(prices.env()), prices.start().doubleValue()));
    return new OfferTemplate(offer, options.subnet());
  }

  private static double perSecond(BigDecimal perHour) {
    return perHour.divide(HOUR, MathContext.DECIMAL64).doubleValue();
  }

  /** All of it, in an order that stays. */
  Map<String, Object> properties() {
    return new LinkedHashMap<>(properties);
  }

  /** What is published, or answered, at {@code now} with these properties. */
  DemandRequest request(Map<String, Object> agreed, Instant now) {
    return new DemandRequest(
        agreed,
        "(&(%s>%d)(%s=%s))"
            .formatted(PropertyNames.EXPIRATION, now.toEpochMilli(), PropertyNames.SUBNET, subnet));
  }
}
