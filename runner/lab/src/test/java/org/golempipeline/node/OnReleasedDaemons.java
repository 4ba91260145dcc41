package org.golempipeline.node;

import static org.golempipeline.node.Requestor.MARKET;
import static org.golempipeline.node.Requestor.PAYMENT;

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

  /** Ends what a test left, so that the next one finds providers. */
  static void end(Requestor requestor) {
    requestor
        .get(MARKET + "/agreements?state=Approved")
        .expect(200)
        .json()
        .forEach(each -> requestor.terminate(each.get("id").asText()));
    requestor
        .get(MARKET + "/demands")
        .expect(200)
        .json()
        .forEach(each -> requestor.delete(MARKET + "/demands/" + each.get("demandId").asText()));
    requestor
        .get(PAYMENT + "/allocations")
        .expect(200)
        .json()
        .forEach(
            each ->
                requestor.delete(PAYMENT + "/allocations/" + each.get("allocationId").asText()));
  }
}
