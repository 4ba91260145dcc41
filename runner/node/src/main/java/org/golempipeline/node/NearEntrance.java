package org.golempipeline.node;

import java.net.ConnectException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.golem.wire.NearDaemon;
import org.jspecify.annotations.Nullable;

/** Lets requests of this process in. Endpoints run on the thread that asks. */
final class NearEntrance implements NearDaemon, AutoCloseable {
  /** What it is called where the URL of a daemon is wanted. */
  static final URI NAME = URI.create("http://embedded");

  private final Routes routes;
  private final FileShortcut files;

  /** Requests that are not answered yet, and what ends the streams that are open. */
  private final Set<Runnable> open = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  NearEntrance(Routes routes, FileShortcut files) {
    this.routes = routes;
    this.files = files;
  }

  @Override
  public FileShortcut files() {
    return files;
  }

  @Override
  public CompletableFuture<Answer> call(Request request) {
    if (closed) {
      return CompletableFuture.failedFuture(new ConnectException("the node is closed"));
    }
    CompletableFuture<Answer> answer =
        routes
            .find(new RequestHead(request))
            .answer(request.body())
            .thenApply(reply -> new Answer(reply.status(), reply.body()));
    if (!answer.isDone()) {
      untilEnd(answer);
    }
    return answer;
  }

  /** Breaks off what is not done when the node ends. */
  private void untilEnd(CompletableFuture<?> future) {
    Runnable end = () -> future.completeExceptionally(new Routes.Dropped());
    open.add(end);
    future.whenComplete((value, error) -> open.remove(end));
    if (closed) {
      end.run();
    }
  }

  @Override
  public CompletableFuture<Boolean> follow(Request request, Flow.Subscriber<String> lines) {
    if (closed) {
      return CompletableFuture.failedFuture(new ConnectException("the node is closed"));
    }
    Routes.Found found = routes.find(new RequestHead(request));
    if (!found.isForEvents()) {
      return found.answer(request.body()).thenApply(page -> false);
    }
    Consumer<EventReader> events;
    try {
      events = found.events();
    } catch (ApiException none) {
      return CompletableFuture.completedFuture(false);
    }
    Reader reader = new Reader(lines);
    untilEnd(reader.ended);
    reader.ended.whenComplete((end, broken) -> reader.tell(broken));
    lines.onSubscribe(reader);
    events.accept(reader);
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Runnable::run);
  }

  private static final class RequestHead implements Head {
    private final Request request;
    private final String path;
    private final Map<String, String> query = new HashMap<>();

    RequestHead(Request request) {
      this.request = request;
      URI uri = URI.create(request.path());
      path = uri.getPath();
      if (uri.getRawQuery() != null) {
        for (String each : uri.getRawQuery().split("&", -1)) {
          int equals = each.indexOf('=');
          query.putIfAbsent(
              decoded(equals < 0 ? each : each.substring(0, equals)),
              equals < 0 ? "" : decoded(each.substring(equals + 1)));
        }
      }
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String method() {
      return request.method();
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public @Nullable String query(String name) {
      return query.get(name);
    }

    @Override
    public @Nullable String header(String name) {
      return switch (name) {
        case "Authorization" -> "Bearer " + request.appKey();
        case "Accept" -> request.accept();
        default -> null;
      };
    }

    @Override
    public String host() {
      return NAME.getHost();
    }
  }

  /** Hands events on as the lines that HTTP would carry. */
  private static final class Reader implements EventReader, Flow.Subscription {
    private final Flow.Subscriber<String> lines;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Reader(Flow.Subscriber<String> lines) {
      this.lines = lines;
    }

    /** All that there is: lines wait nowhere. */
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {
      ended.cancel(false);
    }

    @Override
    public void send(String type, @Nullable String id, String data, Runnable sent) {
      if (!ended.isDone()) {
        lines.onNext("event: " + type);
        if (id != null) {
          lines.onNext("id: " + id);
        }
        lines.onNext("data: " + data);
        lines.onNext("");
      }
      sent.run();
    }

    /** Whoever shares a process with it sees that it is there. */
    @Override
    public void keepAlive(Duration pause) {}

    @Override
    public void onEnd(Runnable task) {
      ended.whenComplete((done, error) -> task.run());
    }

    @Override
    public void end() {
      ended.complete(null);
    }

    /** Whoever left is told nothing any more. */
    private void tell(@Nullable Throwable broken) {
      if (broken == null) {
        lines.onComplete();
      } else if (!ended.isCancelled()) {
        lines.onError(broken);
      }
    }
  }
}
