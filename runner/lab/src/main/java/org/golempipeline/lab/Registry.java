package org.golempipeline.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Executors;

/** An image registry that knows one image by every name, and serves it. */
public final class Registry implements AutoCloseable {
  private static final byte[] IMAGE =
      "Providers of the lab run programs of this machine.\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServer server;

  private Registry(HttpServer server) {
    this.server = server;
  }

  static Registry open() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var registry = new Registry(server);
    server.createContext("/v1/image/info", registry::describe);
    server.createContext("/image.gvmi", exchange -> answer(exchange, 200, IMAGE));
    server.createContext(
        "/", exchange -> answer(exchange, 404, "Not found".getBytes(StandardCharsets.UTF_8)));
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              var thread = new Thread(work, "registry");
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
    return registry;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Where the image lies. */
  public URI image() {
    return url().resolve("/image.gvmi");
  }

  public static String sha3() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA3-224").digest(IMAGE));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void describe(HttpExchange exchange) throws IOException {
    var text =
        "{\"sha3\":\"%s\",\"http\":\"%s\",\"size\":%d}".formatted(sha3(), image(), IMAGE.length);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    answer(exchange, 200, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
