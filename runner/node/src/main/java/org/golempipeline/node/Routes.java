package org.golempipeline.node;

import io.undertow.util.PathTemplateMatcher;
import io.undertow.websockets.core.WebSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads requests to endpoints, whichever way they came: authentication, errors, answers that come
 * later, and faults. Endpoints run on the thread that brings the request and must not block.
 */
final class Routes {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  /** Longer bodies are refused, as by the daemon. */
  private static final int MAX_BODY = 2 * 1024 * 1024;

  /** Answers at once. */
  interface Endpoint {
    Reply answer(Call call);
  }

  /** Answers later, without a thread that waits. */
  interface LateEndpoint {
    CompletableFuture<Reply> answer(Call call);
  }

  /** Who sends a reader what it asks for; {@link ApiException} if there is no such thing. */
  interface Feed {
    Consumer<EventReader> of(Call call);
  }

  /** What gets ready for a WebSocket; {@link ApiException}, now or then, if nobody takes it. */
  interface Upgrade {
    Supplier<CompletableFuture<SocketTaker>> of(Call call);
  }

  /** One of the two is called, once. */
  interface SocketTaker {
    void attach(WebSocketChannel socket);

    /** The handshake failed. */
    default void cancel() {}
  }

  /** The connection breaks before the answer. */
  static final class Dropped extends IOException {
    private static final long serialVersionUID = 1L;

    Dropped() {
      super("the connection was closed");
    }
  }

  private record Target(
      LateEndpoint endpoint,
      Predicate<String> accept,
      @Nullable Feed feed,
      @Nullable Upgrade upgrade) {
    Target(LateEndpoint endpoint) {
      this(endpoint, type -> false, null, null);
    }

    Target(Reply reply) {
      this(call -> CompletableFuture.completedFuture(reply));
    }
  }

  private final NodeContext context;
  private final byte[] appKey;
  private final PathTemplateMatcher<Map<String, Target>> matcher = new PathTemplateMatcher<>();
  private final Map<String, Map<String, Target>> templates = new HashMap<>();

