package org.golempipeline.golem.http;

import static org.golempipeline.golem.http.Call.delete;
import static org.golempipeline.golem.http.Call.encode;
import static org.golempipeline.golem.http.Call.get;
import static org.golempipeline.golem.http.Call.post;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.http.Call.Decoder;
import org.golempipeline.golem.wire.Acceptance;
import org.golempipeline.golem.wire.ActivityCreated;
import org.golempipeline.golem.wire.ActivityRequest;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.AgreementListEntry;
import org.golempipeline.golem.wire.AgreementRequest;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.AllocationRequest;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.DebitNote;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.DemandRequest;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.ExecRequest;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.Invoice;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.Offer;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.Reason;
import org.golempipeline.golem.wire.Rejection;
import org.golempipeline.golem.wire.ServiceBinding;
import org.golempipeline.golem.wire.Version;
import org.golempipeline.golem.wire.WireJson;

/** The endpoints we use, each as a function from its arguments to a {@link Call}. */
public final class Calls {
  private static final String MARKET = "/market-api/v1";
  private static final String ACTIVITY = "/activity-api/v1/activity";
  private static final String PAYMENT = "/payment-api/v1";
  private static final String SERVICES = "/gsb-api/v1/services";
  private static final Duration ACCEPT_LIMIT = Duration.ofSeconds(15);
  private static final int PAGE = 100;

  private Calls() {}

  static Call<Version> version() {
    return get("ask the daemon for its version", "/version/get", Decoder.of(Version.class))
        .repeat(Retrier.Repeat.NEVER);
  }

  /** The version alone, wherever it is asked of what may be no daemon at all. */
  public static Call<String> versionText() {
    return get(
        "ask the daemon for its version",
        "/version/get",
        body -> {
          String version =
              WireJson.mapper().readTree(body).path("current").path("version").asText("");
          if (version.isEmpty()) {
            throw new IOException("there is no version in it");
          }
          return version;
        });
  }

  public static Call<Identity> identity() {
    return get("ask the daemon who we are", "/me", Decoder.of(Identity.class));
  }

  public static Call<Allocation> createAllocation(AllocationRequest request) {
    String action = "allocate " + request.totalAmount().toPlainString() + " GLM";
    return post(action, PAYMENT + "/allocations", request, Decoder.of(Allocation.class));
  }

  public static Call<List<Allocation>> allocations() {
    return get("list the allocations", PAYMENT + "/allocations", Decoder.listOf(Allocation.class));
  }

  public static Call<Boolean> releaseAllocation(String id) {
    return delete("release the allocation", PAYMENT + "/allocations/" + id);
  }

  public static Call<Decorations> decorations(String allocationId) {
    return get(
        "prepare the demand for payment",
        PAYMENT + "/demandDecorations?allocationIds=" + encode(allocationId),
        Decoder.of(Decorations.class));
  }

  /** Listens to offers of virtual machines; forgotten by the daemon after {@code idle}. */
  public static Call<String> scan(String subnet, Duration idle) {
    String constraints =
        "(&(%s=%s)(%s=vm))".formatted(PropertyNames.SUBNET, subnet, PropertyNames.RUNTIME_NAME);
    Map<String, Object> scan =
        Map.of("type", "offer", "constraints", constraints, "timeout", idle.toSeconds());
    return post("look at offers", MARKET + "/scan", scan, Decoder.of(String.class));
  }

