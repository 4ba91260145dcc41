package org.golempipeline.golem.session;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.golem.wire.NearDaemon;

/** A daemon in this process that answers when the test says so, in the order that it says. */
final class HeldDaemon implements NearDaemon {
  private final Map<String, BlockingQueue<CompletableFuture<Answer>>> held =
      new ConcurrentHashMap<>();
  private final BlockingQueue<Flow.Subscriber<String>> streams = new LinkedBlockingQueue<>();
  private final FileShortcut files = new FileShortcut();

  GolemConnection connection() {
    return new GolemConnection(URI.create("http://held"), "key", Optional.of(this));
  }

  /** Waits for the next request of {@code endpoint}, a method and a path, and answers it. */
  void answer(String endpoint, int status, String body) throws InterruptedException {
    next(endpoint).complete(json(status, body));
  }

  static Answer json(int status, String body) {
    return new Answer(status, body.getBytes(StandardCharsets.UTF_8));
  }

  CompletableFuture<Answer> next(String endpoint) throws InterruptedException {
    return taken(endpoint, queue(endpoint).poll(120, TimeUnit.SECONDS));
  }

  /** Who reads the next stream that is opened. */
  Flow.Subscriber<String> stream() throws InterruptedException {
    return taken("a stream", streams.poll(120, TimeUnit.SECONDS));
  }

  /** Streams that were opened and not taken yet. */
  int moreStreams() {
    return streams.size();
  }

  /** Requests of {@code endpoint} that were not taken yet. */
  int more(String endpoint) {
    return queue(endpoint).size();
  }

  private static <T> T taken(String what, T found) {
    if (found == null) {
      throw new AssertionError(what + " was not asked for");
    }
    return found;
  }

  private BlockingQueue<CompletableFuture<Answer>> queue(String endpoint) {
    return held.computeIfAbsent(endpoint, key -> new LinkedBlockingQueue<>());
  }

  @Override
  public CompletableFuture<Answer> call(Request request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    queue(request.method() + " " + request.path().replaceFirst("\\?.*", "")).add(answer);
    return answer;
  }

  @Override
  public CompletableFuture<Boolean> follow(Request request, Flow.Subscriber<String> lines) {
    streams.add(lines);
    return new CompletableFuture<>();
  }

  @Override
  public FileShortcut files() {
    return files;
  }
}
