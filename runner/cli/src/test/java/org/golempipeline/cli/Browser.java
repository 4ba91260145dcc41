package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real browser that opens a page, and tells what is displayed. The page is served from here in a
 * frame as wide as it is asked for; a script of ours beside it looks into the frame.
 */
public final class Browser implements AutoCloseable {
  private static final Pattern SEEN =
      Pattern.compile("<pre id=\"seen\">(.*?)</pre>", Pattern.DOTALL);
  private static final int PATIENCE_SECONDS = 150;
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

  private final String program;
  private final Path profile;
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile byte[] outer = new byte[0];
  private volatile byte[] page = new byte[0];

  private Browser(String program, Path profile, HttpServer server) {
    this.program = program;
    this.profile = profile;
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
  static Browser start(String program, Path profile) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var browser = new Browser(program, profile, HttpServer.create(address, 0));
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
    exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Opens a page in a window as wide as said. */
  Seen open(String html, int width) throws IOException, InterruptedException {
    outer = LOOK.formatted(width).getBytes(StandardCharsets.UTF_8);
    page = html.getBytes(StandardCharsets.UTF_8);
    requests.clear();
    var dumped = call("--virtual-time-budget=5000", "--dump-dom", url() + "/");
    var seen = SEEN.matcher(dumped);
    assertThat(seen.find()).as(dumped).isTrue();
    var text = seen.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    return seen(new ObjectMapper().readTree(text));
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
  Path picture(Path file, Path target, int width, int height)
      throws IOException, InterruptedException {
    call(
        "--hide-scrollbars",
        "--window-size=" + width + "," + height,
        "--screenshot=" + target,
        file.toUri().toString());
    return target;
  }

  private String call(String... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + profile));
    command.addAll(List.of(arguments));
    var out = Files.createTempFile(profile, "dumped", ".html");
    var process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("in time").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(out);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
