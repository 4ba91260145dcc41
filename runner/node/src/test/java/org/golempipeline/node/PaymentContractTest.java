package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;
import static org.golempipeline.node.Requestor.proposalId;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The inconvenient rules of payments. */
class PaymentContractTest extends NodeTest {
  @Override
  boolean free() {
    return false;
  }

  private String events() {
    return "?timeout=5&appSessionId=" + requestor.session;
  }

  private JsonNode allocate(Map<String, Object> body, int status) {
    return requestor.post(PAYMENT + "/allocations", body).expect(status).json();
  }

  private Requestor.Answer accept(String kind, String id, String amount, String allocation) {
    return requestor.post(
        PAYMENT + "/" + kind + "/" + id + "/accept?timeout=5",
        Map.of("totalAmountAccepted", amount, "allocationId", allocation));
  }

  private String field(String kind, String id, String name) {
    return requestor.get(PAYMENT + "/" + kind + "/" + id).expect(200).json().get(name).asText();
  }

  /** Works a little and ends it all; the id of the invoice. */
  private String invoice() {
    Requestor.Machine machine = requestor.machine();
    requestor.terminate(machine.agreement()).expect(200);
    JsonNode events = requestor.get(PAYMENT + "/invoiceEvents" + events()).expect(200).json();
    assertThat(events).hasSize(1);
    assertThat(events.get(0).get("eventType").asText()).isEqualTo("InvoiceReceivedEvent");
    return events.get(0).get("invoiceId").asText();
  }

  @Test
  @Tag(NODE_ONLY)
  void allocationsHaveDefaultsAndKeepTheirScale() {
    JsonNode plain = allocate(Map.of("totalAmount", "1.50"), 201);
    assertThat(plain.get("paymentPlatform").asText()).isEqualTo("erc20-holesky-tglm");
    assertThat(plain.get("totalAmount").asText()).isEqualTo("1.50");
    assertThat(plain.get("spentAmount").asText()).isEqualTo("0");
    assertThat(plain.get("address").asText()).isEqualTo(requestor.identity());
    JsonNode number =
        allocate(Map.of("totalAmount", 2, "paymentPlatform", Map.of("token", "glm")), 201);
    assertThat(number.get("totalAmount").isTextual()).isTrue();
    assertThat(number.get("paymentPlatform").asText()).isEqualTo("erc20-polygon-glm");
    assertThat(requestor.get(PAYMENT + "/allocations").json()).hasSize(2);
  }

  @Test
  @Tag(NODE_ONLY)
  void refusedAllocationsAreProblemDocuments() {
    Requestor.Answer poor =
        requestor.post(PAYMENT + "/allocations", Map.of("totalAmount", "1e12")).expect(400);
    assertThat(poor.type()).isEqualTo("application/problem+json");
    assertThat(poor.json().get("instance").asText()).endsWith("/insufficient-account-funds");
    JsonNode late = allocate(Map.of("totalAmount", "1", "timeout", Instant.EPOCH.toString()), 400);
    assertThat(late.get("instance").asText()).endsWith("/timeout-passed");
    allocate(Map.of("totalAmount", "1", "paymentPlatform", "erc20-moon-glm"), 400);
    allocate(Map.of(), 400);
  }

  @Test
  void releasedAllocationsAreGone() {
    String id = requestor.allocation("1");
    String path = PAYMENT + "/allocations/" + id;
    assertThat(requestor.delete(path).expect(200).text()).isEqualTo("null");
    requestor.delete(path).expect(410);
    requestor.get(path).expect(404);
    requestor.get(PAYMENT + "/demandDecorations?allocationIds=" + id).expect(404);
    requestor.delete(PAYMENT + "/allocations/unknown").expect(404);
  }

  @Test
  void allocationsEndAtTheirTimeout() {
    JsonNode allocation =
        allocate(
            Map.of("totalAmount", "1", "timeout", Instant.now().plusMillis(300).toString()), 201);
    String path = PAYMENT + "/allocations/" + allocation.get("allocationId").asText();
    requestor.get(path).expect(200);
    Waiting.until(() -> requestor.get(path).status() == 404);
  }

  @Test
  @Tag(NODE_ONLY)
  void allocationsCanBeAmended() {
    String id = requestor.allocation("1");
    JsonNode amended =
        requestor
            .put(PAYMENT + "/allocations/" + id, Map.of("totalAmount", "3"))
            .expect(200)
            .json();
    assertThat(amended.get("remainingAmount").asText()).isEqualTo("3");
  }

  @Test
  void exactlyOneInvoiceAndItMustBeAcceptedWhole() {
    String allocation = requestor.allocation("1");
    String invoice = invoice();
    String amount = field("invoices", invoice, "amount");
    assertThat(accept("invoices", invoice, "9", allocation).expect(400).text())
        .contains("Invalid amount accepted");
    accept("invoices", invoice, amount, "unknown").expect(400);
    String tiny = requestor.allocation("0.000000000000000001");
    assertThat(accept("invoices", invoice, amount, tiny).expect(400).text())
        .contains("Not enough funds");
    assertThat(accept("invoices", invoice, amount, allocation).expect(200).text())
        .isEqualTo("null");
    // Again does no harm.
    accept("invoices", invoice, amount, allocation).expect(200);
    assertThat(field("invoices", invoice, "status")).isEqualTo("ACCEPTED");
    assertThat(
            requestor
                .get(PAYMENT + "/allocations/" + allocation)
                .json()
                .get("spentAmount")
                .asText())
        .isEqualTo(amount);
  }

