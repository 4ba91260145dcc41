package org.golempipeline.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.bus.FakeBus;
import org.golempipeline.golem.wire.WireJson;

/** A daemon as its provider sees it, REST and bus, with a requestor that the test plays. */
final class FakeDaemon implements AutoCloseable {
  static final String IDENTITY = "0x" + "1".repeat(40);
  static final String REQUESTOR = "0x" + "2".repeat(40);

  private static final String OFFERS = "/market-api/v1/offers/";
  private static final Pattern AGREEMENT =
      Pattern.compile("/market-api/v1/agreements/(\\w+)(?:/(\\w+))?");
  private static final Pattern DOCUMENT =
      Pattern.compile("/payment-api/v1/(invoices|debitNotes)(?:/([\\w-]+)(?:/send)?)?");

  final FakeBus bus;
  final List<String> requests = new ArrayList<>();
  final Map<String, JsonNode> usage = new HashMap<>();
  final Map<String, String> states = new HashMap<>();
  final Map<String, ObjectNode> agreements = new HashMap<>();

  /** What was sent to the requestor, in order. */
  final List<ObjectNode> notes = new ArrayList<>();

  final List<ObjectNode> invoices = new ArrayList<>();

  /** What the provider answered to proposals. */
  final List<JsonNode> answers = new ArrayList<>();

  /** With what the provider ended agreements. */
  final Map<String, JsonNode> reasons = new HashMap<>();

  /** Whether the requestor accepts what it gets. */
  boolean acceptsNotes = true;

  /** Whether it pays the debit notes that it accepts. */
  boolean paysNotes;

  /** How many more debit notes do not reach it. */
  int lostNotes;

  /** Offers that are out. */
  final Set<String> offers = new HashSet<>();

  /** Whether offers that are published wait for their answer. */
  boolean holdsOffers;

  /** Whether what the provider approves is approved, but it is told so only by an activity. */
  boolean losesApprovals;

  /** What becomes of an agreement that the provider approves, without an answer to that. */
  Optional<String> unansweredApprovals = Optional.empty();

  /** How often an invoice does not arrive. */
  int brokenSends;

  /** Which the requestor's daemon never heard of: it takes no note for them. */
  final Set<String> unknownActivities = new HashSet<>();

  private final Map<String, ObjectNode> documents = new HashMap<>();
  private final Map<String, Queue<JsonNode>> queues = new HashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private int count;
  private JsonNode offer = NullNode.getInstance();