  public static Call<List<Offer>> scanned(String scanId, Duration poll) {
    return get(
            "look at offers",
            MARKET + "/scan/" + encode(scanId) + "/events?maxEvents=" + PAGE,
            Decoder.listOf(Offer.class))
        .polling(poll)
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<Boolean> endScan(String scanId) {
    return delete("stop looking at offers", MARKET + "/scan/" + encode(scanId))
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<String> subscribe(DemandRequest demand) {
    return post("publish the demand", MARKET + "/demands", demand, Decoder.of(String.class));
  }

  public static Call<List<Demand>> demands() {
    return get("list the demands", MARKET + "/demands", Decoder.listOf(Demand.class));
  }

  public static Call<Boolean> unsubscribe(String demandId) {
    return delete("withdraw the demand", MARKET + "/demands/" + demandId);
  }

  /** Reads events off the daemon's queue, so a lost answer loses them. */
  public static Call<List<MarketEvent>> marketEvents(String demandId, Duration poll) {
    return get(
            "collect offers",
            MARKET + "/demands/" + demandId + "/events?maxEvents=" + PAGE,
            Decoder.listOf(MarketEvent.class))
        .polling(poll)
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<String> counter(String demandId, String proposalId, DemandRequest demand) {
    return post(
        "answer an offer",
        MARKET + "/demands/" + demandId + "/proposals/" + proposalId,
        demand,
        Decoder.of(String.class));
  }

  public static Call<String> createAgreement(AgreementRequest request) {
    return post("propose the agreement", MARKET + "/agreements", request, Decoder.of(String.class));
  }

  public static Call<Agreement> agreement(String id) {
    return get("read the agreement", MARKET + "/agreements/" + id, Decoder.of(Agreement.class));
  }

  /** Of all states; only those that were confirmed under this session. */
  public static Call<List<AgreementListEntry>> agreements(String sessionId) {
    return get(
        "list the agreements",
        MARKET + "/agreements?appSessionId=" + encode(sessionId),
        Decoder.listOf(AgreementListEntry.class));
  }

  /** How an agreement that is over was ended. */
  public static Call<AgreementEvent> termination(String agreementId) {
    return get(
        "ask how the agreement ended",
        MARKET + "/agreements/" + agreementId + "/terminate/reason",
        Decoder.of(AgreementEvent.class));
  }

  public static Call<Boolean> confirm(String agreementId, String sessionId) {
    return post(
        "sign the agreement",
        MARKET + "/agreements/" + agreementId + "/confirm?appSessionId=" + encode(sessionId),
        null,
        Decoder.nothing());
  }

  /** Fails with 408 while the provider thinks, 410 when it refused. */
  public static Call<Boolean> awaitApproval(String agreementId, Duration poll) {
    return post(
            "wait for the provider's approval",
            MARKET + "/agreements/" + agreementId + "/wait",
            null,
            Decoder.nothing())
        .polling(poll)
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<Boolean> cancelAgreement(String agreementId, Reason reason) {
    return post(
            "cancel the agreement",
            MARKET + "/agreements/" + agreementId + "/cancel",
            reason,
            Decoder.nothing())
        .repeat(Retrier.Repeat.ALWAYS);
  }

  /** Fails with 500 as long as the provider cannot be reached. */
  public static Call<Boolean> terminateAgreement(String agreementId, Reason reason) {
    return post(
            "end the agreement",
            MARKET + "/agreements/" + agreementId + "/terminate",
            reason,
            Decoder.nothing())
        .repeat(Retrier.Repeat.UNLESS_ARRIVED);
  }

  public static Call<List<AgreementEvent>> agreementEvents(
      String sessionId, Instant after, Duration poll) {
    return events(
        "follow the agreements",
        MARKET + "/agreementEvents?maxEvents=" + PAGE + "&",
        sessionId,
        after,
        poll,
        AgreementEvent.class);
  }

  /** Without {@code maxEvents}, which would be applied before the filter by type. */
  public static Call<List<DebitNoteEvent>> debitNoteEvents(
      String sessionId, Instant after, Duration poll) {
    return events(
        "follow the debit notes",
        PAYMENT + "/debitNoteEvents?",
        sessionId,
        after,
        poll,
        DebitNoteEvent.class);
  }

  /** Without {@code maxEvents}, which would be applied before the filter by type. */
  public static Call<List<InvoiceEvent>> invoiceEvents(
      String sessionId, Instant after, Duration poll) {
    return events(
        "follow the invoices",
        PAYMENT + "/invoiceEvents?",
        sessionId,
        after,
        poll,
        InvoiceEvent.class);
  }

  public static Call<DebitNote> debitNote(String id) {
    return get("read a debit note", PAYMENT + "/debitNotes/" + id, Decoder.of(DebitNote.class));
  }

  public static Call<Invoice> invoice(String id) {
    return get("read an invoice", PAYMENT + "/invoices/" + id, Decoder.of(Invoice.class));
  }

  public static Call<Boolean> acceptDebitNote(String id, Acceptance acceptance) {
    return post(
            "accept a debit note",
            PAYMENT + "/debitNotes/" + id + "/accept",
            acceptance,
            Decoder.nothing())
        .polling(ACCEPT_LIMIT)
        .repeat(Retrier.Repeat.ALWAYS);
  }

  public static Call<Boolean> acceptInvoice(String id, Acceptance acceptance) {
    return post(
            "accept an invoice",
            PAYMENT + "/invoices/" + id + "/accept",
            acceptance,
            Decoder.nothing())
        .polling(ACCEPT_LIMIT)
        .repeat(Retrier.Repeat.ALWAYS);
  }

  public static Call<Boolean> rejectInvoice(String id, Rejection rejection) {
    return post(
            "reject an invoice",
            PAYMENT + "/invoices/" + id + "/reject",
            rejection,
            Decoder.nothing())
        .polling(ACCEPT_LIMIT);
  }

  /** After 408 the activity may nevertheless come to life. */
  public static Call<ActivityCreated> createActivity(String agreementId, Duration poll) {
    return post(
            "start an activity",
            ACTIVITY,
            new ActivityRequest(agreementId, null),
            Decoder.of(ActivityCreated.class))
        .polling(poll);
  }

  public static Call<List<String>> activities(String agreementId) {
    return get(
        "list the activities",
        ACTIVITY + "?agreementId=" + encode(agreementId),
        Decoder.listOf(String.class));
  }

  public static Call<ActivityState> activityState(String activityId) {
    return get(
            "ask for the activity's state",
            ACTIVITY + "/" + activityId + "/state",
            Decoder.of(ActivityState.class))
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<ActivityUsage> activityUsage(String activityId, Duration poll) {
    return get(
            "ask for the activity's usage",
            ACTIVITY + "/" + activityId + "/usage",
            Decoder.of(ActivityUsage.class))
        .polling(poll)
        .repeat(Retrier.Repeat.NEVER);
  }

  public static Call<String> exec(String activityId, ExeScript script, Duration poll) {
    return post(
            "send commands to the provider",
            ACTIVITY + "/" + activityId + "/exec",
            new ExecRequest(script.text()),
            Decoder.of(String.class))
        .polling(poll);
  }

  /** All results so far, after the last one is there or {@code poll} is over. */
  public static Call<List<CommandResult>> results(
      String activityId, String batchId, Duration poll) {
    Call<List<CommandResult>> call =
        get(
                "get the results",
                resultsPath(activityId, batchId),
                Decoder.listOf(CommandResult.class))
            .repeat(Retrier.Repeat.NEVER);
    return poll.isZero() ? call : call.polling(poll);
  }

  public static String resultsPath(String activityId, String batchId) {
    return ACTIVITY + "/" + activityId + "/exec/" + batchId;
  }

  public static Call<Boolean> destroyActivity(String activityId, Duration poll) {
    return delete("end the activity", ACTIVITY + "/" + activityId)
        .polling(poll)
        .repeat(Retrier.Repeat.UNLESS_ARRIVED);
  }

  public static Call<ServiceBinding> bindService(ServiceBinding binding) {
    return post("open a file service", SERVICES, binding, Decoder.of(ServiceBinding.class));
  }

  public static String servicePath(String servicesId) {
    return SERVICES + "/" + servicesId;
  }

  public static Call<Boolean> unbindService(String servicesId) {
    return delete("close a file service", servicePath(servicesId));
  }

  private static <E> Call<List<E>> events(
      String action, String path, String sessionId, Instant after, Duration poll, Class<E> type) {
    String query =
        "appSessionId=" + encode(sessionId) + "&afterTimestamp=" + encode(after.toString());
    return get(action, path + query, Decoder.listOf(type))
        .polling(poll)
        .repeat(Retrier.Repeat.NEVER);
  }
}
