package org.golempipeline.golem.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.FileShortcut;
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

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final int LONGEST_REASON = 500;

  private final HttpClient client;
  private final GolemConnection connection;
  private final Retrier retrier;

  public Caller(GolemConnection connection, Threads threads, Retrier retrier) {
    this.connection = connection;
    this.retrier = retrier;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(threads.answers())
            .build();
  }

  public URI daemon() {
    return connection.url();
  }

  /** For files, if the daemon is a part of this process. */
  public Optional<FileShortcut> shortcut() {
    return connection.shortcut();
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
    HttpRequest request = request(path).header("Accept", "text/event-stream").GET().build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(lines))
        .handle(
            (response, error) -> {
              if (error != null) {
                throw failure(action, error);
              }
              return response.statusCode() == 200;
            });
  }

  /** When the daemon answered {@code call}, a GET, by its own clock; empty if it does not say. */
  public CompletableFuture<Optional<Instant>> time(Call<?> call) {
    return client
        .sendAsync(
            request(call.path()).timeout(call.limit()).GET().build(),
            HttpResponse.BodyHandlers.discarding())
        .handle(
            (response, error) -> {
              if (error != null) {
                throw failure(call.action(), error);
              }
              return response.headers().firstValue("Date").flatMap(Caller::instant);
            });
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Opens a WebSocket. */
  public CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener) {
    String url = uri(path).toString().replaceFirst("^http", "ws");
    return client
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + connection.appKey())
        .subprotocols("gsb+flexbuffers")
        .connectTimeout(CONNECT_LIMIT)
        .buildAsync(URI.create(url), listener);
  }

  private <T> CompletableFuture<T> once(Call<T> call) {
    HttpRequest.Builder request =
        request(call.path()).timeout(call.limit()).header("Accept", "application/json");
    byte[] body = call.body();
    if (body != null) {
      request.header("Content-Type", "application/json");
      request.method(call.method(), HttpRequest.BodyPublishers.ofByteArray(body));
    } else {
      request.method(call.method(), HttpRequest.BodyPublishers.noBody());
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request.build(), response -> new LimitedBody());
    CompletableFuture<T> answer =
        exchange.handle(
            (response, error) -> {
              if (error != null) {
                throw failure(call.action(), error);
              }
              return answer(call, response);
            });
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return answer;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .header("Authorization", "Bearer " + connection.appKey());
  }

  private URI uri(String path) {
    String base = connection.url().toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  private static <T> T answer(Call<T> call, HttpResponse<byte[]> response) {
    int status = response.statusCode();
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
        cause instanceof HttpTimeoutException
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

  /** Collects a body but refuses one that is too large: outputs in it come from strangers. */
  private static final class LimitedBody implements HttpResponse.BodySubscriber<byte[]> {
    private static final int LIMIT = 32 << 20;

    private final HttpResponse.BodySubscriber<byte[]> whole =
        HttpResponse.BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> body = whole.getBody().toCompletableFuture();
    private Flow.@Nullable Subscription subscription;
    private long size;

    @Override
    public CompletableFuture<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
      subscription = started;
      whole.onSubscribe(started);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      for (ByteBuffer part : parts) {
        size += part.remaining();
      }
      if (size <= LIMIT) {
        whole.onNext(parts);
      } else if (subscription != null) {
        subscription.cancel();
        whole.onError(new IOException("the answer is larger than " + LIMIT + " bytes"));
      }
    }

    @Override
    public void onError(Throwable error) {
      whole.onError(error);
    }

    @Override
    public void onComplete() {
      whole.onComplete();
    }
  }
}
