package org.golempipeline.golem.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.golem.wire.NearDaemon;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends calls to the daemon: the key, time limits, errors and retries are in here. Futures fail
 * with {@link CallFailure}. Thread-safe; never blocks.
 */
public final class Caller {
  public static final Logger LOG = LoggerFactory.getLogger(Caller.class);

  private static final int LONGEST_REASON = 500;

  private final Transport transport;
  private final GolemConnection connection;
  private final Retrier retrier;

  public Caller(GolemConnection connection, Threads threads, Retrier retrier) {
    this(
        connection
            .near()
            .<Transport>map(
                daemon -> new NearTransport(daemon, connection.appKey(), threads.answers()))
            .orElseGet(
                () -> new HttpTransport(connection.url(), connection.appKey(), threads.answers())),
        connection,
        retrier);
  }

  Caller(Transport transport, GolemConnection connection, Retrier retrier) {
    this.transport = transport;
    this.connection = connection;
    this.retrier = retrier;
  }

  public URI daemon() {
    return connection.url();
  }

  /** For files, if the daemon is a part of this process. */
  public Optional<FileShortcut> shortcut() {
    return connection.near().map(NearDaemon::files);
  }

  /** Sends {@code call}, as often as it allows. Cancelling the future breaks the connection. */
  public <T> CompletableFuture<T> send(Call<T> call) {
    return retrier.run(call.repeat(), () -> once(call));
  }

  /**
   * Opens the event stream of {@code path}, which ends when the daemon or the subscriber ends it.
   */
  public CompletableFuture<Boolean> stream(
      String action, String path, Flow.Subscriber<String> lines) {
    return named(action, transport.follow(path, lines));
  }

  /** When the daemon answered {@code call}, a GET, by its own clock; empty if it does not say. */
  public CompletableFuture<Optional<Instant>> time(Call<?> call) {
    return named(call.action(), transport.time(call.path(), call.limit()));
  }

  /** Opens a WebSocket. */
  public CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener) {
    return transport.webSocket(path, listener);
  }

  private <T> CompletableFuture<T> once(Call<T> call) {
    CompletableFuture<NearDaemon.Answer> exchange = transport.send(call);
    CompletableFuture<T> answer =
        named(call.action(), exchange).thenApply(value -> answer(call, value));
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return answer;
  }

  /** What goes wrong on the way is told as a failure of {@code action}. */
  private static <T> CompletableFuture<T> named(String action, CompletableFuture<T> way) {
    return way.exceptionally(
        error -> {
          throw failure(action, error);
        });
  }

  private static <T> T answer(Call<T> call, NearDaemon.Answer response) {
    int status = response.status();
    if (status < 200 || status > 299) {
      JsonNode json = json(response.body());
      throw new CallFailure(
          call.action(),
          status,
          reason(status, response.body(), json),
          CallFailure.Arrival.ANSWERED,
          json,
          null);
    }
    try {
      return call.decoder().read(response.body());
    } catch (IOException e) {
      throw new CallFailure(
          call.action(),
          status,
          "the daemon's answer makes no sense (" + CallFailure.text(e) + ")",
          CallFailure.Arrival.UNKNOWN,
          null,
          e);
    }
  }

  private static CallFailure failure(String action, Throwable error) {
    Throwable cause = CallFailure.unwrap(error);
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return new CallFailure(
          action, 0, "no connection", CallFailure.Arrival.NOT_ARRIVED, null, cause);
    }
    String reason =
        cause instanceof HttpTimeoutException || cause instanceof TimeoutException
            ? "no answer in time"
            : cause instanceof CancellationException ? "given up" : CallFailure.text(cause);
    return new CallFailure(action, 0, reason, CallFailure.Arrival.UNKNOWN, null, cause);
  }

  private static @Nullable JsonNode json(byte[] body) {
    try {
      JsonNode node = WireJson.mapper().readTree(body);
      return node != null && node.isObject() ? node : null;
    } catch (IOException notJson) {
      return null;
    }
  }

  private static String reason(int status, byte[] body, @Nullable JsonNode json) {
    String text = new String(body, StandardCharsets.UTF_8);
    if (json != null) {
      String message = json.path("message").asText(json.path("detail").asText(""));
      String cause = json.path("internalError").asText("");
      text = "null".equals(message) ? "" : message;
      text = cause.isBlank() ? text : text.isEmpty() ? cause : text + ": " + cause;
    }
    text = text.strip().replaceAll("\\s+", " ");
    if (text.length() > LONGEST_REASON) {
      text = text.substring(0, LONGEST_REASON) + "…";
    }
    return text.isEmpty() ? "the daemon answers HTTP " + status : text;
  }
}
