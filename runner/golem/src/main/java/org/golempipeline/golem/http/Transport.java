package org.golempipeline.golem.http;

import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.golempipeline.golem.wire.NearDaemon;

/**
 * How requests get to the daemon and its answers back; knows nothing of what they mean. Futures
 * fail with what the way itself throws. Thread-safe; never blocks.
 */
interface Transport {
  /** Cancelling the future breaks the connection. */
  CompletableFuture<NearDaemon.Answer> send(Call<?> call);

  /** Hands on the lines of an event stream; false if there is none. */
  CompletableFuture<Boolean> follow(String path, Flow.Subscriber<String> lines);

  /** The moment that the answer to a GET states, by the daemon's clock. */
  CompletableFuture<Optional<Instant>> time(String path, Duration limit);

  CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener);
}