  FakeDaemon() throws IOException {
    bus = new FakeBus(this::local);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private synchronized JsonNode local(String method, JsonNode body) {
    String activity = body.path("activityId").asText();
    if (method.equals("SetActivityUsage")) {
      usage.put(activity, body.path("usage"));
    } else if (method.equals("SetActivityState")) {
      states.put(activity, body.at("/state/state/0").asText());
    }
    notifyAll();
    return NullNode.getInstance();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      JsonNode body = sent.length == 0 ? NullNode.getInstance() : WireJson.mapper().readTree(sent);
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      Answer answer = answer(method, path, body);
      byte[] text = answer.body.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status, text.length);
      exchange.getResponseBody().write(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Answer(int status, JsonNode body) {
    static Answer ok(JsonNode body) {
      return new Answer(200, body);
    }
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  private synchronized Answer answer(String method, String path, JsonNode body)
      throws InterruptedException {
    requests.add(method + " " + path);
    notifyAll();
    Matcher agreement = AGREEMENT.matcher(path);
    Matcher document = DOCUMENT.matcher(path);
    if (path.equals("/me")) {
      return Answer.ok(JsonNodeFactory.instance.objectNode().put("identity", IDENTITY));
    } else if (path.endsWith("vents")) {
      return events(path);
    } else if (path.equals("/market-api/v1/offers")) {
      offer = body;
      String fresh = "offer-" + ++count;
      offers.add(fresh);
      while (holdsOffers) {
        wait();
      }
      return new Answer(201, text(fresh));
    } else if (path.startsWith(OFFERS)) {
      offers.remove(path.substring(OFFERS.length()));
      answers.add(body);
      return Answer.ok(text("P-" + ++count));
    } else if (agreement.matches()) {
      return agreement(agreement.group(1), agreement.group(2), body);
    } else if (path.endsWith("/usage")) {
      String activity = path.split("/")[4];
      return Answer.ok(
          usage.getOrDefault(activity, JsonNodeFactory.instance.objectNode().put("timestamp", 1)));
    } else if (path.endsWith("/state")) {
      states.put(path.split("/")[4], body.at("/state/0").asText());
      return Answer.ok(NullNode.getInstance());
    } else if (document.matches()) {
      return document(document.group(1), document.group(2), path, body);
    }
    return new Answer(404, JsonNodeFactory.instance.objectNode().put("message", path));
  }

  /** A long poll, but not a very long one. */
  private Answer events(String path) throws InterruptedException {
    if (path.startsWith(OFFERS) && !offers.contains(path.split("/")[4])) {
      return new Answer(404, JsonNodeFactory.instance.objectNode().put("message", "no offer"));
    }
    Queue<JsonNode> queue = queue(path);
    if (queue.isEmpty()) {
      wait(200);
    }
    ArrayNode events = JsonNodeFactory.instance.arrayNode();
    for (JsonNode event = queue.poll(); event != null; event = queue.poll()) {
      events.add(event);
    }
    return events.isEmpty() && path.startsWith("/activity-api")
        ? new Answer(408, JsonNodeFactory.instance.objectNode().put("message", "Timeout"))
        : Answer.ok(events);
  }

  private Queue<JsonNode> queue(String path) {
    String log = path.startsWith(OFFERS) ? "market" : path;
    return queues.computeIfAbsent(log, unseen -> new ArrayDeque<>());
  }

  private Answer agreement(String id, String verb, JsonNode body) throws InterruptedException {
    ObjectNode agreement = agreements.get(id);
    if (agreement == null) {
      return new Answer(404, JsonNodeFactory.instance.objectNode().put("message", "unknown"));
    }
    if (verb == null) {
      return Answer.ok(agreement);
    }
    boolean approve = verb.equals("approve");
    if (verb.equals("terminate")) {
      reasons.putIfAbsent(id, body);
    }
    if (!approve && !agreement.get("state").asText().equals("Approved")) {
      return new Answer(410, JsonNodeFactory.instance.objectNode().put("message", "gone"));
    }
    agreement.put(
        "state", approve ? "Approved" : verb.equals("terminate") ? "Terminated" : "Rejected");
    while (approve && losesApprovals && !states.containsValue("Initialized")) {
      wait();
    }
    if (approve && (losesApprovals || unansweredApprovals.isPresent())) {
      unansweredApprovals.ifPresent(state -> agreement.put("state", state));
      return new Answer(504, JsonNodeFactory.instance.objectNode().put("message", "too late"));
    }
    return Answer.ok(NullNode.getInstance());
  }

  private Answer document(String kind, String id, String path, JsonNode body) {
    boolean note = kind.equals("debitNotes");
    if (id == null) {
      String fresh = (note ? "note-" : "invoice-") + ++count;
      ObjectNode document = body.deepCopy();
      document.put(note ? "debitNoteId" : "invoiceId", fresh);
      document.put("issuerId", IDENTITY).put("recipientId", REQUESTOR).put("status", "ISSUED");
      if (note) {
        document.put("agreementId", "unknown");
      }
      documents.put(fresh, document);
      return new Answer(201, document);
    }
    ObjectNode document = documents.get(id);
    if (!path.endsWith("/send")) {
      return Answer.ok(document);
    }
    if (note && unknownActivities.contains(document.get("activityId").asText())) {
      return new Answer(
          400, JsonNodeFactory.instance.objectNode().put("message", "unknown activity"));
    }
    if (note && lostNotes > 0) {
      lostNotes--;
      return new Answer(
          500, JsonNodeFactory.instance.objectNode().put("message", "Server is unreachable"));
    }
    if (!note && brokenSends > 0) {
      brokenSends--;
      return new Answer(500, JsonNodeFactory.instance.objectNode().put("message", "broken"));
    }
    document.put(
        "status", note && !acceptsNotes ? "RECEIVED" : note && paysNotes ? "SETTLED" : "ACCEPTED");
    (note ? notes : invoices).add(document);
    return Answer.ok(NullNode.getInstance());
  }

  synchronized void event(String path, String json) throws IOException {
    queue(path).add(WireJson.mapper().readTree(json));
    notifyAll();
  }

  synchronized void propose(String id, String demand) throws IOException {
    event(
        "/market-api/v1/offers/x/events",
        """
        {"eventType": "ProposalEvent", "eventDate": "%s", "proposal": {"properties": %s,
         "constraints": "()", "proposalId": "%s", "issuerId": "%s", "state": "Draft"}}
        """
            .formatted(Instant.now(), demand, id, REQUESTOR));
  }

  /** Sends an agreement over what was answered last. */
  synchronized void sign(String id, String demand) throws IOException {
    JsonNode agreed = answers.get(answers.size() - 1).path("properties");
    String agreement =
        """
        {"agreementId": "%s", "state": "Pending", "timestamp": "%s",
         "demand": {"properties": %s, "constraints": "()", "demandId": "d", "requestorId": "%s"},
         "offer": {"properties": %s, "constraints": "()", "offerId": "o", "providerId": "%s"}}
        """
            .formatted(id, Instant.now(), demand, REQUESTOR, agreed, IDENTITY);
    agreements.put(id, (ObjectNode) WireJson.mapper().readTree(agreement));
    event(
        "/market-api/v1/offers/x/events",
        "{\"eventType\": \"AgreementEvent\", \"agreement\": " + agreement + "}");
  }

  void activity(String type, String agreement, String activity) throws IOException {
    event(
        "/activity-api/v1/events",
        "{\"activityId\": \"%s\", \"agreementId\": \"%s\", \"eventType\": {\"%s\": {}}, \"eventDate\": \"%s\"}"
            .formatted(activity, agreement, type, Instant.now()));
  }

  synchronized void terminated(String agreement) throws IOException {
    agreements.get(agreement).put("state", "Terminated");
    event(
        "/market-api/v1/agreementEvents",
        """
        {"eventType": "AgreementTerminatedEvent", "eventDate": "%s", "agreementId": "%s",
         "terminator": "Requestor", "signature": "", "reason": {"message": "done"}}
        """
            .formatted(Instant.now(), agreement));
  }

  void answer(String note, String answer) throws IOException {
    event(
        "/payment-api/v1/debitNoteEvents",
        "{\"debitNoteId\": \"%s\", \"eventDate\": \"%s\", \"eventType\": \"DebitNote%sEvent\"}"
            .formatted(note, Instant.now(), answer));
  }

  synchronized void forgetOffers() {
    offers.clear();
  }

  synchronized void answerOffers() {
    holdsOffers = false;
    notifyAll();
  }

  JsonNode offer() {
    return offer;
  }

  /** Waits for something that the provider does. */
  synchronized void until(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not come true; seen were " + requests);
      }
      wait(50);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    bus.close();
  }
}
