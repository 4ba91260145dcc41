package org.golempipeline.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on loopback with canned answers: an image registry, or what is no daemon. */
final class FakeWeb implements AutoCloseable {
  private record Answer(int status, String body) {}

  /** Paths and queries, decoded, in the order they came. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final HttpServer server;

  /** Says {@code status} and {@code body} to everything else. */
  FakeWeb(int status, String body) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var otherwise = new Answer(status, body);
    server.createContext(
        "/",
        exchange -> {
          var uri = exchange.getRequestURI();
          var path = uri.getQuery() == null ? uri.getPath() : uri.getPath() + "?" + uri.getQuery();
          asked.add(path);
          var answer = answers.getOrDefault(path, otherwise);
          var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  FakeWeb answers(String path, String body) {
    answers.put(path, new Answer(200, body));
    return this;
  }

  /** As a registry: knows {@code query}, such as {@code tag=golem/alpine:latest}. */
  FakeWeb has(String query, String sha3, long size) {
    return answers(
        "/v1/image/info?count=true&" + query,
        "{\"sha3\":\"%s\",\"http\":\"http://registry/%s\",\"size\":%d}"
            .formatted(sha3, sha3.charAt(0), size));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
