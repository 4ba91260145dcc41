package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.proposalId;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The inconvenient rules of the market. */
class MarketContractTest extends NodeTest {
  @Override
  Timings timings() {
    return Timings.REAL
        .withDemandLife(Duration.ofSeconds(2))
        .withIdleAgreement(Duration.ofSeconds(2));
  }

  @Test
  @Tag(NODE_ONLY)
  void eventsAreReadOnce() {
    String demand = requestor.subscribe();
    JsonNode page = requestor.events(demand, 5).expect(200).json();
    assertThat(page).hasSize(2);
    assertThat(page.get(0).at("/proposal/prevProposalId").isMissingNode()).isTrue();
    assertThat(requestor.events(demand, 0.1).expect(200).text()).isEqualTo("[]");
  }

  @Test
  void pageSizesAreChecked() {
    String demand = requestor.subscribe();
    for (String size : new String[] {"0", "101"}) {
      requestor.get(MARKET + "/demands/" + demand + "/events?maxEvents=" + size).expect(400);
    }
  }

  @Test
  @Tag(NODE_ONLY)
  void unsubscribingEndsPendingPolls() throws Exception {
    String demand = requestor.subscribe();
    requestor.events(demand, 1);
    CompletableFuture<Requestor.Answer> poll =
        requestor.getLater(MARKET + "/demands/" + demand + "/events?timeout=20");
    requestor.delete(MARKET + "/demands/" + demand).expect(204);
    assertThat(poll.get(120, TimeUnit.SECONDS).status()).isEqualTo(404);
    requestor.delete(MARKET + "/demands/" + demand).expect(404);
  }

  @Test
  @Tag(NODE_ONLY)
  void demandsExpire() {
    String demand = requestor.subscribe();
    requestor.events(demand, 1);
    requestor.events(demand, 10).expect(404);
  }

  @Test
  @Tag(NODE_ONLY)
  void offersHaveFlatKeysAndFloatPrices() {
    Map<String, Object> nested =
        Map.of("golem", Map.of("node", Map.of("debug", Map.of("subnet", "x"))));
    String demand =
        requestor
            .post(MARKET + "/demands", Map.of("properties", nested, "constraints", "()"))
            .expect(201)
            .json()
            .asText();
    // The offer asks for an expiration that this demand does not have.
    assertThat(requestor.events(demand, 0.1).text()).isEqualTo("[]");
    JsonNode listed = requestor.get(MARKET + "/demands").json().get(0);
    assertThat(listed.at("/properties/golem.node.debug.subnet").asText()).isEqualTo("x");
    String other = requestor.subscribe();
    String offer = requestor.events(other, 1).text();
    assertThat(offer).contains("\"golem.com.pricing.model.linear.coeffs\":[0.0,0.0,0.0]");
    assertThat(offer).contains("\"golem.com.payment.protocol.version\":3");
  }

  @Test
  void emptyConstraintsNeverMatch() {
    Map<String, Object> body =
        Map.of("properties", requestor.demandProperties(), "constraints", "");
    String demand = requestor.post(MARKET + "/demands", body).expect(201).json().asText();
    assertThat(requestor.events(demand, 0.1).text()).isEqualTo("[]");
  }

  @Test
  @Tag(NODE_ONLY)
  void counterIsCheckedAgainAndWorksOnce() {
    String demand = requestor.subscribe();
    String initial = proposalId(requestor.event(demand));
    String path = MARKET + "/demands/" + demand + "/proposals/" + initial;
    assertThat(
            requestor
                .post(path, Map.of("properties", Map.of(), "constraints", Requestor.CONSTRAINTS))
                .expect(400)
                .text())
        .contains("Mismatched constraints");
    requestor.counter(demand, initial, requestor.demandProperties()).expect(200);
    requestor.counter(demand, initial, requestor.demandProperties()).expect(410);
    requestor.counter(demand, "R-unknown", requestor.demandProperties()).expect(404);
  }

