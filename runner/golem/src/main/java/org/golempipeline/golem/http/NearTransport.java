package org.golempipeline.golem.http;

import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.NearDaemon;
import org.jspecify.annotations.Nullable;

/**
 * To a daemon in this process. As over a socket, nothing is answered on the thread that asks.
 *
 * @param executor both sides' work is done there
 */
record NearTransport(NearDaemon daemon, String appKey, Executor executor) implements Transport {
  private static final byte[] NO_BODY = {};

  @Override
  public CompletableFuture<NearDaemon.Answer> send(Call<?> call) {
    byte @Nullable [] body = call.body();
    var request =
        new NearDaemon.Request(
            call.method(), call.path(), appKey, "application/json", body == null ? NO_BODY : body);
    CompletableFuture<NearDaemon.Answer> answer = new CompletableFuture<>();
    executor.execute(() -> ask(request, call.limit(), answer));
    return answer;
  }

  private void ask(
      NearDaemon.Request request, Duration limit, CompletableFuture<NearDaemon.Answer> answer) {
    CompletableFuture<NearDaemon.Answer> there;
    try {
      there = daemon.call(request);
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
      return;
    }
    if (there.isDone()) {
      there.whenComplete((value, error) -> complete(answer, value, error));
      return;
    }
    there.whenCompleteAsync((value, error) -> complete(answer, value, error), executor);
    answer
        .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((value, error) -> there.cancel(false));
  }

  private static <T> void complete(
      CompletableFuture<T> future, @Nullable T value, @Nullable Throwable error) {
    if (error != null) {
      future.completeExceptionally(error);
    } else {
      future.complete(value);
    }
  }

  @Override
  public CompletableFuture<Boolean> follow(String path, Flow.Subscriber<String> lines) {
    var request = new NearDaemon.Request("GET", path, appKey, "text/event-stream", NO_BODY);
    return CompletableFuture.supplyAsync(() -> daemon.follow(request, lines), executor)
        .thenCompose(there -> there);
  }

  /** It goes by our clock. */
  @Override
  public CompletableFuture<Optional<Instant>> time(String path, Duration limit) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("files take the shortcut"));
  }
}
