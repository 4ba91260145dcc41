package org.golempipeline.node;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.XnioExecutor;

/** Lets requests of other processes in, over HTTP on loopback. Endpoints run on I/O threads. */
final class HttpEntrance implements HttpHandler, AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /**
   * Up to here a body that is too large is read to its end, so that the answer arrives; who writes
   * more than that finds the connection closed.
   */
  private static final int MOST_READ = 16 * 1024 * 1024;

  private static final byte[] NO_BODY = {};

  /** Of the bus. */
  private static final Set<String> PROTOCOLS = Set.of("gsb+flexbuffers");

  private final Supplier<Routes> routes;
  private final Duration arriving;
  private final Undertow server;

  /**
   * Listens from now on.
   *
   * @param port 0 for any free one
   * @param routes may still be in the making
   * @throws IOException if the port is taken
   */
  HttpEntrance(int port, Timings timings, Supplier<Routes> routes) throws IOException {
    if (System.getProperty("org.jboss.logging.provider") == null) {
      System.setProperty("org.jboss.logging.provider", "slf4j");
    }
    this.routes = routes;
    arriving = timings.arriving();
    server =
        Undertow.builder()
            .addHttpListener(port, HOST)
            .setHandler(this)
            .setIoThreads(2)
            .setWorkerThreads(1)
            .setWorkerOption(Options.THREAD_DAEMON, true)
            .setSocketOption(Options.TCP_NODELAY, true)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) arriving.toMillis())
            .setServerOption(UndertowOptions.ALWAYS_SET_DATE, false)
            .setServerOption(UndertowOptions.RECORD_REQUEST_START_TIME, false)
            .build();
    try {
      server.start();
    } catch (RuntimeException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  URI url() {
    var address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    return URI.create("http://" + HOST + ":" + address.getPort());
  }

  @Override
  public void close() {
    server.stop();
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Routes.Found found = routes.get().find(new ExchangeHead(exchange));
    if (found.isForEvents()) {
      Consumer<EventReader> events;
      try {
        events = found.events();
      } catch (ApiException e) {
        send(exchange, e.reply());
        return;
      }
      new ServerSentEventHandler((connection, last) -> events.accept(new Reader(connection)))
          .handleRequest(exchange);
    } else if (found.isForSocket()) {
      upgrade(exchange, found);
    } else if (found.takesBody()) {
      receive(exchange, found);
    } else {
      answer(exchange, found.answer(NO_BODY));
    }
  }

  private void receive(HttpServerExchange exchange, Routes.Found found) {
    exchange.setMaxEntitySize(MOST_READ);
    XnioExecutor.Key late =
        exchange
            .getIoThread()
            .executeAfter(() -> drop(exchange), arriving.toMillis(), TimeUnit.MILLISECONDS);
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (same, body) -> {
              late.remove();
              answer(same, found.answer(body));
            },
            (same, problem) -> {
              late.remove();
              send(same, Reply.error(400, "Payload error: " + problem.getMessage()));
            });
  }

  private static void answer(HttpServerExchange exchange, CompletableFuture<Reply> reply) {
    if (reply.isDone()) {
      reply.whenComplete((value, dropped) -> finish(exchange, value));
      return;
    }
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () ->
            reply.whenCompleteAsync(
                (value, dropped) -> finish(exchange, value), exchange.getIoThread()));
  }

  private static void finish(HttpServerExchange exchange, @Nullable Reply reply) {
    if (reply == null) {
      drop(exchange);
    } else {
      send(exchange, reply);
    }
  }

  private static void upgrade(HttpServerExchange exchange, Routes.Found found) {
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () ->
            found
                .socket()
                .whenComplete(
                    (taker, problem) ->
                        exchange.dispatch(
                            exchange.getIoThread(),
                            problem == null
                                ? same -> upgrade(same, taker)
                                : same -> send(same, found.failure(problem)))));
  }

  private static void upgrade(HttpServerExchange exchange, Routes.SocketTaker taker)
      throws Exception {
    WebSocketConnectionCallback opened = (request, socket) -> taker.attach(socket);
    new WebSocketProtocolHandshakeHandler(
            List.of(new Hybi13Handshake(PROTOCOLS, false)),
            opened,
            failed -> {
              taker.cancel();
              send(failed, Reply.error(400, "WebSocket upgrade is expected"));
            })
        .handleRequest(exchange);
  }

  private static void drop(HttpServerExchange exchange) {
    IoUtils.safeClose(exchange.getConnection());
    exchange.endExchange();
  }

  private static void send(HttpServerExchange exchange, Reply reply) {
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

  private record ExchangeHead(HttpServerExchange exchange) implements Head {
    @Override
    public String method() {
      return exchange.getRequestMethod().toString();
    }

    @Override
    public String path() {
      return exchange.getRequestPath();
    }

    @Override
    public @Nullable String query(String name) {
      Deque<String> values = exchange.getQueryParameters().get(name);
      return values == null ? null : values.peekFirst();
    }

    @Override
    public @Nullable String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }

    @Override
    public String host() {
      return exchange.getHostAndPort();
    }
  }

  private record Reader(ServerSentEventConnection connection) implements EventReader {
    /** The space after each colon is how the daemon writes it. */
    @Override
    public void send(String type, @Nullable String id, String data, Runnable sent) {
      connection.send(" " + data, " " + type, id == null ? null : " " + id, new Sent(sent));
    }

    @Override
    public void keepAlive(Duration pause) {
      connection.setKeepAliveTime(pause.toMillis());
    }

    @Override
    public void onEnd(Runnable task) {
      connection.addCloseTask(closed -> task.run());
    }

    @Override
    public void end() {
      connection.shutdown();
    }
  }

  private record Sent(Runnable task) implements ServerSentEventConnection.EventCallback {
    @Override
    public void done(ServerSentEventConnection to, String data, String event, String id) {
      task.run();
    }

    @Override
    public void failed(
        ServerSentEventConnection to, String data, String event, String id, IOException problem) {
      task.run();
    }
  }
}