  @Test
  @Tag(NODE_ONLY)
  void counterWithoutPlatformIsRejectedWithReason() {
    String demand = requestor.subscribe();
    String initial = proposalId(requestor.event(demand));
    String ours =
        requestor
            .post(
                MARKET + "/demands/" + demand + "/proposals/" + initial,
                requestor.demandBody(requestor.demandProperties()))
            .expect(200)
            .json()
            .asText();
    JsonNode rejected = requestor.event(demand);
    assertThat(rejected.get("eventType").asText()).isEqualTo("ProposalRejectedEvent");
    assertThat(rejected.get("proposalId").asText()).isEqualTo(ours);
    assertThat(rejected.at("/reason/message").asText()).contains("chosen-platform");
  }

  @Test
  void draftAdoptsNegotiableValues() {
    String demand = requestor.subscribe();
    JsonNode properties = requestor.draft(demand).at("/proposal/properties");
    assertThat(properties.get("golem.com.payment.debit-notes.accept-timeout?").asInt())
        .isEqualTo(120);
    assertThat(properties.get("golem.com.scheme.payu.payment-timeout-sec?").asInt())
        .isEqualTo(43200);
  }

  @Test
  @Tag(NODE_ONLY)
  void shortExpirationsAreRejected() {
    Map<String, Object> properties = requestor.demandProperties();
    properties.put("golem.srv.comp.expiration", Instant.now().plusSeconds(200).toEpochMilli());
    String demand = requestor.subscribe();
    requestor.counter(demand, proposalId(requestor.event(demand)), properties).expect(200);
    assertThat(requestor.event(demand).at("/reason/message").asText()).contains("5min");
  }

  @Test
  @Tag(NODE_ONLY)
  void withoutAcceptTimeoutHalfAnHourIsTheMost() {
    Map<String, Object> properties = requestor.demandProperties();
    properties.remove("golem.com.payment.debit-notes.accept-timeout?");
    properties.put("golem.srv.comp.expiration", Instant.now().plusSeconds(3600).toEpochMilli());
    String demand = requestor.subscribe();
    requestor.counter(demand, proposalId(requestor.event(demand)), properties).expect(200);
    assertThat(requestor.event(demand).at("/reason/message").asText()).contains("30min");
  }

  @Test
  @Tag(NODE_ONLY)
  void rejectionNeedsABodyAndAKnownProposal() {
    String demand = requestor.subscribe();
    String initial = proposalId(requestor.event(demand));
    String path = MARKET + "/demands/" + demand + "/proposals/";
    requestor.post(path + initial + "/reject", "").expect(400);
    requestor.post(path + initial + "/reject", "null").expect(204);
    requestor.post(path + "R-unknown/reject", Map.of("message", "no")).expect(500);
    // A rejected proposal may still be countered.
    requestor.counter(demand, initial, requestor.demandProperties()).expect(200);
  }

  @Test
  void agreementsAreMadeFromDraftsOnce() {
    String demand = requestor.subscribe();
    JsonNode initial = requestor.event(demand);
    requestor.createAgreement(initial).expect(400);
    JsonNode draft = requestor.draft(demand);
    requestor.createAgreement(draft).expect(200);
    requestor.createAgreement(draft).expect(409);
  }

  @Test
  void agreementGoesThroughItsStates() {
    String demand = requestor.subscribe();
    String agreement = requestor.createAgreement(requestor.draft(demand)).json().asText();
    assertThat(agreement).matches("[0-9a-f]{64}");
    String path = MARKET + "/agreements/" + agreement;
    assertThat(requestor.agreementState(agreement)).isEqualTo("Proposal");
    requestor.await(agreement, 0.1).expect(400);
    requestor.terminate(agreement).expect(409);
    requestor.get(path + "/terminate/reason").expect(400);
    requestor.confirm(agreement).expect(204);
    requestor.confirm(agreement).expect(410);
    requestor.await(agreement, 5).expect(204);
    JsonNode approved = requestor.get(path).expect(200).json();
    assertThat(approved.at("/demand/demandId").asText()).isEqualTo(demand);
    assertThat(approved.get("appSessionId").asText()).isEqualTo(requestor.session);
    assertThat(
            requestor
                .get(MARKET + "/agreements?state=Approved&appSessionId=" + requestor.session)
                .json())
        .hasSize(1);
    requestor.post(path + "/terminate", "").expect(400);
    assertThat(requestor.terminate(agreement).expect(200).text()).isEmpty();
    requestor.terminate(agreement).expect(410);
    assertThat(requestor.get(path + "/terminate/reason").expect(200).json().get("terminator"))
        .hasToString("\"Requestor\"");
  }

