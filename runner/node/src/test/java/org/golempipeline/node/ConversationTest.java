package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One whole conversation, from the allocation to its release. */
class ConversationTest {
  @TempDir Path folder;

  @Test
  void goesFromAllocationToRelease() throws Exception {
    Path scratch = folder.resolve("scratch");
    try (EmbeddedNode node = Requestor.startNode(scratch, 2, false)) {
      Requestor requestor = new Requestor(node);
      String allocation = requestor.allocation("1");
      JsonNode decorations =
          requestor
              .get(PAYMENT + "/demandDecorations?allocationIds=" + allocation)
              .expect(200)
              .json();
      assertThat(decorations.get("constraints").get(0).asText())
          .isEqualTo("(golem.com.payment.platform.erc20-hoodi-tglm.address=*)");
      Requestor.Machine machine = requestor.machine();
      assertThat(requestor.state(machine.activity())).isEqualTo("Ready");
      moveAndCount(requestor, machine);
      requestor.delete(ACTIVITY + "/" + machine.activity() + "?timeout=30").expect(200);
      requestor.terminate(machine.agreement()).expect(200);
      pay(requestor, machine, allocation);
      requestor.delete(PAYMENT + "/allocations/" + allocation).expect(200);
    }
    assertThat(scratch).doesNotExist();
  }

  private static void moveAndCount(Requestor requestor, Requestor.Machine machine)
      throws Exception {
    byte[] input = "forty-two bytes are more than these here\n\n".getBytes(StandardCharsets.UTF_8);
    FilePeer source = FilePeer.serving(requestor, "in", input);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    String folder = machine.folder().toString();
    JsonNode results =
        requestor.execute(
            machine.activity(),
            transfer(source.url, "container:/golem/work/in.txt"),
            sh("wc -c <" + folder + "/in.txt | tr -d ' ' >out.txt; cat out.txt"),
            transfer("container:" + folder + "/out.txt", sink.url));
    assertThat(results).hasSize(3);
    assertThat(results.get(1).get("stdout").asText()).isEqualTo("42\n");
    assertThat(results.get(2).get("isBatchFinished").asBoolean()).isTrue();
    assertThat(sink.received.toString(StandardCharsets.UTF_8)).isEqualTo("42\n");
    assertThat(sink.hash.get(120, TimeUnit.SECONDS))
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA3-256")
                        .digest("42\n".getBytes(StandardCharsets.UTF_8))));
    requestor.delete("/gsb-api/v1/services/" + source.serviceId).expect(200);
  }

  private static void pay(Requestor requestor, Requestor.Machine machine, String allocation) {
    String since =
        "?timeout=5&afterTimestamp=2020-01-01T00:00:00Z&appSessionId=" + requestor.session;
    JsonNode notes = requestor.get(PAYMENT + "/debitNoteEvents" + since).expect(200).json();
    String noteId = notes.get(0).get("debitNoteId").asText();
    JsonNode note = requestor.get(PAYMENT + "/debitNotes/" + noteId).expect(200).json();
    BigDecimal due = new BigDecimal(note.get("totalAmountDue").asText());
    JsonNode usage = note.get("usageCounterVector");
    assertThat(due.doubleValue())
        .isGreaterThan(0)
        .isCloseTo(
            usage.get(0).asDouble() * 2.777e-05 + usage.get(1).asDouble() * 5.555e-06,
            org.assertj.core.data.Offset.offset(1e-12));
    Map<String, String> acceptance =
        Map.of("totalAmountAccepted", due.toPlainString(), "allocationId", allocation);
    assertThat(requestor.post(PAYMENT + "/debitNotes/" + noteId + "/accept", acceptance).text())
        .isEqualTo("null");
    JsonNode invoices = requestor.get(PAYMENT + "/invoiceEvents" + since).expect(200).json();
    assertThat(invoices).hasSize(1);
    String invoiceId = invoices.get(0).get("invoiceId").asText();
    JsonNode invoice = requestor.get(PAYMENT + "/invoices/" + invoiceId).expect(200).json();
    assertThat(invoice.get("status").asText()).isEqualTo("RECEIVED");
    assertThat(new BigDecimal(invoice.get("amount").asText())).isEqualByComparingTo(due);
    assertThat(invoice.get("activityIds").get(0).asText()).isEqualTo(machine.activity());
    requestor.post(PAYMENT + "/invoices/" + invoiceId + "/accept", acceptance).expect(200);
    assertThat(requestor.get(PAYMENT + "/invoices/" + invoiceId).expect(200).json().get("status"))
        .hasToString("\"ACCEPTED\"");
    JsonNode left = requestor.get(PAYMENT + "/allocations/" + allocation).expect(200).json();
    assertThat(new BigDecimal(left.get("spentAmount").asText())).isEqualByComparingTo(due);
    assertThat(
            requestor.eventTypes(
                MARKET + "/agreementEvents?timeout=1&appSessionId=" + requestor.session))
        .containsExactly("AgreementApprovedEvent", "AgreementTerminatedEvent");
  }

  @Test
  void leavesNothingBehind() throws Exception {
    try (EmbeddedNode node = Requestor.startNode(folder, 1, true)) {
      Requestor requestor = new Requestor(node);
      Requestor.Machine machine = requestor.machine();
      requestor.exec(machine.activity(), sh("echo here >file; exec sleep 600")).expect(200);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