  Routes(NodeContext context) {
    this.context = context;
    appKey = context.options.appKey().getBytes(StandardCharsets.UTF_8);
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

  void add(String method, String path, Endpoint endpoint) {
    late(method, path, call -> CompletableFuture.completedFuture(endpoint.answer(call)));
  }

  /** Does what is asked, and answers always the same. */
  void act(String method, String path, Reply done, Consumer<Call> deed) {
    add(
        method,
        path,
        call -> {
          deed.accept(call);
          return done;
        });
  }

  void late(String method, String path, LateEndpoint endpoint) {
    add(method, path, new Target(endpoint));
  }

  /** A GET that is answered with events if its header Accept is such a one, else with a page. */
  void feed(String path, Predicate<String> accept, Feed feed, LateEndpoint page) {
    add("GET", path, new Target(page, accept, feed, null));
  }

  /** A GET that becomes a WebSocket. */
  void socket(String path, Upgrade upgrade) {
    LateEndpoint otherwise =
        call -> {
          upgrade.of(call);
          return CompletableFuture.completedFuture(
              Reply.error(400, "WebSocket upgrade is expected"));
        };
    add("GET", path, new Target(otherwise, type -> false, null, upgrade));
  }

  private void add(String method, String path, Target target) {
    Map<String, Target> methods = templates.get(path);
    if (methods == null) {
      methods = new HashMap<>();
      templates.put(path, methods);
      matcher.add(path, methods);
    }
    methods.put(method, target);
  }

  /** Who answers the request with this head: always somebody, if only to refuse it. */
  Found find(Head head) {
    String problem = authenticate(head);
    if (problem != null) {
      return new Found(head, Reply.text(401, problem));
    }
    EndpointFault fault = context.faults.draw(head.method(), head.path());
    if (fault == EndpointFault.INTERNAL_ERROR) {
      return new Found(head, Reply.error(500, "Internal error"));
    }
    if (fault == EndpointFault.TIMEOUT) {
      return new Found(head, Reply.error(408, "Timeout"));
    }
    var match = matcher.match(head.path());
    if (match == null) {
      return new Found(head, Reply.empty(404));
    }
    Target target = match.getValue().get(head.method());
    return target == null
        ? new Found(head, Reply.empty(405))
        : new Found(head, match.getParameters(), target, fault);
  }

  /** Why a request is not let in, or null. */
  private @Nullable String authenticate(Head head) {
    String path = head.path();
    if (path.startsWith("/version/get")
        || path.startsWith("/metrics-api")
        || path.startsWith("/v1/image/")
        || path.startsWith("/download/")) {
      return null;
    }
    String header = head.header("Authorization");
    String key =
        header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
            ? header.substring(7).strip()
            : head.query("authToken");
    if (key == null) {
      return "Missing application key";
    }
    return MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), appKey)
        ? null
        : "Invalid application key";
  }

  /** What a request leads to; it is used in one of its three ways. */
  static final class Found {
    private static final byte[] NO_BODY = {};

    private final Head head;
    private final Map<String, String> variables;
    private final Target target;
    private final @Nullable EndpointFault fault;
    private final boolean refused;

    private Found(
        Head head, Map<String, String> variables, Target target, @Nullable EndpointFault fault) {
      this.head = head;
      this.variables = variables;
      this.target = target;
      this.fault = fault;
      this.refused = false;
    }

    private Found(Head head, Reply refusal) {
      this.head = head;
      variables = Map.of();
      target = new Target(refusal);
      fault = null;
      refused = true;
    }

    /** Whether the body is wanted, and so is to be waited for. */
    boolean takesBody() {
      return !refused && (head.method().equals("POST") || head.method().equals("PUT"));
    }

    boolean isForEvents() {
      String accept = head.header("Accept");
      return target.feed != null && fault == null && accept != null && target.accept.test(accept);
    }

    boolean isForSocket() {
      return target.upgrade != null && fault == null && head.header("Sec-WebSocket-Key") != null;
    }

    /** Fails with {@link Dropped} alone. */
    CompletableFuture<Reply> answer(byte[] body) {
      if (fault == EndpointFault.LOST_REQUEST) {
        return CompletableFuture.failedFuture(new Dropped());
      }
      CompletableFuture<Reply> reply =
          body.length > MAX_BODY
              ? CompletableFuture.completedFuture(
                  Reply.error(400, "Payload error: it is too large"))
              : reply(() -> target.endpoint.answer(call(body)));
      return fault == EndpointFault.LOST_ANSWER
          ? reply.thenCompose(lost -> CompletableFuture.failedFuture(new Dropped()))
          : reply;
    }

    /** Who will send the events; {@link ApiException} if there are none. */
    Consumer<EventReader> events() {
      return Objects.requireNonNull(target.feed).of(call(NO_BODY));
    }

    /** Who takes the WebSocket; {@link #failure} answers if nobody does. */
    CompletableFuture<SocketTaker> socket() {
      try {
        return Objects.requireNonNull(target.upgrade).of(call(NO_BODY)).get();
      } catch (RuntimeException | Error e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private Call call(byte[] body) {
      return new Call(head, variables, body);
    }

    private CompletableFuture<Reply> reply(Supplier<CompletableFuture<Reply>> endpoint) {
      try {
        return endpoint.get().exceptionally(this::failure);
      } catch (RuntimeException | Error e) {
        return CompletableFuture.completedFuture(failure(e));
      }
    }

    /** Who asked must hear something, also if it is our own fault or memory is used up. */
    Reply failure(Throwable problem) {
      Throwable cause =
          problem instanceof CompletionException && problem.getCause() != null
              ? problem.getCause()
              : problem;
      if (cause instanceof ApiException known) {
        return known.reply();
      }
      Reply reply = Reply.error(500, "Internal error: " + cause);
      LOG.error("{} {}", head.method(), head.path(), cause);
      return reply;
    }
  }
}
