package org.golempipeline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A real browser that opens one page after the other, and tells what is displayed. Each is served
 * from here in a frame as wide as it is asked for; a script of ours beside it looks into the frame.
 */
public final class Browser implements AutoCloseable {
  private static final int WINDOW = 1300;

  /** For what a page does later, such as by a timer or by a refresh. */
  private static final Duration WAIT = Duration.ofSeconds(2);

  private static final String LOOK =
      """
      <!DOCTYPE html><meta charset="utf-8"><pre id="seen"></pre>
      <iframe id="frame" src="/page" width="%d" height="800" style="border:0"></iframe>
      <script>
        const frame = document.getElementById("frame");
        frame.onload = () => {
          const page = frame.contentDocument, view = frame.contentWindow;
          const folded = page.body.innerText;
          page.querySelectorAll("details").forEach(each => { each.open = true; });
          const style = view.getComputedStyle(page.querySelector("h1"));
          document.getElementById("seen").textContent = JSON.stringify({
            title: page.title, folded, text: page.body.innerText,
            commands: [...page.querySelectorAll("pre.command")].map(each => each.innerText),
            scripts: page.scripts.length, images: page.images.length, owned: view.owned === true,
            loaded: view.performance.getEntriesByType("resource").length,
            weight: style.fontWeight, overflow: page.documentElement.scrollWidth - view.innerWidth
          });
        };
      </script>
      """;

  /**
   * What there is to see.
   *
   * @param folded the text that is displayed at first
   * @param text the text once everything is unfolded
   * @param commands what is set as a command to copy
   * @param owned whether a script in the page set {@code owned}
   * @param loaded how many resources the page made the browser load
   * @param styled whether the style sheet of the page counts
   * @param overflow by how much the page is wider than its window
   * @param requests for anything but the page
   */
  record Seen(
      String title,
      String folded,
      String text,
      List<String> commands,
      int scripts,
      int images,
      boolean owned,
      int loaded,
      boolean styled,
      int overflow,
      List<String> requests) {}

  private final BrowserTab tab;
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile byte[] outer = new byte[0];
  private volatile byte[] page = new byte[0];
  private int opened;

  private Browser(BrowserTab tab, HttpServer server) {
    this.tab = tab;
    this.server = server;
  }

  /** The browser that is installed, if there is one. */
  public static Optional<String> installed() {
    var folders = System.getenv().getOrDefault("PATH", "").split(":", -1);
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .filter(
            name ->
                Stream.of(folders).anyMatch(folder -> Files.isExecutable(Path.of(folder, name))))
        .findFirst();
  }

  /**
   * @param profile an empty folder for what it keeps
   */
  static Browser start(String program, Path profile) throws IOException, InterruptedException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var browser = new Browser(BrowserTab.open(program, profile), HttpServer.create(address, 0));
    browser.server.createContext("/", browser::answer);
    browser.server.start();
    return browser;
  }

  /** Where pages reach this server, and are noticed. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var body = path.equals("/") ? outer : path.equals("/page") ? page : new byte[0];
    if (body.length == 0 && !path.equals("/favicon.ico")) {
      requests.add(path);
    }
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Opens a page in a window as wide as said. */
  Seen open(String html, int width) throws IOException {
    outer = LOOK.formatted(width).getBytes(StandardCharsets.UTF_8);
    page = html.getBytes(StandardCharsets.UTF_8);
    requests.clear();
    var query = "?" + ++opened;
    tab.go(URI.create(url() + "/" + query), WINDOW, false);
    ChildJvm.await(
        "the page to be seen",
        () ->
            tab.is(
                "location.search === '%s' && document.getElementById('seen').textContent !== ''"
                    .formatted(query)));
    tab.pass(WAIT);
    return seen(
        new ObjectMapper().readTree(tab.text("document.getElementById('seen').textContent")));
  }

  private Seen seen(JsonNode json) {
    var commands = new ArrayList<String>();
    json.get("commands").forEach(each -> commands.add(each.asText()));
    return new Seen(
        json.get("title").asText(),
        json.get("folded").asText(),
        json.get("text").asText(),
        commands,
        json.get("scripts").asInt(),
        json.get("images").asInt(),
        json.get("owned").asBoolean(),
        json.get("loaded").asInt(),
        json.get("weight").asText().equals("700") && json.get("text").asText().length() > 0,
        json.get("overflow").asInt(),
        List.copyOf(requests));
  }

  /** A picture of a file as a window of this size shows it. */
  byte[] picture(Path file, int width, int height) throws IOException {
    tab.go(file.toUri(), width, false);
    ChildJvm.await(
        "the file",
        () -> tab.is("location.protocol === 'file:' && document.readyState === 'complete'"));
    return tab.picture(width, height);
  }

  @Override
  public void close() {
    tab.close();
    server.stop(0);
  }
}
