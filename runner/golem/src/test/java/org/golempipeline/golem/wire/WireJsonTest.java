package org.golempipeline.golem.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WireJsonTest {
  private static final ObjectMapper JSON = WireJson.mapper();

  @Test
  void readsMarketEventsOfAllKinds() throws Exception {
    List<MarketEvent> events =
        JSON.readValue(
            """
            [{"eventType":"ProposalEvent","eventDate":"2025-06-01T10:00:07.020001Z",
              "proposal":{"properties":{"golem.inf.mem.gib":12.5,"golem.runtime.name":"vm"},
               "constraints":"(&)","proposalId":"R-1","issuerId":"0xda","state":"Draft",
               "timestamp":"2025-06-01T10:00:06.9Z","prevProposalId":"R-0"}},
             {"eventType":"ProposalRejectedEvent","eventDate":"2025-06-01T10:00:08Z",
              "proposalId":"R-0","reason":{"message":"Too busy","golem.proposal.rejection.is-final":false}},
             {"eventType":"PropertyQueryEvent","eventDate":"2025-06-01T10:00:08Z"}]
            """,
            new TypeReference<>() {});
    var proposal = (MarketEvent.ProposalEvent) events.get(0);
    assertThat(proposal.proposal().state()).isEqualTo("Draft");
    assertThat(proposal.proposal().properties()).containsEntry("golem.inf.mem.gib", 12.5);
    assertThat(proposal.eventDate()).isEqualTo(Instant.parse("2025-06-01T10:00:07.020001Z"));
    var rejected = (MarketEvent.ProposalRejectedEvent) events.get(1);
    assertThat(rejected.reason().message()).isEqualTo("Too busy");
    assertThat(rejected.reason().fields())
        .containsEntry("golem.proposal.rejection.is-final", false);
    assertThat(events.get(2)).isEqualTo(new MarketEvent.Other());
  }

  @Test
  void writesTheEventTypeInAnErasedList() throws Exception {
    Object events =
        List.of(
            new MarketEvent.ProposalRejectedEvent(
                Instant.parse("2025-06-01T10:00:08Z"), "R-0", Reason.of("No")));
    assertThat(JSON.writeValueAsString(events))
        .contains("\"eventType\":\"ProposalRejectedEvent\"")
        .contains("\"eventDate\":\"2025-06-01T10:00:08Z\"")
        .contains("\"reason\":{\"message\":\"No\"}");
  }

  @Test
  void amountsArePlainStringsAndKeepTheirScale() throws Exception {
    assertThat(JSON.writeValueAsString(new Acceptance(new BigDecimal("1E-10"), "a")))
        .isEqualTo("{\"totalAmountAccepted\":\"0.0000000001\",\"allocationId\":\"a\"}");
    assertThat(JSON.writeValueAsString(new Acceptance(new BigDecimal("1.50"), "a")))
        .contains("\"1.50\"");
    AllocationRequest request =
        JSON.readValue("{\"totalAmount\":1.5,\"spentAmount\":\"\"}", AllocationRequest.class);
    assertThat(request.totalAmount()).isEqualByComparingTo("1.5");
  }

  @Test
  void readsTimesWithZoneOffsetAndWithout() {
    Instant expected = Instant.parse("2025-06-01T10:01:00.123456789Z");
    assertThat(WireJson.time("2025-06-01T10:01:00.123456789Z")).isEqualTo(expected);
    assertThat(WireJson.time("2025-06-01T12:01:00.123456789+02:00")).isEqualTo(expected);
    assertThat(WireJson.time("2025-06-01T10:01:00.123456789")).isEqualTo(expected);
  }

  @Test
  void refusesWhatIsNotATime() {
    assertThatThrownBy(
            () ->
                JSON.readValue(
                    "{\"invoiceId\":\"i\",\"eventDate\":\"soon\",\"eventType\":\"x\"}",
                    InvoiceEvent.class))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void scriptsAreArraysOfSingleKeyObjects() throws Exception {
    ExeScript script =
        new ExeScript(
            List.of(
                ExeCommand.Deploy.withFolders(List.of("/golem/work")).reporting(),
                new ExeCommand.Start(List.of()),
                new ExeCommand.Run(
                    "/bin/sh",
                    List.of("-c", "echo hi"),
                    new ExeCommand.Capture(ExeCommand.Mode.stream(10), ExeCommand.Mode.tail(20))),
                new ExeCommand.Transfer("gftp://0xa/1", "container:/golem/work/in"),
                new ExeCommand.Terminate()));
    assertThat(script.text())
        .isEqualTo(
            "[{\"deploy\":{\"volumes\":[\"/golem/work\"],\"progress\":{\"updateInterval\":\"1s\"}}},{\"start\":{\"args\":[]}},"
                + "{\"run\":{\"entry_point\":\"/bin/sh\",\"args\":[\"-c\",\"echo hi\"],"
                + "\"capture\":{\"stdout\":{\"stream\":{\"limit\":10,\"format\":\"str\"}},"
                + "\"stderr\":{\"atEnd\":{\"tail\":20,\"format\":\"str\"}}}}},"
                + "{\"transfer\":{\"from\":\"gftp://0xa/1\",\"to\":\"container:/golem/work/in\"}},"
                + "{\"terminate\":{}}]");
    assertThat(ExeScript.parse(script.text())).isEqualTo(script);
  }

  @Test
  void readsTheScriptsOfOtherClients() throws Exception {
    ExeScript script =
        ExeScript.parse(
            """
            [{"deploy":{"volumes":{"/data":{"storage":{"size":"10g"}}},"unknown":1}},{"start":{}},
             {"run":{"entry_point":"/bin/true","args":[],"env":{"A":"b"},
                     "capture":{"stdout":{"atEnd":{"format":"string","part":{"head":1}}}}}}]
            """);
    assertThat(((ExeCommand.Deploy) script.commands().get(0)).volumes().has("/data")).isTrue();
    assertThat(((ExeCommand.Start) script.commands().get(1)).args()).isNull();
    var run = (ExeCommand.Run) script.commands().get(2);
    assertThat(run.capture().stdout().atEnd().format()).isEqualTo("string");
  }

  @Test
  void resultsKeepTheirNullsAndBytes() throws Exception {
    CommandResult result = new CommandResult(0, null, "Ok", null, null, null, true);
    assertThat(JSON.writeValueAsString(result))
        .isEqualTo(
            "{\"index\":0,\"eventDate\":null,\"result\":\"Ok\",\"stdout\":null,"
                + "\"stderr\":null,\"message\":null,\"isBatchFinished\":true}");
    CommandResult read =
        JSON.readValue(
            "{\"index\":1,\"result\":\"Error\",\"stdout\":[104,105],\"stderr\":\"x\","
                + "\"message\":\"m\",\"isBatchFinished\":true}",
            CommandResult.class);
    assertThat(read.stdout().text()).isEqualTo("hi");
    assertThat(read.stderr().text()).isEqualTo("x");
    assertThat(read.isBatchFinished()).isTrue();
    assertThat(JSON.writeValueAsString(CommandOutput.bytes(new byte[] {104, -1})))
        .isEqualTo("[104,255]");
  }

  @Test
  void runtimeEventsAreSnakeCase() throws Exception {
    String text =
        "{\"batch_id\":\"b\",\"index\":0,\"timestamp\":\"2025-06-01T10:01:00.1\","
            + "\"kind\":{\"started\":{\"command\":{\"run\":{\"entry_point\":\"/bin/sh\",\"args\":[]}}}}}";
    RuntimeEvent event = JSON.readValue(text, RuntimeEvent.class);
    assertThat(JSON.writeValueAsString(event)).isEqualTo(text);
    RuntimeEvent finished = new RuntimeEvent("b", 1, "t", RuntimeEvent.Kind.ofFinished(0, null));
    assertThat(JSON.writeValueAsString(finished))
        .contains("\"kind\":{\"finished\":{\"return_code\":0,\"message\":null}}");
    RuntimeEvent output =
        JSON.readValue(
            "{\"batch_id\":\"b\",\"index\":0,\"timestamp\":\"t\",\"kind\":{\"stdout\":\"hi\\n\"}}",
            RuntimeEvent.class);
    assertThat(output.kind().stdout().text()).isEqualTo("hi\n");
  }

  @Test
  void statesArePairs() throws Exception {
    assertThat(JSON.writeValueAsString(ActivityState.of("Ready")))
        .isEqualTo("{\"state\":[\"Ready\",null]}");
    assertThat(
            JSON.readValue("{\"state\":[\"Initialized\",\"Deployed\"]}", ActivityState.class)
                .current())
        .isEqualTo("Initialized");
  }

  @Test
  void reasonsAreFlat() throws Exception {
    assertThat(JSON.writeValueAsString(Reason.of("Done").with(Reason.REQUESTOR_CODE, "Success")))
        .isEqualTo("{\"message\":\"Done\",\"golem.requestor.code\":\"Success\"}");
  }

  @Test
  void readsDocuments() throws Exception {
    DebitNote note =
        JSON.readValue(
            """
            {"debitNoteId":"d","issuerId":"0x1","recipientId":"0x2","timestamp":"2025-06-01T10:06:00Z",
             "agreementId":"a","activityId":"c","totalAmountDue":"0.00006",
             "usageCounterVector":[1,60.1],"status":"RECEIVED"}
            """,
            DebitNote.class);
    assertThat(note.usageCounterVector()).containsExactly(1.0, 60.1);
    assertThat(note.totalAmountDue()).isEqualTo(new BigDecimal("0.00006"));
    DemandRequest demand =
        JSON.readValue(
            "{\"properties\":{\"a\":{\"b\":[1,2.0]}},\"constraints\":\"()\"}", DemandRequest.class);
    assertThat(demand.properties()).isEqualTo(Map.of("a", Map.of("b", List.of(1, 2.0))));
  }
}