  @Test
  void requestorsDoNotSeeAcceptedUnlessTheyAsk() {
    String allocation = requestor.allocation("1");
    String invoice = invoice();
    accept("invoices", invoice, field("invoices", invoice, "amount"), allocation).expect(200);
    String path = PAYMENT + "/invoiceEvents?timeout=0.1&appSessionId=" + requestor.session;
    assertThat(requestor.eventTypes(path)).containsExactly("InvoiceReceivedEvent");
    JsonNode all =
        requestor
            .send(requestor.request(path).header("X-Requestor-Events", "RECEIVED,ACCEPTED"))
            .json();
    assertThat(all).hasSize(2);
    // The limit counts events that are then left out.
    String after = "&afterTimestamp=" + all.get(0).get("eventDate").asText();
    assertThat(requestor.get(path + after + "&maxEvents=1").text()).isEqualTo("[]");
    assertThat(requestor.get(PAYMENT + "/invoiceEvents?timeout=0.1&appSessionId=other").text())
        .isEqualTo("[]");
  }

  @Test
  @Tag(NODE_ONLY)
  void unknownDocumentsAreNotFoundWithoutWords() {
    assertThat(requestor.get(PAYMENT + "/invoices/x").expect(404).text())
        .isEqualTo("{\"message\":null}");
    assertThat(requestor.post(PAYMENT + "/debitNotes/x/reject", "null").expect(501).text())
        .isEqualTo("{\"message\":null}");
  }

  @Test
  void invoicesCanBeRejected() {
    String invoice = invoice();
    requestor
        .post(
            PAYMENT + "/invoices/" + invoice + "/reject",
            Map.of("rejectionReason", "INCORRECT_AMOUNT", "totalAmountAccepted", "0"))
        .expect(200);
    assertThat(field("invoices", invoice, "status")).isEqualTo("REJECTED");
  }

  /** An agreement with debit notes each second that must be accepted within five. */
  private String agreementWithManyNotes() {
    Map<String, Object> properties = requestor.demandProperties();
    properties.put("golem.com.scheme.payu.debit-note.interval-sec?", 1);
    properties.put("golem.com.payment.debit-notes.accept-timeout?", 5);
    String demand = requestor.subscribe();
    requestor.counter(demand, proposalId(requestor.event(demand)), properties).expect(200);
    JsonNode draft = requestor.event(demand);
    while (!draft.at("/proposal/state").asText().equals("Draft")) {
      draft = requestor.event(demand);
    }
    String agreement = requestor.createAgreement(draft).expect(200).json().asText();
    requestor.confirm(agreement).expect(204);
    return agreement;
  }

  @Test
  @Tag(NODE_ONLY)
  void debitNotesAreCumulativeAndChained() {
    String allocation = requestor.allocation("1");
    String agreement = agreementWithManyNotes();
    String activity = requestor.activity(agreement);
    JsonNode first = requestor.get(PAYMENT + "/debitNoteEvents" + events()).json().get(0);
    String cursor = "&afterTimestamp=" + first.get("eventDate").asText();
    JsonNode second = requestor.get(PAYMENT + "/debitNoteEvents" + events() + cursor).json().get(0);
    String one = first.get("debitNoteId").asText();
    String two = second.get("debitNoteId").asText();
    assertThat(field("debitNotes", two, "previousDebitNoteId")).isEqualTo(one);
    assertThat(Double.parseDouble(field("debitNotes", two, "totalAmountDue")))
        .isGreaterThan(Double.parseDouble(field("debitNotes", one, "totalAmountDue")));
    accept("debitNotes", two, field("debitNotes", two, "totalAmountDue"), allocation).expect(200);
    accept("debitNotes", one, field("debitNotes", one, "totalAmountDue"), allocation).expect(200);
    String spent =
        requestor.get(PAYMENT + "/allocations/" + allocation).json().get("spentAmount").asText();
    assertThat(Double.parseDouble(spent))
        .isEqualTo(Double.parseDouble(field("debitNotes", two, "totalAmountDue")));
    requestor.delete(ACTIVITY + "/" + activity).expect(200);
    requestor.terminate(agreement).expect(200);
    String invoice =
        requestor
            .get(PAYMENT + "/invoiceEvents" + events())
            .json()
            .get(0)
            .get("invoiceId")
            .asText();
    String amount = field("invoices", invoice, "amount");
    accept("invoices", invoice, amount, allocation).expect(200);
    String settled =
        requestor.get(PAYMENT + "/allocations/" + allocation).json().get("spentAmount").asText();
    assertThat(new BigDecimal(settled)).isEqualByComparingTo(amount);
  }

  @Test
  @Tag(NODE_ONLY)
  void unacceptedDebitNotesEndTheAgreement() {
    String agreement = agreementWithManyNotes();
    requestor.activity(agreement);
    String events = MARKET + "/agreementEvents?timeout=20&appSessionId=" + requestor.session;
    JsonNode approved = requestor.get(events).json().get(0);
    JsonNode ended =
        requestor
            .get(events + "&afterTimestamp=" + approved.get("eventDate").asText())
            .json()
            .get(0);
    assertThat(ended.at("/reason/golem.provider.code").asText()).isEqualTo("DebitNotesDeadline");
  }
}
