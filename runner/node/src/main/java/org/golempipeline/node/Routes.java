package org.golempipeline.node;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * Leads requests to endpoints: authentication, bodies, errors, answers that come later, and faults.
 * Endpoints run on the I/O thread and must not block.
 */
final class Routes implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  /** Longer bodies are refused, as by the daemon. */
  private static final int MAX_BODY = 2 * 1024 * 1024;

  /**
   * Up to here a body that is too large is read to its end, so that the answer arrives; who writes
   * more than that finds the connection closed.
   */
  private static final int MOST_READ = 8 * MAX_BODY;

  private static final byte[] NO_BODY = {};

  /** Answers at once. */
  interface Endpoint {
    Reply answer(Call call);
  }

  /** Answers later, without a thread that waits. */
  interface LateEndpoint {
    CompletableFuture<Reply> answer(Call call);
  }

  private final NodeContext context;
  private final byte[] appKey;
  private final RoutingHandler routes = new RoutingHandler();

  Routes(NodeContext context) {
    this.context = context;
    appKey = context.options.appKey().getBytes(StandardCharsets.UTF_8);
    routes.setFallbackHandler(exchange -> send(exchange, Reply.empty(404)));
    routes.setInvalidMethodHandler(exchange -> send(exchange, Reply.empty(405)));
  }

  void get(String path, Endpoint endpoint) {
    add("GET", path, endpoint);
  }

  void post(String path, Endpoint endpoint) {
    add("POST", path, endpoint);
  }

  void put(String path, Endpoint endpoint) {
    add("PUT", path, endpoint);
  }

  void delete(String path, Endpoint endpoint) {
    add("DELETE", path, endpoint);
  }

  private void add(String method, String path, Endpoint endpoint) {
    late(method, path, call -> CompletableFuture.completedFuture(endpoint.answer(call)));
  }

  void late(String method, String path, LateEndpoint endpoint) {
    raw(method, path, handler(endpoint, method.equals("POST") || method.equals("PUT")));
  }

  /** For endpoints that are no plain requests. */
  void raw(String method, String path, HttpHandler handler) {
    routes.add(method, path, handler);
  }

  HttpHandler handler(LateEndpoint endpoint, boolean withBody) {
    if (!withBody) {
      return exchange -> answer(exchange, endpoint, NO_BODY);
    }
    return exchange -> {
      exchange.setMaxEntitySize(MOST_READ);
      XnioExecutor.Key late =
          exchange
              .getIoThread()
              .executeAfter(
                  () -> drop(exchange),
                  context.timings.arriving().toMillis(),
                  TimeUnit.MILLISECONDS);
      exchange
          .getRequestReceiver()
          .receiveFullBytes(
              (same, body) -> {
                late.remove();
                if (body.length > MAX_BODY) {
                  send(same, Reply.error(400, "Payload error: it is too large"));
                } else {
                  answer(same, endpoint, body);
                }
              },
              (same, problem) -> {
                late.remove();
                send(same, Reply.error(400, "Payload error: " + problem.getMessage()));
              });
    };
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String problem = authenticate(exchange);
    if (problem != null) {
      send(exchange, Reply.text(401, problem));
      return;
    }
    EndpointFault fault =
        context.faults.draw(exchange.getRequestMethod().toString(), exchange.getRequestPath());
    if (fault == null) {
      routes.handleRequest(exchange);
      return;
    }
    switch (fault) {
      case INTERNAL_ERROR -> send(exchange, Reply.error(500, "Internal error"));
      case TIMEOUT -> send(exchange, Reply.error(408, "Timeout"));
      case LOST_REQUEST -> drop(exchange);
      case LOST_ANSWER -> {
        exchange.putAttachment(Lost.KEY, new Lost());
        routes.handleRequest(exchange);
      }
    }
  }

  /** Marks a request whose answer must not arrive. */
  private static final class Lost {
    static final AttachmentKey<Lost> KEY = AttachmentKey.create(Lost.class);
  }

  private static void drop(HttpServerExchange exchange) {
    IoUtils.safeClose(exchange.getConnection());
    exchange.endExchange();
  }

  /** Why a request is not let in, or null. */
  private @Nullable String authenticate(HttpServerExchange exchange) {
    String path = exchange.getRequestPath();
    if (path.startsWith("/version/get")
        || path.startsWith("/metrics-api")
        || path.startsWith("/v1/image/")
        || path.startsWith("/download/")) {
      return null;
    }
    String header = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    String key = null;
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      key = header.substring(7).strip();
    } else {
      Deque<String> token = exchange.getQueryParameters().get("authToken");
      key = token == null ? null : token.peekFirst();
    }
    if (key == null) {
      return "Missing application key";
    }
    return MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), appKey)
        ? null
        : "Invalid application key";
  }

  private static void answer(HttpServerExchange exchange, LateEndpoint endpoint, byte[] body) {
    CompletableFuture<Reply> reply;
    try {
      reply = endpoint.answer(new Call(exchange, body)).exceptionally(e -> failure(exchange, e));
    } catch (ApiException e) {
      reply = CompletableFuture.completedFuture(e.reply());
    } catch (RuntimeException | Error e) {
      reply = CompletableFuture.completedFuture(failure(exchange, e));
    }
    if (reply.isDone()) {
      send(exchange, reply.join());
      return;
    }
    CompletableFuture<Reply> later = reply;
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> {
          var unused =
              later.thenAccept(
                  value -> exchange.getIoThread().execute(() -> send(exchange, value)));
        });
  }

  /** Who asked must hear something, also if it is our own fault or memory is used up. */
  private static Reply failure(HttpServerExchange exchange, Throwable problem) {
    Reply reply = Reply.error(500, "Internal error: " + problem);
    LOG.error("{} {}", exchange.getRequestMethod(), exchange.getRequestPath(), problem);
    return reply;
  }

  static void send(HttpServerExchange exchange, Reply reply) {
    if (exchange.getAttachment(Lost.KEY) != null) {
      drop(exchange);
      return;
    }
    exchange.setStatusCode(reply.status());
    if (reply.contentType() != null) {
      exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, reply.contentType());
    }
    if (reply.location() != null) {
      exchange.getResponseHeaders().put(Headers.LOCATION, reply.location());
    }
    if (reply.body().length == 0) {
      exchange.endExchange();
    } else {
      exchange.getResponseSender().send(ByteBuffer.wrap(reply.body()));
    }
  }

  /** Whether the caller names this kind of answer before any other. */
  static boolean prefers(HttpServerExchange exchange, String type) {
    String header = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
    return header != null && header.split("[,;]", 2)[0].strip().equalsIgnoreCase(type);
  }

  /** The value of a header that must be exactly this. */
  static boolean accepts(HttpServerExchange exchange, String exactly) {
    return exactly.equals(exchange.getRequestHeaders().getFirst(Headers.ACCEPT));
  }
}
