package org.golempipeline.image;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.golempipeline.golem.image.ImageRegistry;

/** An image registry on loopback, with faults. */
final class FakeRegistry implements AutoCloseable {
  private record Answer(int status, String body) {}

  /** What was asked for, in the order it came. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final HttpServer server;

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/image/info",
        exchange -> {
          var query = exchange.getRequestURI().getRawQuery().replaceFirst("count=true&\\w+=", "");
          var image = URLDecoder.decode(query, StandardCharsets.UTF_8);
          asked.add(image);
          var answer = answers.getOrDefault(image, new Answer(404, "Image not found"));
          var body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /** Knows {@code image}: its hash is {@code digit} repeated. */
  FakeRegistry has(String image, char digit) {
    return answers(
        image,
        200,
        "{\"sha3\":\"%s\",\"http\":\"http://registry/%s\"}".formatted(sha3(digit), digit));
  }

  FakeRegistry answers(String image, int status, String body) {
    answers.put(image, new Answer(status, body));
    return this;
  }

  static String sha3(char digit) {
    return String.valueOf(digit).repeat(56);
  }

  ImageRegistry client() {
    return new ImageRegistry(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
