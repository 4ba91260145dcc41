package org.golempipeline.cli.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.golempipeline.html.LivePage;

/**
 * Serves the page of a run to browsers of this machine. Others cannot reach it, and who cannot read
 * the address, which has a secret in it, is answered nothing: neither other users of the machine,
 * nor pages of other sites, also if their name leads here (the name is looked at).
 */
final class PageServer implements AutoCloseable {
  private static final int SECRET_BYTES = 16;

  /** Of what is new is told as often as it is made, and that we live so often. */
  private static final long PAUSE_MILLISECONDS = 500;

  private static final int PAUSES_IN_SILENCE = 20;

  /** Windows that are kept up to date at a time; each has a thread. */
  private static final int MOST_WINDOWS = 32;

  private final LivePage page;
  private final HttpServer server;
  private final String secret;
  private final ExecutorService threads = Executors.newCachedThreadPool(PageServer::daemon);
  private final Semaphore windows = new Semaphore(MOST_WINDOWS);
  private final CountDownLatch closed = new CountDownLatch(1);

  private PageServer(LivePage page, HttpServer server) {
    this.page = page;
    this.server = server;
    var bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    this.secret = HexFormat.of().formatHex(bytes);
  }

  private static Thread daemon(Runnable work) {
    var thread = new Thread(work, "page");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * @param port 0 for any that is free
   */
  static PageServer start(LivePage page, int port) throws IOException {
    var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    var started = new PageServer(page, HttpServer.create(address, 0));
    started.server.setExecutor(started.threads);
    started.server.createContext("/", started.guarded());
    started.server.start();
    return started;
  }

  /** Where the page is. */
  URI url() {
    return URI.create("http://127.0.0.1:%d/%s/".formatted(port(), secret));
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private HttpHandler guarded() {
    return exchange -> {
      try (exchange) {
        var headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        var status = status(exchange);
        if (status == 200) {
          answer(exchange);
        } else {
          exchange.sendResponseHeaders(status, -1);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private int status(HttpExchange exchange) {
    var host = exchange.getRequestHeaders().getFirst("Host");
    if (host == null || !Set.of("127.0.0.1:" + port(), "localhost:" + port()).contains(host)) {
      return 421;
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      return 405;
    }
    return place(exchange).isEmpty() ? 404 : 200;
  }

  /** What stands behind the secret; empty if that is not there. */
  private String place(HttpExchange exchange) {
    var path = exchange.getRequestURI().getPath();
    var parts = (path == null ? "" : path).split("/", 3);
    if (parts.length < 3
        || !MessageDigest.isEqual(
            parts[1].getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))) {
      return "";
    }
    return Set.of("", "events", "fragments").contains(parts[2]) ? "/" + parts[2] : "";
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    switch (place(exchange)) {
      case "/events" -> events(exchange);
      case "/fragments" -> html(exchange, page.fragments(query(exchange)));
      default -> html(exchange, page.whole());
    }
  }

  private static void html(HttpExchange exchange, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Server-sent events: a part of the page each, since the version that the browser has. */
  private void events(HttpExchange exchange) throws IOException, InterruptedException {
    if (!windows.tryAcquire()) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      var again = exchange.getRequestHeaders().getFirst("Last-Event-ID");
      var seen = number(again == null ? query(exchange).getOrDefault("since", "") : again);
      write(exchange, "retry: 1000\n\n");
      for (var silence = 0; ; silence++) {
        var changes = page.since(seen);
        seen = changes.version();
        if (!changes.parts().isEmpty()) {
          write(exchange, events(changes));
          silence = 0;
        }
        if (changes.over()) {
          write(exchange, "event: end\ndata:\n\n");
          return;
        }
        if (silence == PAUSES_IN_SILENCE) {
          write(exchange, ":\n\n");
          silence = 0;
        }
        if (closed.await(PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } finally {
      windows.release();
    }
  }

  private static String events(LivePage.Changes changes) {
    var text = new StringBuilder();
    changes
        .parts()
        .forEach(
            (name, part) -> {
              text.append("event: part\ndata: ").append(name);
              part.lines().forEach(line -> text.append("\ndata: ").append(line));
              text.append("\n\n");
            });
    // Whoever was told of some of them alone is told of all once more.
    return text + "id: " + changes.version() + "\nevent: told\ndata:\n\n";
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new HashMap<String, String>();
    var text = exchange.getRequestURI().getRawQuery();
    for (var pair : (text == null ? "" : text).split("&", -1)) {
      var parts = pair.split("=", 2);
      try {
        query.put(parts[0], URLDecoder.decode(parts[parts.length - 1], StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        // no text: as if it were not asked for
      }
    }
    return query;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
