package org.golempipeline.golem.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.golempipeline.golem.GolemConnection;

/** A daemon of canned answers, for faults that a real one shows only on bad days. */
public final class FakeYagna implements AutoCloseable {
  /** What is answered: a status and a body, a broken connection, or nothing until the end. */
  public record Answer(int status, String body) {
    public static final Answer BREAK = new Answer(-1, "");
    public static final Answer HOLD = new Answer(-2, "");

    public static Answer ok(String body) {
      return new Answer(200, body);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  public FakeYagna() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    on("GET /version/get", Answer.ok("{\"current\":{\"version\":\"0.17.6\"},\"pending\":null}"));
    on("GET /me", Answer.ok("{\"identity\":\"0xme\",\"name\":\"n\",\"role\":\"manager\"}"));
    on("POST /payment-api/v1/allocations", new Answer(201, allocation()));
    on(
        "GET /payment-api/v1/demandDecorations",
        Answer.ok(
            "{\"properties\":[],\"constraints\":[\"(golem.com.payment.protocol.version>1)\"]}"));
    on("GET /market-api/v1/agreementEvents", Answer.HOLD);
    on("GET /payment-api/v1/debitNoteEvents", Answer.HOLD);
    on("GET /payment-api/v1/invoiceEvents", Answer.HOLD);
    on("DELETE /payment-api/v1/allocations/al", Answer.ok("null"));
    on("POST /market-api/v1/demands", new Answer(201, "\"demand-1\""));
    on("DELETE /market-api/v1/demands/demand-1", new Answer(204, ""));
  }

  public static String allocation() {
    return "{\"allocationId\":\"al\",\"address\":\"0xme\",\"paymentPlatform\":\"erc20-hoodi-tglm\","
        + "\"totalAmount\":\"1\",\"spentAmount\":\"0\",\"remainingAmount\":\"1\","
        + "\"timeout\":\"2030-01-01T00:00:00.123Z\",\"makeDeposit\":false}";
  }

  /** Answers in turn, the last one for ever. {@code endpoint} is a method and a path. */
  public FakeYagna on(String endpoint, Answer... inTurn) {
    answers.put(endpoint, new ArrayDeque<>(Arrays.asList(inTurn)));
    return this;
  }

  public GolemConnection connection() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new GolemConnection(url, "secret-key");
  }

  /** Method, path and query, and body of all requests that begin so. */
  public List<String> requests(String prefix) {
    return requests.stream().filter(request -> request.startsWith(prefix)).toList();
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String endpoint = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    Answer answer = next(endpoint);
    if (!"Bearer secret-key".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer = new Answer(401, "Invalid application key");
    }
    if (answer.equals(Answer.HOLD)) {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else if (!answer.equals(Answer.BREAK)) {
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private synchronized Answer next(String endpoint) {
    Deque<Answer> queue = answers.get(endpoint);
    if (queue == null) {
      return new Answer(404, "{\"message\":\"no " + endpoint + "\"}");
    }
    return queue.size() > 1 ? queue.remove() : queue.element();
  }
}
