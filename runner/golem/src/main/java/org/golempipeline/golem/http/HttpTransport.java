package org.golempipeline.golem.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.golempipeline.golem.wire.NearDaemon;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 to a daemon of its own. */
final class HttpTransport implements Transport {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  private final HttpClient client;
  private final String base;
  private final String authorization;

  HttpTransport(URI daemon, String appKey, Executor executor) {
    String url = daemon.toString();
    base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    authorization = "Bearer " + appKey;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(executor)
            .build();
  }

  @Override
  public CompletableFuture<NearDaemon.Answer> send(Call<?> call) {
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
    CompletableFuture<NearDaemon.Answer> answer =
        exchange.thenApply(
            response -> new NearDaemon.Answer(response.statusCode(), response.body()));
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return answer;
  }

  @Override
  public CompletableFuture<Boolean> follow(String path, Flow.Subscriber<String> lines) {
    HttpRequest request = request(path).header("Accept", "text/event-stream").GET().build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(lines))
        .thenApply(response -> response.statusCode() == 200);
  }

  @Override
  public CompletableFuture<Optional<Instant>> time(String path, Duration limit) {
    return client
        .sendAsync(
            request(path).timeout(limit).GET().build(), HttpResponse.BodyHandlers.discarding())
        .thenApply(
            response -> response.headers().firstValue("Date").flatMap(HttpTransport::instant));
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener) {
    return client
        .newWebSocketBuilder()
        .header("Authorization", authorization)
        .subprotocols("gsb+flexbuffers")
        .connectTimeout(Call.LIMIT) // for the daemon's answer as well
        .buildAsync(URI.create((base + path).replaceFirst("^http", "ws")), listener);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", authorization);
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
