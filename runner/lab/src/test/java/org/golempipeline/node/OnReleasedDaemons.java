package org.golempipeline.node;

import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.golempipeline.lab.Lab;
import org.golempipeline.lab.Registry;
import org.golempipeline.lab.SharedLab;

/** A requestor of the lab in tests that are made for the node. */
final class OnReleasedDaemons {
  private OnReleasedDaemons() {}

  static Requestor requestor() {
    Lab lab = SharedLab.current();
    return new Requestor(
        lab.requestor().url(),
        lab.requestor().appKey(),
        lab.registry().url(),
        Registry.sha3() + ":" + lab.registry().image());
  }

  /** Ends what a test left, and waits until providers have billed it and are free for the next. */
  static void end(Requestor requestor) {
    Set<String> worked = new HashSet<>();
    for (JsonNode each : list(requestor, MARKET + "/agreements?afterDate=" + requestor.begin)) {
      String id = each.get("id").asText();
      if (requestor.agreementState(id).equals("Approved")) {
        requestor.terminate(id);
      }
      if (!list(requestor, ACTIVITY + "?agreementId=" + id).isEmpty()) {
        worked.add(id);
      }
    }
    list(requestor, MARKET + "/demands")
        .forEach(each -> requestor.delete(MARKET + "/demands/" + each.get("demandId").asText()));
    list(requestor, PAYMENT + "/allocations")
        .forEach(
            each ->
                requestor.delete(PAYMENT + "/allocations/" + each.get("allocationId").asText()));
    Waiting.until(() -> billed(requestor).containsAll(worked));
  }

  private static Set<String> billed(Requestor requestor) {
    Set<String> agreements = new HashSet<>();
    list(requestor, PAYMENT + "/invoices?afterTimestamp=" + requestor.begin)
        .forEach(each -> agreements.add(each.get("agreementId").asText()));
    return agreements;
  }

  private static JsonNode list(Requestor requestor, String path) {
    return requestor.get(path).expect(200).json();
  }
}
