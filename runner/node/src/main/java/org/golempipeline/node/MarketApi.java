package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.golem.wire.AgreementRequest;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.Reason;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** The endpoints below {@code /market-api/v1}. */
final class MarketApi {
  private static final String ROOT = "/market-api/v1";
  private static final int SCANNED_AT_ONCE = 500;
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

  private final Market market;
  private final Agreements agreements;
  private final Scans scans;

  MarketApi(NodeContext context, Market market, Agreements agreements) {
    this.market = market;
    this.agreements = agreements;
    scans = new Scans(context, market);
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
    routes.post(ROOT + "/scan", call -> Reply.json(201, scans.begin(call.json())));
    routes.feed(ROOT + "/scan/{scan}/events", MarketApi::wantsEvents, this::stream, this::scanned);
    routes.act(
        "DELETE", ROOT + "/scan/{scan}", Reply.empty(204), call -> scans.end(call.path("scan")));
  }

  private void demands(Routes routes, String root) {
    routes.post(
        root, call -> Reply.json(201, market.subscribe(content(call.body(DemandRequest.class)))));
    routes.get(root, call -> Reply.json(200, market.demands()));
    routes.act(
        "DELETE",
        root + "/{demand}",
        Reply.empty(204),
        call -> market.unsubscribe(call.path("demand")));
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
    routes.act(
        "POST",
        proposal + "/reject",
        Reply.empty(204),
        call -> {
          reason(call);
          market.reject(call.path("demand"), call.path("proposal"));
        });
  }

  private void agreements(Routes routes, String root) {
    routes.post(root, this::create);
    routes.get(root, this::list);
    String one = root + "/{agreement}";
    routes.get(one, call -> Reply.json(200, agreements.wire(call.path("agreement"))));
    routes.act(
        "POST",
        one + "/confirm",
        Reply.empty(204),
        call -> agreements.confirm(call.path("agreement"), call.query("appSessionId")));
    routes.late(
        "POST", one + "/wait", call -> agreements.await(call.path("agreement"), call.timeout(5)));
    routes.act(
        "POST",
        one + "/cancel",
        Reply.empty(200),
        call -> agreements.cancel(call.path("agreement"), reason(call)));
    routes.act(
        "POST",
        one + "/terminate",
        Reply.empty(200),
        call -> agreements.terminate(call.path("agreement"), reason(call)));
    routes.get(
        one + "/terminate/reason",
        call -> Reply.json(200, agreements.termination(call.path("agreement"))));
  }

  private static DemandRequest content(DemandRequest request) {
    if (Call.lacks(request.constraints())) {
      throw new ApiException(400, "Json deserialize error: missing field `constraints`");
    }
    return request;
  }

  private Reply create(Call call) {
    AgreementRequest request = call.body(AgreementRequest.class);
    if (Call.lacks(request.proposalId()) || Call.lacks(request.validTo())) {
      throw new ApiException(400, "Json deserialize error: missing field");
    }
    return Reply.json(200, agreements.create(request.proposalId(), request.validTo()));
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

  private CompletableFuture<Reply> scanned(Call call) {
    String id = call.path("scan");
    int limit = call.count("maxEvents", SCANNED_AT_ONCE);
    String provider = call.query("peerId");
    return provider == null
        ? scans.collect(id, call.timeout(5), limit)
        : CompletableFuture.completedFuture(Reply.json(200, scans.of(id, provider, limit)));
  }

  private Consumer<EventReader> stream(Call call) {
    String id = call.path("scan");
    scans.require(id);
    return reader -> scans.stream(id, reader);
  }

  /** Whether events are named before any other kind of answer. */
  private static boolean wantsEvents(String accept) {
    return accept.split("[,;]", 2)[0].strip().equalsIgnoreCase("text/event-stream");
  }
}
