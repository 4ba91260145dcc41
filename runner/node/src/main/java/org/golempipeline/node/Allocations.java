package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.AllocationRequest;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * Funds and what is reserved of them. An allocation is released at its timeout, which is noticed
 * when somebody looks. All methods take the context's lock.
 */
final class Allocations {
  private static final String PROBLEM_TYPE = "/payment-api/v1/allocations/validation-error";
  private static final String DEFAULT_PLATFORM = "erc20-holesky-tglm";
  private static final Duration DEFAULT_LIFE = Duration.ofDays(3650);

  /** What is in the wallet of this toy network. */
  private static final BigDecimal FUNDS = new BigDecimal("1000000000");

  private final NodeContext context;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  Allocations(NodeContext context) {
    this.context = context;
  }

  private static final class Entry {
    final String id;
    final String address;
    final String platform;
    final boolean deposit;
    final Instant created;
    BigDecimal total;
    BigDecimal spent = new BigDecimal("0");
    Instant timeout;
    Instant updated;
    boolean released;

    Entry(
        String id,
        String address,
        String platform,
        boolean deposit,
        Instant created,
        BigDecimal total,
        Instant timeout) {
      this.id = id;
      this.address = address;
      this.platform = platform;
      this.deposit = deposit;
      this.created = created;
      this.total = total;
      this.timeout = timeout;
      updated = created;
    }

    BigDecimal remaining() {
      return total.subtract(spent);
    }

    Allocation toWire() {
      return new Allocation(
          id,
          address,
          platform,
          total,
          spent,
          remaining(),
          updated,
          timeout,
          created,
          updated,
          deposit);
    }
  }

  Allocation create(JsonNode body) {
    AllocationRequest request = parse(body);
    BigDecimal total = request.totalAmount();
    String platform = platform(request.paymentPlatform(), body);
    synchronized (context.lock) {
      Instant now = context.moment();
      Instant timeout = request.timeout() == null ? now.plus(DEFAULT_LIFE) : request.timeout();
      String address = request.address() == null ? context.identity : request.address();
      requireValid(total, timeout, BigDecimal.ZERO, body, platform, address);
      boolean deposit = Boolean.TRUE.equals(request.makeDeposit());
      Entry entry =
          new Entry(
              context.uuid(),
              address.toLowerCase(Locale.ROOT),
              platform,
              deposit,
              now,
              total,
              timeout);
      entries.put(entry.id, entry);
      return entry.toWire();
    }
  }

