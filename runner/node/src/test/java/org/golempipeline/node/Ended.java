package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Whether a requestor left in good order, as its daemon sees it. */
final class Ended {
  private Ended() {}

  /** So many agreements were there; nothing runs, is reserved, or waits for its acceptance. */
  static void everything(Requestor requestor, int agreements) {
    JsonNode signed =
        requestor.get(MARKET + "/agreements?afterDate=" + requestor.begin).expect(200).json();
    assertThat(signed).hasSize(agreements);
    for (JsonNode each : signed) {
      String id = each.get("id").asText();
      assertThat(requestor.agreementState(id)).isEqualTo("Terminated");
      JsonNode activities = requestor.get(ACTIVITY + "?agreementId=" + id).expect(200).json();
      assertThat(activities).isNotEmpty();
      for (JsonNode activity : activities) {
        assertThat(requestor.state(activity.asText())).isEqualTo("Terminated");
      }
    }
    assertThat(requestor.get(MARKET + "/demands").json()).isEmpty();
    assertThat(requestor.get(PAYMENT + "/allocations").json()).isEmpty();
    JsonNode invoices =
        requestor.get(PAYMENT + "/invoices?afterTimestamp=" + requestor.begin).expect(200).json();
    assertThat(invoices).hasSize(agreements);
    for (JsonNode each : invoices) {
      assertThat(each.get("status").asText()).isIn("ACCEPTED", "SETTLED");
      assertThat(new BigDecimal(each.get("amount").asText())).isPositive();
    }
  }
}
