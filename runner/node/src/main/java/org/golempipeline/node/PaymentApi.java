package org.golempipeline.node;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.golempipeline.golem.wire.Acceptance;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.golem.wire.RequestorAccount;

/** The endpoints below {@code /payment-api/v1}. */
final class PaymentApi {
  private static final String ROOT = "/payment-api/v1";
  private static final String EVENTS_HEADER = "X-Requestor-Events";
  private static final String DEFAULT_EVENTS = "RECEIVED,CANCELLED";

  private final NodeContext context;
  private final Allocations allocations;
  private final Payments payments;

  PaymentApi(NodeContext context, Allocations allocations, Payments payments) {
    this.context = context;
    this.allocations = allocations;
    this.payments = payments;
  }

  void addTo(Routes routes) {
    accounts(routes);
    allocations(routes, ROOT + "/allocations");
    notes(routes, ROOT + "/debitNotes");
    invoices(routes, ROOT + "/invoices");
    routes.late(
        "GET",
        ROOT + "/debitNoteEvents",
        call -> poll(call, payments.noteLog(), DebitNoteEvent::eventType, "DebitNote"));
    routes.late(
        "GET",
        ROOT + "/invoiceEvents",
        call -> poll(call, payments.billLog(), InvoiceEvent::eventType, "Invoice"));
    routes.late("GET", ROOT + "/payments", this::nothing);
  }

  private void accounts(Routes routes) {
    routes.get(ROOT + "/requestorAccounts", call -> Reply.json(200, accountList()));
    routes.get(ROOT + "/providerAccounts", call -> Reply.json(200, accountList()));
  }

  private List<RequestorAccount> accountList() {
    return LocalProvider.PLATFORMS.stream()
        .map(
            platform -> {
              String[] parts = platform.split("-", 3);
              return new RequestorAccount(
                  platform, context.identity, parts[0], parts[1], parts[2], true, true);
            })
        .toList();
  }

  private void allocations(Routes routes, String root) {
    routes.post(root, call -> Reply.json(201, allocations.create(call.json())));
    routes.get(root, call -> page(call, allocations::list));
    String one = root + "/{allocation}";
    routes.get(one, call -> Reply.json(200, allocations.get(call.path("allocation"))));
    routes.put(
        one, call -> Reply.json(200, allocations.amend(call.path("allocation"), call.json())));
    routes.act(
        "DELETE", one, Reply.jsonNull(), call -> allocations.release(call.path("allocation")));
    for (String list : List.of("/orders", "/expenditures")) {
      routes.get(
          one + list,
          call -> {
            allocations.get(call.path("allocation"));
            return Reply.json(200, List.of());
          });
    }
    routes.get(ROOT + "/demandDecorations", this::decorations);
  }

  private Reply decorations(Call call) {
    String ids = call.query("allocationIds");
    if (ids == null) {
      throw new ApiException(400, "Query deserialize error: missing field `allocationIds`");
    }
    return Reply.json(200, allocations.decorations(List.of(ids.split(","))));
  }

  private void notes(Routes routes, String root) {
    routes.get(root, call -> page(call, payments::notes));
    String one = root + "/{note}";
    routes.get(one, call -> Reply.json(200, payments.note(call.path("note"))));
    routes.act(
        "POST",
        one + "/accept",
        Reply.jsonNull(),
        call -> payments.acceptNote(call.path("note"), acceptance(call)));
    Routes.Endpoint missing = call -> Reply.error(501, null);
    routes.post(one + "/reject", missing);
    routes.post(one + "/cancel", missing);
    routes.get(one + "/payments", missing);
  }

  private void invoices(Routes routes, String root) {
    routes.get(root, call -> page(call, payments::invoices));
    String one = root + "/{invoice}";
    routes.get(one, call -> Reply.json(200, payments.invoice(call.path("invoice"))));
    routes.act(
        "POST",
        one + "/accept",
        Reply.jsonNull(),
        call -> payments.acceptInvoice(call.path("invoice"), acceptance(call)));
    routes.act(
        "POST",
        one + "/reject",
        Reply.jsonNull(),
        call -> {
          call.json();
          payments.rejectInvoice(call.path("invoice"));
        });
    routes.get(
        one + "/payments",
        call -> {
          payments.invoice(call.path("invoice"));
          return Reply.json(200, List.of());
        });
  }

  /** What there is after a moment, and only so much of it. */
  private static Reply page(Call call, Function<Instant, ? extends List<?>> all) {
    Instant after = call.timeOr("afterTimestamp", Instant.EPOCH);
    int limit = call.count("maxItems", Integer.MAX_VALUE);
    return Reply.json(200, all.apply(after).stream().limit(limit).toList());
  }

  private static Acceptance acceptance(Call call) {
    Acceptance acceptance = call.body(Acceptance.class);
    if (Call.lacks(acceptance.allocationId()) || Call.lacks(acceptance.totalAmountAccepted())) {
      throw new ApiException(400, "Json deserialize error: missing field");
    }
    return acceptance;
  }

  private <E> CompletableFuture<Reply> poll(
      Call call, EventLog<E> log, Function<E, String> type, String prefix) {
    String header = call.header(EVENTS_HEADER);
    Set<String> wanted =
        Set.of((header == null ? DEFAULT_EVENTS : header).replace(" ", "").split(","));
    return log.poll(
        call.timeout(5),
        call.count("maxEvents", Integer.MAX_VALUE),
        call.timeOr("afterTimestamp", Instant.EPOCH),
        call.query("appSessionId"),
        event -> wanted.contains(kind(type.apply(event), prefix)));
  }

  /** {@code RECEIVED} of {@code InvoiceReceivedEvent}. */
  private static String kind(String type, String prefix) {
    return type.substring(prefix.length(), type.length() - "Event".length())
        .toUpperCase(Locale.ROOT);
  }

  /** Payments are not recorded. */
  private CompletableFuture<Reply> nothing(Call call) {
    return new Topic(context).await(call.timeout(5), () -> null, () -> Reply.json(200, List.of()));
  }
}