  private static AllocationRequest parse(JsonNode body) {
    try {
      AllocationRequest request = WireJson.mapper().convertValue(body, AllocationRequest.class);
      if (!Call.lacks(request.totalAmount())) {
        return request;
      }
      throw new ApiException(400, "missing field `totalAmount`");
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, e.getMessage());
    }
  }

  private void requireValid(
      BigDecimal total,
      Instant timeout,
      BigDecimal own,
      JsonNode body,
      String platform,
      String address) {
    if (timeout.isBefore(context.now())) {
      ObjectNode problem = problem("timeout-passed", body, "The timeout has passed already.");
      throw refused(problem);
    }
    BigDecimal reserved =
        active().stream().map(Entry::remaining).reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal available = FUNDS.subtract(reserved).add(own);
    if (total.compareTo(available) > 0) {
      ObjectNode problem =
          problem(
              "insufficient-account-funds",
              body,
              "Insufficient funds to make allocation for payment platform " + platform);
      problem.put("requestedFunds", total.toPlainString());
      problem.put("availableFunds", available.toPlainString());
      problem.put("reservedFunds", reserved.toPlainString());
      problem.put("paymentPlatform", platform);
      problem.put("address", address);
      throw refused(problem);
    }
  }

  private static ObjectNode problem(String kind, JsonNode body, String detail) {
    ObjectNode problem = WireJson.mapper().createObjectNode();
    problem.put("type", PROBLEM_TYPE);
    problem.put("instance", PROBLEM_TYPE + "/" + kind);
    problem.put("detail", detail);
    problem.set("requestBody", body);
    return problem;
  }

  private static ApiException refused(ObjectNode problem) {
    return new ApiException(Reply.json(400, "application/problem+json", problem));
  }

  private static String platform(@Nullable JsonNode asked, JsonNode body) {
    if (asked == null || asked.isNull()) {
      return DEFAULT_PLATFORM;
    }
    String name = asked.isTextual() ? asked.asText() : fromParts(asked);
    if (!LocalProvider.PLATFORMS.contains(name)) {
      throw refused(problem("bad-platform", body, "Unknown payment platform: " + name));
    }
    return name;
  }

  private static String fromParts(JsonNode parts) {
    String token = parts.path("token").asText("");
    String network = parts.path("network").asText(token.equals("glm") ? "polygon" : "holesky");
    boolean real = network.equals("mainnet") || network.equals("polygon");
    return "%s-%s-%s"
        .formatted(
            parts.path("driver").asText("erc20"),
            network,
            token.isEmpty() ? (real ? "glm" : "tglm") : token);
  }

  private List<Entry> active() {
    return entries.values().stream().filter(this::isActive).toList();
  }

  private boolean isActive(Entry entry) {
    if (!entry.released && entry.timeout.isBefore(context.now())) {
      entry.released = true;
    }
    return !entry.released;
  }

  List<Allocation> list(Instant after) {
    synchronized (context.lock) {
      return active().stream()
          .filter(each -> each.timeout.isAfter(after))
          .map(Entry::toWire)
          .toList();
    }
  }

  Allocation get(String id) {
    synchronized (context.lock) {
      return find(id).toWire();
    }
  }

  private Entry find(String id) {
    Entry entry = entries.get(id);
    if (entry == null || !isActive(entry)) {
      throw new ApiException(404, "Allocation " + id + " not found");
    }
    return entry;
  }

  Allocation amend(String id, JsonNode body) {
    synchronized (context.lock) {
      Entry entry = find(id);
      BigDecimal total = entry.total;
      Instant timeout = entry.timeout;
      try {
        total = body.hasNonNull("totalAmount") ? decimal(body.get("totalAmount")) : total;
        timeout =
            body.hasNonNull("timeout") ? WireJson.time(body.get("timeout").asText()) : timeout;
      } catch (NumberFormatException | DateTimeException e) {
        throw new ApiException(400, e.getMessage());
      }
      requireValid(total, timeout, entry.remaining(), body, entry.platform, entry.address);
      if (total.compareTo(entry.spent) < 0) {
        throw refused(
            problem("insufficient-account-funds", body, "More than this was already spent."));
      }
      entry.total = total;
      entry.timeout = timeout;
      entry.updated = context.moment();
      return entry.toWire();
    }
  }

  private static BigDecimal decimal(JsonNode value) {
    return new BigDecimal(value.asText());
  }

  void release(String id) {
    synchronized (context.lock) {
      Entry entry = entries.get(id);
      if (entry == null) {
        throw new ApiException(404, "Allocation " + id + " not found");
      }
      if (!isActive(entry)) {
        throw new ApiException(410, "Allocation " + id + " already released");
      }
      entry.released = true;
    }
  }

  /** Takes an accepted amount out of an allocation. */
  void spend(String id, BigDecimal amount) {
    synchronized (context.lock) {
      Entry entry = entries.get(id);
      if (entry == null || !isActive(entry)) {
        throw new ApiException(400, "Allocation " + id + " not found");
      }
      if (entry.remaining().compareTo(amount) < 0) {
        throw new ApiException(
            400,
            "Not enough funds. Allocated: %s Needed: %s"
                .formatted(entry.remaining().toPlainString(), amount.toPlainString()));
      }
      if (amount.signum() != 0) {
        entry.spent = entry.spent.add(amount);
        entry.updated = context.moment();
      }
    }
  }

  /** What a demand must say so that these allocations can pay. */
  Decorations decorations(List<String> ids) {
    synchronized (context.lock) {
      List<Decorations.Property> properties = new ArrayList<>();
      List<String> addresses = new ArrayList<>();
      boolean deposit = false;
      for (String id : ids) {
        Entry entry = find(id);
        String key = PropertyNames.address(entry.platform);
        String constraint = "(" + key + "=*)";
        if (!addresses.contains(constraint)) {
          properties.add(new Decorations.Property(key, entry.address));
          addresses.add(constraint);
        }
        deposit |= entry.deposit;
      }
      properties.add(new Decorations.Property(PropertyNames.PROTOCOL_VERSION, "3"));
      String any =
          addresses.size() == 1
              ? addresses.get(0)
              : "(|\n  " + String.join("\n  ", addresses) + "\n)";
      String version = "(" + PropertyNames.PROTOCOL_VERSION + ">" + (deposit ? 2 : 1) + ")";
      return new Decorations(properties, List.of(any, version));
    }
  }
}
