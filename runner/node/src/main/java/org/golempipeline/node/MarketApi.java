package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.wire.AgreementRequest;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.Offer;
import org.golempipeline.golem.wire.Reason;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** The endpoints below {@code /market-api/v1}. */
final class MarketApi {
  private static final String ROOT = "/market-api/v1";
  private static final Instant BEGINNING = Instant.parse("2016-11-11T00:00:00Z");
  private static final Set<String> STATES =
      Set.of(
          AgreementEntry.PROPOSAL,
          AgreementEntry.PENDING,
          AgreementEntry.CANCELLED,
          AgreementEntry.REJECTED,
          AgreementEntry.APPROVED,
          AgreementEntry.EXPIRED,
          AgreementEntry.TERMINATED);

  private final NodeContext context;
  private final Market market;
  private final Agreements agreements;

  /** Open scans, and what they have not delivered yet. */
  private final Map<String, List<Offer>> scans = new HashMap<>();

  private int lastScan;

  MarketApi(NodeContext context, Market market, Agreements agreements) {
    this.context = context;
    this.market = market;
    this.agreements = agreements;
  }

  void addTo(Routes routes) {
    demands(routes, ROOT + "/demands");
    agreements(routes, ROOT + "/agreements");
    routes.late(
        "GET",
        ROOT + "/agreementEvents",
        call ->
            agreements.events(
                call.timeout(5),
                call.integer("maxEvents", 20),
                call.timeOr("afterTimestamp", BEGINNING),
                call.query("appSessionId")));
    routes.post(ROOT + "/scan", this::beginScan);
    routes.late("GET", ROOT + "/scan/{scan}/events", this::scanned);
    routes.delete(ROOT + "/scan/{scan}", this::endScan);
  }

  private void demands(Routes routes, String root) {
    routes.post(
        root, call -> Reply.json(201, market.subscribe(content(call.body(DemandRequest.class)))));
    routes.get(root, call -> Reply.json(200, market.demands()));
    routes.delete(
        root + "/{demand}",
        call -> {
          market.unsubscribe(call.path("demand"));
          return Reply.empty(204);
        });
    routes.late(
        "GET",
        root + "/{demand}/events",
        call -> market.events(call.path("demand"), call.timeout(5), call.integer("maxEvents", 20)));
    String proposal = root + "/{demand}/proposals/{proposal}";
    routes.post(
        proposal,
        call ->
            Reply.json(
                200,
                market.counter(
                    call.path("demand"),
                    call.path("proposal"),
                    content(call.body(DemandRequest.class)))));
    routes.get(
        proposal,
        call ->
            Reply.json(200, market.proposal(call.path("demand"), call.path("proposal")).toWire()));
    routes.post(
        proposal + "/reject",
        call -> {
          reason(call);
          market.reject(call.path("demand"), call.path("proposal"));
          return Reply.empty(204);
        });
  }

  private void agreements(Routes routes, String root) {
    routes.post(root, this::create);
    routes.get(root, this::list);
    String one = root + "/{agreement}";
    routes.get(one, call -> Reply.json(200, agreements.wire(call.path("agreement"))));
    routes.post(
        one + "/confirm",
        call -> {
          agreements.confirm(call.path("agreement"), call.query("appSessionId"));
          return Reply.empty(204);
        });
    routes.late(
        "POST", one + "/wait", call -> agreements.await(call.path("agreement"), call.timeout(5)));
    routes.post(
        one + "/cancel",
        call -> {
          agreements.cancel(call.path("agreement"), reason(call));
          return Reply.empty(200);
        });
    routes.post(
        one + "/terminate",
        call -> {
          agreements.terminate(call.path("agreement"), reason(call));
          return Reply.empty(200);
        });
    routes.get(
        one + "/terminate/reason",
        call -> Reply.json(200, agreements.termination(call.path("agreement"))));
  }

  @SuppressWarnings("ConstantValue")
  private static DemandRequest content(DemandRequest request) {
    if ((Object) request.constraints() == null) {
      throw new ApiException(400, "Json deserialize error: missing field `constraints`");
    }
    return request;
  }

  private Reply create(Call call) {
    AgreementRequest request = call.body(AgreementRequest.class);
    if (missing(request.proposalId()) || missing(request.validTo())) {
      throw new ApiException(400, "Json deserialize error: missing field");
    }
    return Reply.json(200, agreements.create(request.proposalId(), request.validTo()));
  }

  private static boolean missing(@Nullable Object value) {
    return value == null;
  }

  private Reply list(Call call) {
    String state = call.query("state");
    if (state != null && !STATES.contains(state)) {
      throw new ApiException(400, "Query deserialize error: unknown state " + state);
    }
    return Reply.json(
        200,
        agreements.list(
            state, call.time("beforeDate"), call.time("afterDate"), call.query("appSessionId")));
  }

  /** A reason must be given, though it may be null. */
  private static @Nullable Reason reason(Call call) {
    JsonNode body = call.json();
    if (body.isNull()) {
      return null;
    }
    if (!body.hasNonNull("message")) {
      throw new ApiException(400, "Json deserialize error: missing field `message`");
    }
    return Objects.requireNonNull(WireJson.mapper().convertValue(body, Reason.class));
  }

  private Reply beginScan(Call call) {
    JsonNode body = call.json();
    boolean offers = body.path("type").asText().equals("offer");
    Constraints constraints = Constraints.parse(body.path("constraints").asText("()"));
    synchronized (context.lock) {
      lastScan++;
      String id = Integer.toString(lastScan);
      scans.put(id, offers ? market.offers(constraints) : List.of());
      return Reply.json(201, id);
    }
  }

  private CompletableFuture<Reply> scanned(Call call) {
    String id = call.path("scan");
    Duration timeout = call.timeout(5);
    synchronized (context.lock) {
      if (!scans.containsKey(id)) {
        throw new ApiException(404, "Scan [" + id + "] not found");
      }
      return new Topic(context)
          .await(
              timeout,
              () -> {
                List<Offer> offers = scans.put(id, List.of());
                return offers == null || offers.isEmpty() ? null : Reply.json(200, offers);
              },
              () -> Reply.json(200, List.of()));
    }
  }

  private Reply endScan(Call call) {
    synchronized (context.lock) {
      if (scans.remove(call.path("scan")) == null) {
        throw new ApiException(404, "Scan not found");
      }
      return Reply.empty(204);
    }
  }
}
