package org.golempipeline.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A released yagna daemon with one identity of its own, which stays the same when it is started
 * again.
 */
public final class Daemon {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Path program;
  private final Path folder;
  private final Path log;
  private final URI url;
  private final String appKey;
  private final Map<String, String> environment;
  private @Nullable Program running;

  /**
   * It is not started yet.
   *
   * @param number tells it from the others: 1 to 9
   * @param folder a short one, since a socket has to lie in it
   * @param more of its environment
   */
  Daemon(Path program, int number, Path folder, Path log, String hub, Map<String, String> more)
      throws IOException {
    this.program = program;
    this.folder = Files.createDirectories(folder);
    this.log = log;
    this.url = URI.create("http://127.0.0.1:" + Ports.free());
    this.appKey = "lab-" + number;
    environment = new HashMap<>();
    environment.put("YAGNA_DATADIR", folder.toString());
    environment.put("YAGNA_API_URL", url.toString());
    environment.put("GSB_URL", gsbUrl());
    environment.put("YAGNA_AUTOCONF_ID_SECRET", Integer.toString(number).repeat(64));
    environment.put("YAGNA_AUTOCONF_APPKEY", appKey);
    environment.put("YA_CONSENT_STATS", "deny");
    environment.put("YA_CONSENT_INTERNAL", "deny");
    environment.put("YA_NET_BIND_URL", "udp://127.0.0.1:" + Ports.free());
    environment.put("YA_NET_TYPE", "central");
    environment.put("CENTRAL_NET_HOST", hub);
    environment.put("OFFER_BROADCAST_DELAY", "1s");
    environment.put("MEAN_CYCLIC_BCAST_INTERVAL", "10s");
    environment.putAll(more);
  }

  public URI url() {
    return url;
  }

  public String appKey() {
    return appKey;
  }

  /** Where its bus listens. */
  public String gsbUrl() {
    return "unix:" + folder.resolve("bus");
  }

  /** What a program needs to talk to it. */
  public Map<String, String> environment() {
    return Map.of("YAGNA_APPKEY", appKey, "YAGNA_API_URL", url.toString(), "GSB_URL", gsbUrl());
  }

  void start() throws IOException {
    running =
        Program.start(
            List.of(program.toString(), "service", "run", "--disable-metrics-push"),
            environment,
            folder,
            log);
  }

  void awaitReady() {
    Waiting.until(
        "the daemon of " + log,
        () -> {
          if (running == null || !running.isAlive()) {
            throw new IllegalStateException("The daemon ended; see " + log);
          }
          return status("/me") == 200;
        });
  }

  /** Its own node id. */
  public String nodeId() {
    return get("/me").get("identity").asText();
  }

  /** A daemon hears of offers only after its first demand; scans do not count. */
  void listenToOffers() {
    var demands = "/market-api/v1/demands";
    var id = post(demands, Map.of("properties", Map.of(), "constraints", "(nobody=here)")).asText();
    answered(request(demands + "/" + id).DELETE());
  }

  /** As `kill -9` does it. */
  public void kill() {
    if (running != null) {
      running.kill();
    }
  }

  /** Starts it anew with all that it knew. */
  public void restart() throws IOException {
    kill();
    start();
    awaitReady();
  }

  private int status(String path) {
    try {
      return send(request(path).GET()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  public JsonNode get(String path) {
    return answered(request(path).GET());
  }

  public JsonNode post(String path, Object body) {
    try {
      return answered(
          request(path)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private JsonNode answered(HttpRequest.Builder request) {
    try {
      var response = send(request);
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "%s: %d %s"
                .formatted(response.request().uri(), response.statusCode(), response.body()));
      }
      return response.body().isEmpty() ? NullNode.instance : JSON.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException("The daemon of " + log + " does not answer.", e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + appKey);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
