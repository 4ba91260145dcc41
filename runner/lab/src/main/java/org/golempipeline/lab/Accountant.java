package org.golempipeline.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Stands between a program and its daemon, and changes what becomes of money. */
final class Accountant implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INVOICES = "/payment-api/v1/invoices";
  private static final String DEBIT_NOTES = "/payment-api/v1/debitNotes";
  private static final String ALLOCATIONS = "/payment-api/v1/allocations";

  /** As a released daemon says it when its chain does not answer. */
  private static final String CHAIN_IS_AWAY =
      """
      {"type":"/payment/internal-error","title":"Internal error","status":500,
       "detail":"Unhandled internal error","internalError":"Server is unreachable"}
      """;

  /** More than any clock allows. */
  private static final BigDecimal INFLATION = new BigDecimal(100_000);

  /** How a provider bills, or what a requestor's daemon suffers from. */
  enum Conduct {
    INVOICES_TWICE_THE_AMOUNT,
    SENDS_NO_INVOICE,
    /** Notes and invoices fit what it says was used. */
    INFLATES_USAGE,
    REACHES_NO_CHAIN
  }

  private final HttpServer server;
  private final URI daemon;
  private volatile Conduct conduct;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Accountant(HttpServer server, URI daemon, Conduct conduct) {
    this.server = server;
    this.daemon = daemon;
    this.conduct = conduct;
  }

  static Accountant open(URI daemon, Conduct conduct) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var accountant = new Accountant(server, daemon, conduct);
    server.createContext("/", accountant::pass);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              var thread = new Thread(work, "accountant");
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
    return accountant;
  }

  /** From now on. */
  void conduct(Conduct next) {
    conduct = next;
  }

  /** Where the provider finds what it takes for its daemon. */
  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var body = exchange.getRequestBody().readAllBytes();
      if (conduct == Conduct.SENDS_NO_INVOICE && path.matches(INVOICES + "/[^/]+/send")) {
        answer(exchange, 200, "null".getBytes(StandardCharsets.UTF_8));
        return;
      }
      var posted = exchange.getRequestMethod().equals("POST");
      if (conduct == Conduct.REACHES_NO_CHAIN && posted && path.equals(ALLOCATIONS)) {
        exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
        answer(exchange, 500, CHAIN_IS_AWAY.getBytes(StandardCharsets.UTF_8));
        return;
      }
      if (conduct == Conduct.INVOICES_TWICE_THE_AMOUNT && posted && path.equals(INVOICES)) {
        body = times(BigDecimal.valueOf(2), body, "amount");
      }
      if (conduct == Conduct.INFLATES_USAGE && posted) {
        body =
            path.equals(INVOICES)
                ? times(INFLATION, body, "amount")
                : path.equals(DEBIT_NOTES)
                    ? times(INFLATION, body, "totalAmountDue", "usageCounterVector")
                    : body;
      }
      var response = client.send(request(exchange, body), HttpResponse.BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
      answer(exchange, response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    var request =
        HttpRequest.newBuilder(daemon.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (var name : new String[] {"Authorization", "Content-Type", "Accept"}) {
      var value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    return request.build();
  }

  /** Amounts and lists of amounts of a document. */
  private static byte[] times(BigDecimal factor, byte[] document, String... names)
      throws IOException {
    var json = (ObjectNode) JSON.readTree(document);
    for (var name : names) {
      if (json.get(name) instanceof ArrayNode list) {
        for (var i = 0; i < list.size(); i++) {
          list.set(i, DecimalNode.valueOf(list.get(i).decimalValue().multiply(factor)));
        }
      } else {
        var amount = new BigDecimal(json.get(name).asText());
        json.put(name, amount.multiply(factor).toPlainString());
      }
    }
    return JSON.writeValueAsBytes(json);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
