package org.golempipeline.node;

import static org.golempipeline.golem.wire.PropertyNames.ACCEPT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.COEFFICIENTS;
import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.EXPIRATION;
import static org.golempipeline.golem.wire.PropertyNames.PAYMENT_TIMEOUT;
import static org.golempipeline.golem.wire.PropertyNames.SUBNET;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/**
 * A provider that the node plays: its offer and the rules by which it negotiates. It offers far
 * more than any machine has, so that a pipeline made for big machines can be tried on a small one,
 * and it is in every subnet.
 */
final class LocalProvider {
  static final List<String> PLATFORMS =
      List.of(
          "erc20-hoodi-tglm",
          "erc20-holesky-tglm",
          "erc20-sepolia-tglm",
          "erc20-amoy-tglm",
          "erc20-polygon-glm",
          "erc20-mainnet-glm");

  private static final long MIN_ACCEPT_TIMEOUT = 5;
  private static final long MAX_ACCEPT_TIMEOUT = 240;
  private static final long DAY_SECONDS = 24 * 3600;
  private static final Duration SHORTEST = Duration.ofMinutes(5);
  private static final Duration LONGEST_WITHOUT_NOTES = Duration.ofMinutes(30);
  private static final Duration LONGEST_WITHOUT_PAYMENTS = Duration.ofHours(10);

  final int number;
  final String id;
  final String name;
  final String offerId;
  final Instant published;

  /** The agreement it works for; it has time for one. */
  @Nullable AgreementEntry running;

  private final NodeContext context;
  private final Map<String, Object> offer;

  /** It vanished; that ends when the fault is switched off. */
  private volatile boolean gone;

  LocalProvider(NodeContext context, int number) {
    this.context = context;
    this.number = number;
    id = context.nodeId();
    name = "local-" + (number + 1);
    offerId = context.hex(32) + "-" + context.hex(64);
    published = context.moment();
    offer = offer(id, name, context.options.free());
  }

  private static Map<String, Object> offer(String id, String name, boolean free) {
    Map<String, Object> offer = new LinkedHashMap<>();
    offer.put("golem.activity.caps.transfer.protocol", List.of("https", "gftp", "http"));
    offer.put("golem.activity.caps.transfer.report-progress", true);
    offer.put(PropertyNames.DEPLOY_PROGRESS, true);
    offer.put(ACCEPT_TIMEOUT, MAX_ACCEPT_TIMEOUT);
    PLATFORMS.forEach(platform -> offer.put(PropertyNames.address(platform), id));
    offer.put(PropertyNames.PROTOCOL_VERSION, 3);
    offer.put(PropertyNames.PRICING_MODEL, "linear");
    // Floats even when they are whole: SDKs insist on it.
    offer.put(COEFFICIENTS, free ? List.of(0.0, 0.0, 0.0) : List.of(2.777e-05, 5.555e-06, 0.0));
    offer.put(PropertyNames.SCHEME, "payu");
    offer.put(DEBIT_NOTE_INTERVAL, 120);
    offer.put(PAYMENT_TIMEOUT, 120);
    offer.put(
        PropertyNames.USAGE_VECTOR, List.of(PropertyNames.USAGE_CPU, PropertyNames.USAGE_DURATION));
    offer.put("golem.inf.cpu.architecture", "x86_64");
    offer.put("golem.inf.cpu.brand", "Embedded node");
    offer.put("golem.inf.cpu.capabilities", List.of("sse3", "pclmulqdq", "aes", "avx"));
    offer.put(PropertyNames.CORES, 32);
    offer.put("golem.inf.cpu.model", "Stepping 1 Family 25 Model 1");
    offer.put(PropertyNames.THREADS, 64);
    offer.put("golem.inf.cpu.vendor", "AuthenticAMD");
    offer.put(PropertyNames.MEMORY, 512.0);
    offer.put(PropertyNames.STORAGE, 4096.0);
    offer.put(PropertyNames.NODE_NAME, name);
    offer.put("golem.node.net.is-public", true);
    offer.put(
        PropertyNames.RUNTIME_CAPABILITIES,
        List.of("inet", "vpn", "manifest-support", "start-entrypoint"));
    offer.put(PropertyNames.RUNTIME_NAME, "vm");
    offer.put(PropertyNames.RUNTIME_VERSION, "0.5.2");
    offer.put(PropertyNames.MULTI_ACTIVITY, true);
    offer.put("golem.srv.caps.payload-manifest", true);
    return offer;
  }

  /** The offer as a demand with these properties sees it. */
  Map<String, Object> offerFor(Map<String, Object> demand) {
    Map<String, Object> seen = new LinkedHashMap<>(offer);
    seen.put(SUBNET, subnet(demand));
    return seen;
  }

  String constraintsFor(Map<String, Object> demand) {
    return "(&\n  (golem.srv.comp.expiration>%d)\n  (golem.node.debug.subnet=%s)\n)"
        .formatted(published.toEpochMilli(), subnet(demand));
  }

