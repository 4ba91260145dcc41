package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A real browser with one tab that stays open, driven from here by the protocol of its developer
 * tools: for pages that change while somebody looks.
 */
public final class BrowserTab implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 150;

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<Void> passed = new CompletableFuture<>();
  private WebSocket socket;
  private int last;

  private BrowserTab(Process process) {
    this.process = process;
  }

  /**
   * @param profile an empty folder for what it keeps
   */
  public static BrowserTab open(String program, Path profile)
      throws IOException, InterruptedException {
    var tab =
        new BrowserTab(
            new ProcessBuilder(
                    program,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + profile,
                    "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    try {
      var port = profile.resolve("DevToolsActivePort");
      ChildJvm.await("the browser", () -> Files.exists(port) && lines(port).size() == 2);
      tab.connect(Integer.parseInt(lines(port).get(0)));
      return tab;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      tab.close();
      throw e;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private void connect(int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/json/new".formatted(port)))
            .PUT(HttpRequest.BodyPublishers.noBody());
    var tab = JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(tab.get("webSocketDebuggerUrl").asText()), new Listener())
            .join();
    for (var domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", "{}");
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        try {
          said(JSON.readTree(text.toString()));
        } catch (IOException e) {
          errors.add(e.toString());
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void said(JsonNode message) {
    var answered = asked.remove(message.path("id").asInt(-1));
    if (answered != null) {
      answered.complete(message);
      return;
    }
    var params = message.path("params");
    switch (message.path("method").asText()) {
      case "Runtime.exceptionThrown" -> errors.add(params.path("exceptionDetails").toString());
      case "Runtime.consoleAPICalled" -> errors.add(params.toString());
      case "Emulation.virtualTimeBudgetExpired" -> passed.complete(null);
      case "Log.entryAdded" -> errors.add(params.path("entry").path("text").asText());
      default -> {
        // not asked for
      }
    }
  }

  private JsonNode send(String method, String params) throws IOException {
    var said = ask(method, params);
    assertThat(said.has("error")).as(method + ": " + said).isFalse();
    return said.get("result");
  }

  private JsonNode ask(String method, String params) throws IOException {
    var id = ++last;
    var message = (ObjectNode) JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.readTree(params));
    var answer = new CompletableFuture<JsonNode>();
    asked.put(id, answer);
    socket.sendText(message.toString(), true).join();
    return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Opens a page in a window as wide as said, and waits until it is painted. */
  public void go(URI page, int width, boolean dark) throws IOException {
    look(width, dark);
    send("Page.navigate", "{\"url\":\"%s\"}".formatted(page));
    ChildJvm.await(
        "the page",
        () -> is("document.readyState === 'complete' && location.href !== 'about:blank'"));
  }

  /** From now on the window is as wide as said. */
  public void look(int width, boolean dark) throws IOException {
    send(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":%d,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":false}".formatted(width));
    send(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]}"
            .formatted(dark ? "dark" : "light"));
  }

  /** Whether an expression is true; a page that is just being left says nothing. */
  public boolean is(String expression) {
    try {
      return ask("Runtime.evaluate", evaluation(expression)).at("/result/result/value").asBoolean();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Lets time go by for the page, in which it may do something: at once, but for what it loads
   * meanwhile. From now on nothing in the tab waits for a time.
   */
  void pass(Duration time) throws IOException {
    passed = new CompletableFuture<>();
    send(
        "Emulation.setVirtualTimePolicy",
        "{\"policy\":\"pauseIfNetworkFetchesPending\",\"budget\":%d}".formatted(time.toMillis()));
    passed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    send("Emulation.setVirtualTimePolicy", "{\"policy\":\"advance\"}");
  }

  /** What an expression says. */
  public String text(String expression) throws IOException {
    return send("Runtime.evaluate", evaluation(expression)).at("/result/value").asText();
  }

  /** The upper left of the page, as a picture in PNG. */
  byte[] picture(int width, int height) throws IOException {
    var clip = "{\"x\":0,\"y\":0,\"width\":%d,\"height\":%d,\"scale\":1}";
    var taken =
        send(
            "Page.captureScreenshot",
            "{\"captureBeyondViewport\":true,\"clip\":" + clip.formatted(width, height) + "}");
    return Base64.getDecoder().decode(taken.get("data").asText());
  }

  private static String evaluation(String expression) {
    return JSON.createObjectNode()
        .put("expression", expression)
        .put("returnByValue", true)
        .toString();
  }

  /** Whatever the page and the browser said to developers. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
