package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A requestor that speaks the raw protocol: every status and body is seen as it came. */
final class Requestor {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String MARKET = "/market-api/v1";
  static final String ACTIVITY = "/activity-api/v1/activity";
  static final String PAYMENT = "/payment-api/v1";
  static final String PLATFORM = "erc20-hoodi-tglm";
  static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What the daemon knows its agreements by, and their documents. */
  final String session = UUID.randomUUID().toString();

  /** What is older is not its own. */
  final Instant begin = Instant.now();

  private final URI url;
  private final String appKey;
  private final URI registry;
  private final String image;

  Requestor(EmbeddedNode node) {
    this(node.url(), node.appKey(), node.url(), "0".repeat(56) + ":http://x/y");
  }

  /**
   * Of any daemon.
   *
   * @param registry one that knows all images
   * @param image an image's hash and URL
   */
  Requestor(URI url, String appKey, URI registry, String image) {
    this.image = image;
    this.url = url;
    this.appKey = appKey;
    this.registry = registry;
  }

  URI url() {
    return url;
  }

  /** What a program needs to be a requestor too. */
  Map<String, String> environment() {
    return Map.of(
        "YAGNA_API_URL",
        url.toString(),
        "YAGNA_APPKEY",
        appKey,
        "GOLEM_REGISTRY_URL",
        registry.toString(),
        // Where golem-js and yapapi look for the payment network of PLATFORM.
        "PAYMENT_NETWORK",
        "hoodi",
        "YAGNA_PAYMENT_NETWORK",
        "hoodi");
  }

  static EmbeddedNode startNode(Path folder, int providers, boolean free) {
    return startNode(folder, providers, free, Timings.REAL);
  }