  @Test
  @Tag(NODE_ONLY)
  void agreementsCanBeCancelledAndExpire() {
    String demand = requestor.subscribe();
    node.faults().provider(0, ProviderFault.IGNORES_AGREEMENTS);
    node.faults().provider(1, ProviderFault.IGNORES_AGREEMENTS);
    String agreement = requestor.createAgreement(requestor.draft(demand)).json().asText();
    requestor.confirm(agreement).expect(204);
    assertThat(requestor.agreementState(agreement)).isEqualTo("Pending");
    requestor.await(agreement, 0.2).expect(408);
    String path = MARKET + "/agreements/" + agreement;
    requestor.post(path + "/cancel", "null").expect(200);
    assertThat(requestor.await(agreement, 1).expect(410).json().get("message").asText())
        .isEqualTo("Cancelled");
    JsonNode draft = requestor.draft(requestor.subscribe());
    String late =
        requestor
            .post(
                MARKET + "/agreements",
                Map.of("proposalId", proposalId(draft), "validTo", Instant.now().toString()))
            .expect(200)
            .json()
            .asText();
    requestor.confirm(late).expect(410);
    assertThat(requestor.agreementState(late)).isEqualTo("Expired");
  }

  @Test
  @Tag(NODE_ONLY)
  void busyProviderOffersAgainWhenItIsFree() {
    String agreement = requestor.agreement();
    String busy =
        requestor.get(MARKET + "/agreements/" + agreement).json().at("/offer/providerId").asText();
    String demand = requestor.subscribe();
    JsonNode page = requestor.events(demand, 1).json();
    assertThat(page).hasSize(1);
    assertThat(page.get(0).at("/proposal/issuerId").asText()).isNotEqualTo(busy);
    requestor.terminate(agreement).expect(200);
    assertThat(requestor.event(demand).at("/proposal/issuerId").asText()).isEqualTo(busy);
  }

  @Test
  @Tag(NODE_ONLY)
  void idleAgreementIsEndedByTheProvider() {
    String agreement = requestor.agreement();
    String events = MARKET + "/agreementEvents?timeout=10&appSessionId=" + requestor.session;
    JsonNode approved = requestor.get(events).json().get(0);
    JsonNode ended =
        requestor
            .get(events + "&afterTimestamp=" + approved.get("eventDate").asText())
            .json()
            .get(0);
    assertThat(ended.get("terminator").asText()).isEqualTo("Provider");
    assertThat(ended.at("/reason/golem.provider.code").asText()).isEqualTo("NoActivity");
    assertThat(ended.at("/reason/message").asText()).isNotEmpty();
    requestor.terminate(agreement).expect(410);
  }

