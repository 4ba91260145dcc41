package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultsTest extends NodeTest {
  @Override
  int providers() {
    return 1;
  }

  @Override
  boolean free() {
    return false;
  }

  @Test
  void endpointsFailAsOftenAsAsked() {
    node.faults().endpoint("GET", "/me", EndpointFault.INTERNAL_ERROR, 1, 1);
    node.faults().endpoint("GET", "/healthcheck", EndpointFault.TIMEOUT, 1, 1);
    requestor.get("/me").expect(500);
    requestor.get("/me").expect(200);
    requestor.get("/healthcheck").expect(408);
    requestor.get("/healthcheck").expect(200);
  }

  @Test
  void aLostAnswerWasDoneAndALostRequestWasNot() {
    Map<String, Object> demand = requestor.demandBody(requestor.demandProperties());
    for (EndpointFault fault :
        new EndpointFault[] {EndpointFault.LOST_ANSWER, EndpointFault.LOST_REQUEST}) {
      node.faults().endpoint("POST", MARKET + "/demands", fault, 1, 1);
      assertThatThrownBy(() -> requestor.post(MARKET + "/demands", demand))
          .isInstanceOf(UncheckedIOException.class);
    }
    assertThat(requestor.get(MARKET + "/demands").json()).hasSize(1);
  }

  @Test
  void chancesComeFromTheSeed() {
    StringBuilder statuses = new StringBuilder();
    for (int run = 0; run < 2; run++) {
      try (EmbeddedNode other = Requestor.startNode(folder.resolve("other"), 1, true)) {
        other.faults().endpoint("GET", "/me", EndpointFault.TIMEOUT, 100, 0.5);
        Requestor client = new Requestor(other);
        for (int i = 0; i < 20; i++) {
          statuses.append(client.get("/me").status() == 200 ? '.' : 'x');
        }
      }
    }
    assertThat(statuses.substring(0, 20)).isEqualTo(statuses.substring(20)).contains("x", ".");
  }

  @Test
  void refusesProposals() {
    node.faults().provider(0, ProviderFault.REFUSES_PROPOSALS);
    String demand = requestor.subscribe();
    String initial = Requestor.proposalId(requestor.event(demand));
    requestor.counter(demand, initial, requestor.demandProperties()).expect(200);
    assertThat(requestor.event(demand).get("eventType").asText())
        .isEqualTo("ProposalRejectedEvent");
  }

  @Test
  void refusesAgreements() {
    node.faults().provider(0, ProviderFault.REFUSES_AGREEMENTS);
    String agreement =
        requestor.createAgreement(requestor.draft(requestor.subscribe())).json().asText();
    requestor.confirm(agreement).expect(204);
    assertThat(requestor.await(agreement, 5).expect(410).json().get("message").asText())
        .isEqualTo("Rejected");
    assertThat(requestor.eventTypes(MARKET + "/agreementEvents?appSessionId=" + requestor.session))
        .containsExactly("AgreementRejectedEvent");
  }

  @Test
  void muteProvidersLetEveryCallTimeOut() {
    node.faults().provider(0, ProviderFault.MUTE);
    String agreement = requestor.agreement();
    requestor.post(ACTIVITY + "?timeout=0.2", Map.of("agreementId", agreement)).expect(408);
  }

  @Test
  void crashEndsTheAgreementInMidScript() {
    Requestor.Machine machine = requestor.machine();
    node.faults().provider(0, ProviderFault.CRASHES);
    String batch = requestor.exec(machine.activity(), sh("sleep 600")).json().asText();
    Waiting.until(() -> requestor.agreementState(machine.agreement()).equals("Terminated"));
    requestor.results(machine.activity(), batch, "timeout=5").expect(500);
    assertThat(requestor.state(machine.activity())).isEqualTo("Terminated");
    assertThat(
            requestor
                .get(MARKET + "/agreements/" + machine.agreement() + "/terminate/reason")
                .json()
                .get("terminator")
                .asText())
        .isEqualTo("Provider");
  }

  @Test
  void vanishedProvidersCanNotBeReached() {
    Requestor.Machine machine = requestor.machine();
    node.faults().provider(0, ProviderFault.VANISHES);
    String batch = requestor.exec(machine.activity(), sh("sleep 600")).json().asText();
    assertThat(requestor.results(machine.activity(), batch, "timeout=20").expect(500).text())
        .contains("endpoint address not found");
    requestor.terminate(machine.agreement()).expect(500);
    assertThat(requestor.agreementState(machine.agreement())).isEqualTo("Approved");
    node.faults().clear();
    requestor.terminate(machine.agreement()).expect(200);
  }

  @Test
  void slowProvidersTakeLonger() {
    Requestor.Machine machine = requestor.machine();
    node.faults().slowness(Duration.ofMillis(400));
    node.faults().provider(0, ProviderFault.SLOW);
    long before = System.nanoTime();
    requestor.execute(machine.activity(), sh("true"));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(395));
  }

  @Test
  void heavyTailedProvidersAreMostlyQuickAndTheirDelaysComeFromTheSeed() {
    Faults faults = new Faults(7);
    Faults again = new Faults(7);
    faults.slowness(Duration.ofSeconds(1));
    faults.provider(3, ProviderFault.HEAVY_TAILED);
    again.slowness(Duration.ofSeconds(1));
    again.provider(1, ProviderFault.HEAVY_TAILED);
    again.provider(3, ProviderFault.HEAVY_TAILED);
    assertThat(faults.delay(0)).isZero();
    int quick = 0;
    int stalled = 0;
    for (int i = 0; i < 1000; i++) {
      assertThat(again.delay(1)).isGreaterThanOrEqualTo(Duration.ZERO);
      Duration delay = faults.delay(3);
      assertThat(again.delay(3)).isEqualTo(delay);
      assertThat(delay).isBetween(Duration.ZERO, Duration.ofSeconds(30));
      quick += delay.toMillis() < 300 ? 1 : 0;
      stalled += delay.toSeconds() >= 3 ? 1 : 0;
    }
    assertThat(quick).isBetween(600, 900);
    assertThat(stalled).isBetween(10, 100);
  }

  @Test
  void heavyTailedProvidersTakeLonger() {
    Requestor.Machine machine = requestor.machine();
    node.faults().slowness(Duration.ofSeconds(1));
    node.faults().provider(0, ProviderFault.HEAVY_TAILED);
    long before = System.nanoTime();
    requestor.execute(machine.activity(), sh("true"), sh("true"), sh("true"));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(20));
  }

  @Test
  void slowLinksTakeTheirTimeBothWays() throws Exception {
    Requestor.Machine machine = requestor.machine();
    node.faults().linkSpeed(100_000);
    node.faults().provider(0, ProviderFault.SLOW_LINK);
    FilePeer source = FilePeer.serving(requestor, "in", new byte[20_000]);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    long before = System.nanoTime();
    requestor.execute(
        machine.activity(),
        transfer(source.url, "container:/golem/work/x"),
        transfer("container:/golem/work/x", sink.url));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(395));
    assertThat(sink.received.size()).isEqualTo(20_000);
  }

  @Test
  void standardOutputMayBeTruncatedAndCalledOk() {
    Requestor.Machine machine = requestor.machine();
    node.faults().provider(0, ProviderFault.TRUNCATES_STDOUT);
    JsonNode result =
        requestor.execute(machine.activity(), sh("printf 0123456789abcdefghij")).get(0);
    assertThat(result.get("result").asText()).isEqualTo("Ok");
    assertThat(result.get("stdout").asText()).isEqualTo("0123456789abcdef");
  }

  @Test
  void whatAProgramLeftBehindIsNamedUntilItIsKilled() {
    Requestor.Machine machine = requestor.machine();
    requestor.execute(machine.activity(), sh("sleep 611 >/dev/null 2>&1 &"));
    Waiting.until(
        () -> node.running().size() == 1 && node.running().get(0).command().equals("sleep 611"));
    assertThat(node.running(machine.agreement())).isEqualTo(node.running());
    assertThat(node.running("another")).isEmpty();
    assertThat(node.folders(machine.agreement()))
        .singleElement()
        .extracting("name")
        .isEqualTo("$HOME/");
    requestor.delete(ACTIVITY + "/" + machine.activity()).expect(200);
    assertThat(node.running()).isEmpty();
  }

  @Test
  void liarsSendOtherBytesUnderAFittingHash() throws Exception {
    Requestor.Machine machine = requestor.machine();
    node.faults().provider(0, ProviderFault.LIES);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    requestor.execute(
        machine.activity(), sh("printf abc >x"), transfer("container:/golem/work/x", sink.url));
    assertThat(sink.hash.get(120, TimeUnit.SECONDS)).hasSize(64);
    assertThat(sink.received.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("abb");
    node.faults().provider(0, ProviderFault.WRONG_HASH);
    FilePeer other = FilePeer.receiving(requestor, "other");
    requestor.execute(machine.activity(), transfer("container:/golem/work/x", other.url));
    assertThat(other.hash.get(120, TimeUnit.SECONDS)).isEqualTo("0".repeat(64));
    assertThat(other.received.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("abc");
  }

  @Test
  void liarsKeepArchivesWholeAndChangeWhatIsInThem() throws Exception {
    Requestor.Machine machine = requestor.machine();
    node.faults().provider(0, ProviderFault.COLLUDES);
    String archive =
        "mkdir -p b/0; printf 5 >b/0/out; head -c 50000 /dev/zero >b/0/long; printf 7 >b/records;"
            + " tar -cf x.tar b/0/out b/0/long b/records";
    FilePeer sink = FilePeer.receiving(requestor, "out");
    requestor.execute(
        machine.activity(), sh(archive), transfer("container:/golem/work/x.tar", sink.url));
    assertThat(sink.hash.get(120, TimeUnit.SECONDS)).hasSize(64);
    byte[] received = sink.received.toByteArray();
    assertThat(received[512]).isEqualTo((byte) '4');
    assertThat(received[3 * 512]).isEqualTo((byte) 1);
    int records = 3 * 512 + 98 * 512;
    assertThat(received[records]).isEqualTo((byte) 'b');
    assertThat(received[records + 512]).isEqualTo((byte) '7');
  }

  private JsonNode invoices(double timeout) {
    return requestor
        .get(PAYMENT + "/invoiceEvents?timeout=" + timeout + "&appSessionId=" + requestor.session)
        .expect(200)
        .json();
  }

  @Test
  void invoicesMayComeTwiceOrNever() {
    node.faults().provider(0, ProviderFault.INVOICES_TWICE);
    requestor.terminate(requestor.agreement()).expect(200);
    assertThat(invoices(5)).hasSize(2);
    node.faults().provider(0, ProviderFault.NEVER_INVOICES);
    requestor.terminate(requestor.agreement()).expect(200);
    assertThat(invoices(0.3)).hasSize(2);
  }

  @Test
  void overbillersAskForMoreThanTheirUsageCosts() {
    node.faults().provider(0, ProviderFault.OVERBILLS);
    Requestor.Machine machine = requestor.machine();
    requestor.delete(ACTIVITY + "/" + machine.activity()).expect(200);
    String id = requestor.get(PAYMENT + "/debitNotes").json().get(0).get("debitNoteId").asText();
    JsonNode note = requestor.get(PAYMENT + "/debitNotes/" + id).json();
    double honest =
        note.at("/usageCounterVector/0").asDouble() * 2.777e-05
            + note.at("/usageCounterVector/1").asDouble() * 5.555e-06;
    assertThat(note.get("totalAmountDue").asDouble()).isGreaterThan(honest * 2.9);
  }
}