  static EmbeddedNode startNode(Path folder, int providers, boolean free, Timings timings) {
    try {
      return EmbeddedNode.start(new NodeOptions(0, "key", providers, folder, 7, free), timings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record Answer(int status, String type, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw new AssertionError(text, e);
      }
    }

    Answer expect(int wanted) {
      assertThat(status).as(text).isEqualTo(wanted);
      return this;
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + appKey)
        .header("Accept", "application/json");
  }

  Answer send(HttpRequest.Builder builder) {
    try {
      return answer(HTTP.send(builder.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        response.body());
  }

  CompletableFuture<Answer> getLater(String path) {
    return HTTP.sendAsync(request(path).GET().build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(Requestor::answer);
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  Answer post(String path, Object body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(text(body))));
  }

  Answer put(String path, Object body) {
    return send(request(path).PUT(HttpRequest.BodyPublishers.ofString(text(body))));
  }

  /** Strings are sent as they are. */
  static String text(Object body) {
    try {
      return body instanceof String string ? string : JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  String identity() {
    return get("/me").expect(200).json().get("identity").asText();
  }

  String allocation(String amount) {
    return post(
            PAYMENT + "/allocations",
            Map.of(
                "totalAmount",
                amount,
                "paymentPlatform",
                PLATFORM,
                "timeout",
                Instant.now().plusSeconds(3600).toString(),
                "makeDeposit",
                false))
        .expect(201)
        .json()
        .get("allocationId")
        .asText();
  }

  Map<String, Object> demandProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("golem.srv.caps.multi-activity", true);
    properties.put("golem.node.debug.subnet", "public");
    properties.put("golem.srv.comp.expiration", Instant.now().plusSeconds(1200).toEpochMilli());
    properties.put("golem.srv.comp.vm.package_format", "gvmkit-squash");
    properties.put("golem.srv.comp.task_package", "hash:sha3:" + image);
    properties.put("golem.com.scheme.payu.debit-note.interval-sec?", 120);
    properties.put("golem.com.scheme.payu.payment-timeout-sec?", 43200);
    properties.put("golem.com.payment.debit-notes.accept-timeout?", 120);
    properties.put("golem.com.payment.platform." + PLATFORM + ".address", identity());
    properties.put("golem.com.payment.protocol.version", "3");
    return properties;
  }

  static final String CONSTRAINTS =
      "(&(golem.com.pricing.model=linear)\n\t(golem.node.debug.subnet=public)\n\t"
          + "(golem.runtime.name=vm)\n\t(golem.inf.mem.gib>=0.5)\n\t(golem.inf.storage.gib>=2)\n\t"
          + "(golem.inf.cpu.cores>=1)\n\t(golem.inf.cpu.threads>=1)\n\t"
          + "(golem.com.payment.platform.erc20-hoodi-tglm.address=*)\n\t"
          + "(golem.com.payment.protocol.version>1))";

  Map<String, Object> demandBody(Map<String, Object> properties) {
    return Map.of("properties", properties, "constraints", CONSTRAINTS);
  }

  String subscribe() {
    return post(MARKET + "/demands", demandBody(demandProperties())).expect(201).json().asText();
  }

  Answer events(String demand, double timeout) {
    return get(MARKET + "/demands/" + demand + "/events?timeout=" + timeout + "&maxEvents=100");
  }

  /** The next event of a demand. */
  JsonNode event(String demand) {
    JsonNode page =
        get(MARKET + "/demands/" + demand + "/events?timeout=10&maxEvents=1").expect(200).json();
    assertThat(page).hasSize(1);
    return page.get(0);
  }

  Answer counter(String demand, String proposal, Map<String, Object> properties) {
    Map<String, Object> chosen = new LinkedHashMap<>(properties);
    chosen.put("golem.com.payment.chosen-platform", PLATFORM);
    return post(MARKET + "/demands/" + demand + "/proposals/" + proposal, demandBody(chosen));
  }

  static String proposalId(JsonNode event) {
    return event.get("proposal").get("proposalId").asText();
  }

  /** Counters an offer; the provider's draft. */
  JsonNode draft(String demand) {
    JsonNode initial = event(demand);
    assertThat(initial.at("/proposal/state").asText()).isEqualTo("Initial");
    counter(demand, proposalId(initial), demandProperties()).expect(200);
    JsonNode draft = event(demand);
    while (!draft.at("/proposal/state").asText().equals("Draft")) {
      draft = event(demand);
    }
    return draft;
  }

  Answer createAgreement(JsonNode draft) {
    return post(
        MARKET + "/agreements",
        Map.of(
            "proposalId", proposalId(draft), "validTo", Instant.now().plusSeconds(600).toString()));
  }

  Answer confirm(String agreement) {
    return post(MARKET + "/agreements/" + agreement + "/confirm?appSessionId=" + session, "");
  }

  Answer await(String agreement, double timeout) {
    return post(MARKET + "/agreements/" + agreement + "/wait?timeout=" + timeout, "");
  }

  /** An approved agreement. */
  String agreement() {
    String demand = subscribe();
    String agreement = createAgreement(draft(demand)).expect(200).json().asText();
    confirm(agreement).expect(204);
    await(agreement, 5).expect(204);
    delete(MARKET + "/demands/" + demand).expect(204);
    return agreement;
  }

  String agreementState(String agreement) {
    return get(MARKET + "/agreements/" + agreement).expect(200).json().get("state").asText();
  }

  Answer terminate(String agreement) {
    return post(
        MARKET + "/agreements/" + agreement + "/terminate",
        Map.of("message", "Finished", "golem.requestor.code", "Success"));
  }

  String activity(String agreement) {
    return post(ACTIVITY + "?timeout=5", Map.of("agreementId", agreement))
        .expect(200)
        .json()
        .get("activityId")
        .asText();
  }

  String state(String activity) {
    return get(ACTIVITY + "/" + activity + "/state").expect(200).json().at("/state/0").asText();
  }

  Answer exec(String activity, Object... commands) {
    return post(
        ACTIVITY + "/" + activity + "/exec?timeout=5", Map.of("text", text(List.of(commands))));
  }

  Answer results(String activity, String batch, String query) {
    return get(ACTIVITY + "/" + activity + "/exec/" + batch + "?" + query);
  }

  /** Executes a script to its end, which comes at its last or its first failed command. */
  JsonNode execute(String activity, Object... commands) {
    String batch = exec(activity, commands).expect(200).json().asText();
    JsonNode results = JSON.createArrayNode();
    for (int i = 0; i < commands.length; i++) {
      results = results(activity, batch, "timeout=20&commandIndex=" + i).expect(200).json();
      if (results.get(i).get("result").asText().equals("Error")) {
        break;
      }
    }
    return results(activity, batch, "").expect(200).json();
  }

  static Map<String, Object> deploy(String... volumes) {
    return Map.of("deploy", Map.of("volumes", List.of(volumes)));
  }

  static Map<String, Object> start() {
    return Map.of("start", Map.of("args", List.of()));
  }

  static Map<String, Object> terminateCommand() {
    return Map.of("terminate", Map.of());
  }

  static Map<String, Object> sh(String text) {
    Map<String, Object> mode = Map.of("atEnd", Map.of("format", "str"));
    return run(List.of("-c", text), Map.of("stdout", mode, "stderr", mode));
  }

  static Map<String, Object> run(List<String> args, Map<String, Object> capture) {
    return Map.of("run", Map.of("entry_point", "/bin/sh", "args", args, "capture", capture));
  }

  static Map<String, Object> transfer(String from, String to) {
    return Map.of("transfer", Map.of("from", from, "to", to));
  }

  /** A started machine, and where its volume really is. */
  record Machine(String agreement, String activity, Path folder) {}

  Machine machine() {
    return machine(agreement());
  }

  Machine machine(String agreement) {
    String activity = activity(agreement);
    JsonNode results = execute(activity, deploy("/golem/work"), start());
    assertThat(results).hasSize(2);
    try {
      JsonNode report = JSON.readTree(results.get(0).get("stdout").asText());
      return new Machine(agreement, activity, Path.of(report.at("/vols/0/path").asText()));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  List<String> eventTypes(String path) {
    List<String> types = new ArrayList<>();
    get(path).expect(200).json().forEach(each -> types.add(each.get("eventType").asText()));
    return types;
  }
}