  private static Object subnet(Map<String, Object> demand) {
    return demand.getOrDefault(SUBNET, "public");
  }

  boolean has(ProviderFault fault) {
    return context.faults.has(number, fault);
  }

  /** How much longer its next command takes. */
  Duration delay() {
    return context.faults.delay(number);
  }

  /** How long it takes it to move so many bytes. */
  Duration transferTime(long bytes) {
    return context.faults.transferTime(number, bytes);
  }

  /** What it makes of a file that it returns, null if it is honest. */
  @Nullable Lie lie() {
    if (has(ProviderFault.COLLUDES)) {
      return new Lie(1);
    }
    return has(ProviderFault.LIES) ? new Lie(1 + number % 15) : null;
  }

  /** Fails as the daemon does when the provider is gone. */
  void requireReachable() {
    if (has(ProviderFault.VANISHES) && gone) {
      throw ApiException.unreachable(address());
    }
  }

  /** Where a unit of it is looked for in vain: the unit, or the provider itself. */
  String address(String activityId) {
    return has(ProviderFault.VANISHES) && gone ? address() : "/public/exeunit/" + activityId;
  }

  private String address() {
    return "/net/" + id + "/market/protocol/mk1";
  }

  void vanish() {
    gone = true;
  }

  /** What a counter-proposal is answered with: an offer, or the reason of a rejection. */
  record Answer(Map<String, Object> offer, @Nullable String rejection) {}

  Answer negotiate(Map<String, Object> demand) {
    Map<String, Object> answer = offerFor(demand);
    String rejection = objection(demand, answer);
    return new Answer(answer, rejection);
  }

  private @Nullable String objection(Map<String, Object> demand, Map<String, Object> answer) {
    if (has(ProviderFault.REFUSES_PROPOSALS)) {
      return "Rejected by this provider.";
    }
    if (!demand.containsKey(PropertyNames.CHOSEN_PLATFORM)) {
      return "Missing fields: " + PropertyNames.CHOSEN_PLATFORM;
    }
    if (running != null && running.state.equals(AgreementEntry.APPROVED)) {
      return "No capacity available. Reached Agreements limit: 1";
    }
    if (!(demand.get(EXPIRATION) instanceof Number expiration)) {
      return "Missing fields: " + EXPIRATION;
    }
    Duration left = Duration.between(context.now(), Instant.ofEpochMilli(expiration.longValue()));
    if (left.compareTo(SHORTEST) < 0) {
      return "Proposal expires at: too soon, at least 5min from now is required.";
    }
    if (!demand.containsKey(ACCEPT_TIMEOUT) && left.compareTo(LONGEST_WITHOUT_NOTES) > 0) {
      return "Proposal expires too late. Without debit note acceptance at most 30min is allowed.";
    }
    if (!demand.containsKey(PAYMENT_TIMEOUT) && left.compareTo(LONGEST_WITHOUT_PAYMENTS) >= 0) {
      return "Agreement of 10h and more requires mid-agreement payments.";
    }
    adoptPrice(demand, answer);
    boolean agreed =
        adopt(ACCEPT_TIMEOUT, MIN_ACCEPT_TIMEOUT, MAX_ACCEPT_TIMEOUT, demand, answer)
            && adopt(DEBIT_NOTE_INTERVAL, 1, DAY_SECONDS, demand, answer)
            && adopt(PAYMENT_TIMEOUT, 1, DAY_SECONDS, demand, answer);
    return agreed ? null : "A negotiable property is out of range.";
  }

  /** Takes the demand's value of a negotiable property, or drops ours if it has none. */
  private static boolean adopt(
      String key, long least, long most, Map<String, Object> demand, Map<String, Object> answer) {
    if (!(demand.get(key) instanceof Number value)) {
      answer.remove(key);
      return true;
    }
    answer.put(key, value);
    return value.doubleValue() >= least && value.doubleValue() <= most;
  }

  /** A requestor may offer more than was asked. */
  private static void adoptPrice(Map<String, Object> demand, Map<String, Object> answer) {
    if (!(demand.get(COEFFICIENTS) instanceof List<?> offered)
        || !(answer.get(COEFFICIENTS) instanceof List<?> asked)
        || offered.size() != asked.size()) {
      return;
    }
    for (int i = 0; i < offered.size(); i++) {
      if (!(offered.get(i) instanceof Number more)
          || !(asked.get(i) instanceof Number least)
          || more.doubleValue() < least.doubleValue()) {
        return;
      }
    }
    answer.put(COEFFICIENTS, offered.stream().map(each -> ((Number) each).doubleValue()).toList());
  }

  /** What it thinks of an agreement that was sent to it: a reason to reject it, or null. */
  @Nullable String refusal(Agreement agreement) {
    if (has(ProviderFault.REFUSES_AGREEMENTS)) {
      return "Negotiations aren't finished.";
    }
    return objection(agreement.demand().properties(), new LinkedHashMap<>(offer));
  }
}