  @Test
  @Tag(NODE_ONLY)
  void agreementEventsStayAndAreFilteredBySession() {
    requestor.agreement();
    String path = MARKET + "/agreementEvents?timeout=0.1&appSessionId=";
    assertThat(requestor.get(path + requestor.session).json()).hasSize(1);
    assertThat(requestor.get(path + requestor.session).json()).hasSize(1);
    assertThat(requestor.get(path + "other").text()).isEqualTo("[]");
    assertThat(requestor.get(MARKET + "/agreementEvents?timeout=0.1").json()).hasSize(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void scansListOffers() {
    String scan =
        requestor
            .post(
                MARKET + "/scan", Map.of("type", "offer", "constraints", "(golem.runtime.name=vm)"))
            .expect(201)
            .json()
            .asText();
    Set<String> providers = new HashSet<>();
    requestor
        .get(MARKET + "/scan/" + scan + "/events?timeout=1")
        .expect(200)
        .json()
        .forEach(offer -> providers.add(offer.get("providerId").asText()));
    assertThat(providers).hasSize(2);
    assertThat(requestor.get(MARKET + "/scan/" + scan + "/events?timeout=0").json()).isEmpty();
    requestor.delete(MARKET + "/scan/" + scan + "/events").expect(405);
    requestor.delete(MARKET + "/scan/" + scan).expect(204);
    requestor.get(MARKET + "/scan/" + scan + "/events").expect(404);
    requestor.delete(MARKET + "/scan/" + scan).expect(404);
  }

  private String scan(Map<String, Object> request) {
    return requestor.post(MARKET + "/scan", request).expect(201).json().asText();
  }

  private static Set<String> ids(JsonNode offers) {
    Set<String> ids = new HashSet<>();
    offers.forEach(each -> ids.add(each.get("providerId").asText()));
    return ids;
  }

  @Test
  @Tag(NODE_ONLY)
  void scansGiveAsManyAsAskedFor() {
    String events = MARKET + "/scan/" + scan(Map.of("type", "offer")) + "/events";
    requestor.get(events + "?maxEvents=-1").expect(400);
    Set<String> ids = ids(requestor.get(events + "?maxEvents=1").expect(200).json());
    assertThat(ids).hasSize(1);
    String first = ids.iterator().next();
    ids.addAll(ids(requestor.get(events + "?maxEvents=1").expect(200).json()));
    assertThat(ids).hasSize(2);
    // One provider can be asked again.
    assertThat(ids(requestor.get(events + "?peerId=" + first).expect(200).json()))
        .containsExactly(first);
  }

  @Test
  void scansOfNonsenseAreRefused() {
    requestor.post(MARKET + "/scan", Map.of()).expect(400);
    requestor.post(MARKET + "/scan", Map.of("type", "x")).expect(400);
    requestor.post(MARKET + "/scan", Map.of("type", "offer", "constraints", "((")).expect(400);
    String demands = MARKET + "/scan/" + scan(Map.of("type", "demand")) + "/events?timeout=0";
    assertThat(requestor.get(demands).expect(200).json()).isEmpty();
  }

  @Test
  @Tag(NODE_ONLY)
  void scansAreStreamedUntilTheyEnd() throws Exception {
    String scan = scan(Map.of("type", "offer"));
    HttpResponse<Stream<String>> response =
        Requestor.HTTP
            .sendAsync(
                requestor
                    .request(MARKET + "/scan/" + scan + "/events")
                    .setHeader("Accept", "text/event-stream, */*;q=0.1")
                    .build(),
                HttpResponse.BodyHandlers.ofLines())
            .get(120, TimeUnit.SECONDS);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    Iterator<String> lines = response.body().iterator();
    for (int i = 0; i < 2; i++) {
      assertThat(lines.next()).isEqualTo("event: offer");
      String data = lines.next();
      assertThat(data).startsWith("data: ");
      assertThat(Requestor.JSON.readTree(data.substring(6)).get("providerId").asText())
          .startsWith("0x");
      assertThat(lines.next()).isEmpty();
    }
    requestor.delete(MARKET + "/scan/" + scan).expect(204);
    CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(lines::hasNext);
    assertThat(more.get(120, TimeUnit.SECONDS)).isFalse();
    HttpRequest.Builder again =
        requestor
            .request(MARKET + "/scan/" + scan + "/events")
            .setHeader("Accept", "text/event-stream");
    requestor.send(again).expect(404);
  }

  @Test
  @Tag(NODE_ONLY)
  void scansThatNobodyReadsAreForgotten() {
    String events = "/scan/" + scan(Map.of("type", "offer", "timeout", 0)) + "/events?timeout=0";
    Waiting.until(() -> requestor.get(MARKET + events).status() == 404);
  }
}
